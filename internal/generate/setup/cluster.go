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
	if slices.ContainsFunc(m.Clusters, func(c *model.Cluster) bool { return c.Webhook != "" }) {
		steps = append(steps, webhook(m))
	}
	return steps
}

// webhook makes the Receivers' addresses reachable for CI. It names no cluster:
// branches that add different ones merge.
func webhook(m *model.Model) Step {
	path := "$(kubectl --context CLUSTER get receivers --all-namespaces --output jsonpath='{.items[0].status.webhookPath}')"
	return Step{
		What: "Make the Receivers of each cluster with a `webhook` reachable there",
		Why:  "CI calls them after a promotion. Each takes the token of one app's promotion to the cluster's environment only; an unknown caller learns nothing. CLUSTER and its WEBHOOK stand in `penstock.yaml`.",
		Do:   "kubectl --context CLUSTER --namespace " + m.Flux.Namespace + " get service webhook-receiver",
		Page: "route WEBHOOK to port 80 of that Service, with your Ingress or Gateway and a certificate",
		Denials: []Proof{step.Show(
			"curl --silent --output /dev/null --write-out '%{http_code}\\n' --request POST \"WEBHOOK"+path+"\"",
			"`400`, `401`, `403` or `404`, since the call has no token; never `200`",
		)},
	}
}
