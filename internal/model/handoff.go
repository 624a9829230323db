package model

import (
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/generate/markdown"
)

// Handoff is a point where one side's work becomes the other's. What goes wrong
// between the sides goes wrong at one of these, so each has a way to see it.
type Handoff struct {
	From, To string
	What     string // what is handed over, as Markdown
	Seen     string // how it is observed, as Markdown
}

// Handoffs lists the handoffs between platform, teams, CI and clusters.
func (m *Model) Handoffs() []Handoff {
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

func (m *Model) ociHandoffs() []Handoff {
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
		clusters          []*Cluster
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
func (m *Model) floatingWebhooks() []*Cluster {
	var list []*Cluster
	for _, e := range m.Envs {
		if !e.Pinned {
			list = append(list, m.Webhooks(e)...)
		}
	}
	return list
}

func names(clusters []*Cluster) []string {
	list := make([]string, len(clusters))
	for i, c := range clusters {
		list[i] = c.Name
	}
	return list
}

// signal says what makes Flux look at the registry.
func (m *Model) signal() string {
	if m.CI.Notify == "receiver" {
		return "called by CI where the cluster has a `webhook`, and at each interval,"
	}
	return "at each interval,"
}

// pulls says how Flux logs in, where that is the cluster's part.
func (m *Model) pulls() string {
	if m.PullsByToken() {
		return ", with a token of the team's service account `" + PullAccount + "`,"
	}
	return ""
}

func (m *Model) has(is func(*App) bool) bool { return slices.ContainsFunc(m.Apps(), is) }

// HasOCI reports whether apps are delivered as bundles: at least one is, or
// there is no app yet, since that is the default.
func (m *Model) HasOCI() bool { return m.has(func(a *App) bool { return a.OCI }) || !m.HasGit() }

// HasGit reports whether an app is delivered by Git.
func (m *Model) HasGit() bool { return m.has(func(a *App) bool { return !a.OCI }) }

// HasPins reports whether Git decides what runs in some environment.
func (m *Model) HasPins() bool {
	return m.has(func(a *App) bool {
		return slices.ContainsFunc(a.Envs, func(ae *AppEnv) bool { return ae.Pinned })
	})
}

// Apps lists the apps of all teams, by team and name.
func (m *Model) Apps() []*App {
	var apps []*App
	for _, t := range m.Teams {
		apps = append(apps, t.Apps...)
	}
	return apps
}

// ReleasesAt says, as Markdown, where the app's releases are.
func (a *App) ReleasesAt() string {
	if a.OCI {
		return "`" + a.Releases + "`"
	}
	return "commits on " + markdown.Code(a.Git.Branch)
}
