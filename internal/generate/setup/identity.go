package setup

import (
	"strings"

	"github.com/penstock-dev/penstock/internal/forge"
	"github.com/penstock-dev/penstock/internal/generate/step"
	"github.com/penstock-dev/penstock/internal/model"
)

// identity is who CI is at the registry.
type identity = forge.Identity

// identities lists who of an app's own CI comes to the registry.
func identities(m *model.Model, app *model.App) []identity {
	publish := identity{Name: "publish", Slug: app.Git.Slug, Workflow: forge.PublishWorkflow, Writes: []string{app.Releases}}
	if strings.HasPrefix(app.Image, m.Registry.Host+"/") {
		publish.Writes = append(publish.Writes, app.Image)
	}
	list := []identity{publish}
	for _, ae := range app.Envs {
		if ae.Pinned {
			continue // see platformIdentities
		}
		id := identity{Name: "promote-" + ae.Env.Name, Env: ae.Env.Name, Slug: app.Git.Slug, Workflow: ae.Env.PromoteWorkflow(), Writes: []string{ae.Repository}}
		id.Reads = step.Without(append([]string{app.Releases}, fromRepository(app, ae.Env)...), ae.Repository)
		list = append(list, id)
	}
	for i := range list {
		list[i].For = []string{m.Name, app.Team.Name, app.Name}
		list[i] = m.Forge.Setup.Trusted(m.Site, list[i], app.Git)
	}
	return list
}

// platformIdentities lists who of the platform repository's CI comes to the
// registry: the promotions to pinned environments, for all apps, and the check
// of the history.
func platformIdentities(m *model.Model) []identity {
	all := func(env string) string { return m.Registry.TeamPrefix(env, "*") + "*" }
	releases := m.Registry.ReleasesPrefix("*") + "*"
	history := identity{Name: "history", Workflow: forge.HistoryWorkflow, Reads: []string{releases}}
	var list []identity
	for _, e := range m.Envs {
		if !e.Pinned {
			history.Reads = append(history.Reads, all(e.Name))
			continue
		}
		id := identity{Name: "promote-" + e.Name, Env: e.Name, Workflow: e.PromoteWorkflow(), Writes: []string{all(e.Name)}, Reads: []string{releases}}
		if e.From != nil {
			id.Reads = append(id.Reads, all(e.From.Name))
		}
		id.Reads = step.Without(id.Reads, all(e.Name))
		list = append(list, id)
	}
	history.Reads = step.Without(history.Reads, "")
	list = append(list, history)
	for i := range list {
		list[i].For, list[i].Slug = []string{m.Name}, m.Platform.Git.Slug
		list[i] = m.Forge.Setup.Trusted(m.Site, list[i], m.Platform.Git)
	}
	return list
}

// fromRepository is where the environment before reads, if there is one.
func fromRepository(app *model.App, env *model.Env) []string {
	for _, ae := range app.Envs {
		if ae.Env == env.From {
			return []string{ae.Repository}
		}
	}
	return nil
}
