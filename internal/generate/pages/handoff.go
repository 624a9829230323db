package pages

import (
	"strings"

	"github.com/penstock-dev/penstock/internal/generate/markdown"
	"github.com/penstock-dev/penstock/internal/model"
)

// Handoff is a point where one side's work becomes the other's. What goes wrong
// between the sides goes wrong at one of these, so each has a way to see it.
type Handoff struct {
	From, To string
	What     string // what is handed over, as Markdown
	Seen     string // how it is observed, as Markdown
}

// Handoffs lists the handoffs between platform, teams, CI and clusters.
func (m Pages) Handoffs() []Handoff {
	list := []Handoff{
		{
			"platform", "clusters", "a commit on " + markdown.Code(m.Platform.Git.Branch) + " of this repository",
			"`flux get source git flux-system`, `flux get kustomizations -n " + m.Flux.Namespace + "`",
		},
		{
			"platform", "teams", "a namespace, its rights and limits",
			"`forbidden` or a policy's name in the message of the app's Kustomization",
		},
	}
	if m.HasOCI() {
		list = append(list, m.ociHandoffs()...)
	}
	if m.HasGit() {
		list = append(list, Handoff{
			"teams", "clusters", "a commit in an app's repository, for apps delivered by Git",
			"`flux get sources git -n <team>`, then the Kustomization's `lastAppliedRevision`",
		})
	}
	return append(list, Handoff{
		"Flux", "the running app", "objects applied in the team's namespace",
		"`flux get kustomizations -n <team>`: Ready only when the rollout is",
	})
}

func (m Pages) ociHandoffs() []Handoff {
	list := []Handoff{{
		"teams", "registry", "a bundle, pushed once by CI under its release tag",
		"`flux list artifacts oci://" + strings.TrimSuffix(m.Registry.ReleasesPrefix("<team>"), "/") + "/<app>`",
	}}
	const tag, pin = "`crane digest` of the environment's tag", "`git log -- tenants/*/<environment>/*.pin.yaml`"
	look := tag
	switch {
	case m.HasPins() && m.Floating():
		look = tag + "; where Git pins, " + pin
	case m.HasPins():
		look = pin
	}
	list = append(list, Handoff{
		"promotion", "an environment",
		"the bundle that the environment before it ran, or that CI pushed; what it waits for is in [docs/promotion.md](docs/promotion.md#the-path)", look,
	})
	seen := "`flux get sources oci -n <team>`: the revision is the digest"
	list = append(list, Handoff{"registry", "clusters", m.signal() + " Flux fetches" + m.pulls() + " and verifies the bundle", seen})
	for _, w := range []struct {
		clusters          []*model.Cluster
		source, namespace string
	}{{m.floatingWebhooks(), "the app's source", "<team>"}, {m.PlatformWebhooks(), "this repository's source", m.Flux.Namespace}} {
		if len(w.clusters) > 0 {
			list = append(list, Handoff{
				"CI", "clusters with a `webhook`", "a call that makes Flux look at " + w.source + " at once; CI proves which job it is, there is no shared secret",
				"the job's last step; `flux get receivers -n " + w.namespace + "`",
			})
		}
	}
	return list
}

// floatingWebhooks lists the clusters that CI calls after it moved a tag.
func (m Pages) floatingWebhooks() []*model.Cluster {
	var list []*model.Cluster
	for _, e := range m.Envs {
		if !e.Pinned {
			list = append(list, m.Webhooks(e)...)
		}
	}
	return list
}

// signal says what makes Flux look at the registry.
func (m Pages) signal() string {
	if m.CI.Notify == "receiver" {
		return "called by CI where the cluster has a `webhook`, and at each interval,"
	}
	return "at each interval,"
}

// pulls says how Flux logs in, where that is the cluster's part.
func (m Pages) pulls() string {
	if m.PullsByToken() {
		return ", with a token of the team's service account `" + model.PullAccount + "`,"
	}
	return ""
}
