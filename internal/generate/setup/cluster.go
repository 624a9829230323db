package setup

import (
	"slices"

	"github.com/penstock-dev/penstock/internal/generate/step"
	"github.com/penstock-dev/penstock/internal/model"
)

// clusters lists what each cluster needs.
func clusters(m *model.Model) []Step {
	var steps []Step
	for _, s := range m.SecretKinds() {
		steps = append(steps, Step{What: "A Secret: " + s.Why, Why: "Values come from variables of your shell, so that none ends in its history.", Do: s.Command})
	}
	if len(steps) > 0 {
		steps[len(steps)-1].Proofs = []Proof{
			step.Show("flux get sources git --all-namespaces", "every source Ready"),
			step.Show("flux get sources oci --all-namespaces", "every source Ready, but for apps that were never promoted there"),
		}
	}
	if m.CI.Notify != "receiver" {
		return steps
	}
	for _, c := range m.Clusters {
		if c.Webhook != "" {
			steps = append(steps, webhook(m, c))
		}
	}
	return steps
}

// webhook makes the Receivers' address reachable for CI.
func webhook(m *model.Model, c *model.Cluster) Step {
	probe := c.Webhook + "/hook/0000"
	if i := slices.IndexFunc(m.Apps(), func(a *model.App) bool { return a.OCI }); i >= 0 {
		for _, ae := range m.Apps()[i].Envs {
			if ae.Env == c.Env && ae.HasReceiver() {
				probe = c.Webhook + ae.ReceiverPath()
			}
		}
	}
	return Step{
		What: "Make the Receivers of `" + c.Name + "` reachable at " + c.Webhook,
		Why:  "CI calls them after a promotion. Each takes the token of one app's promotion to `" + c.Env.Name + "` only; an unknown caller learns nothing.",
		Do:   "kubectl --context " + c.Name + " --namespace " + m.Flux.Namespace + " get service webhook-receiver",
		Page: "route " + c.Webhook + " to port 80 of that Service, with your Ingress or Gateway and a certificate",
		Denials: []Proof{step.Show(
			"curl --silent --output /dev/null --write-out '%{http_code}\\n' --request POST "+model.ShellQuote(probe),
			"`400`, `401`, `403` or `404`, since the call has no token; never `200`",
		)},
	}
}
