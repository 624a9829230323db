package setup

import (
	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/internal/registry"
)

// site is the platform as its registry sees it.
func site(m *model.Model) registry.Site {
	s := registry.Site{
		Config: m.Registry.Config(), Name: m.Name, Repository: m.Platform.Git.Slug, Identities: platformIdentities(m),
		Bundles: m.HasOCI(), ByToken: m.PullsByToken(), PullSecret: model.PullSecret, PullAccount: model.PullAccount, CI: m.Forge.Setup.CI(m.Site),
	}
	for _, e := range m.Envs {
		env := registry.Env{Name: e.Name, Workflow: e.PromoteWorkflow(), Pinned: e.Pinned}
		if e.From != nil {
			env.From = e.From.Name
		}
		s.Envs = append(s.Envs, env)
	}
	for _, c := range m.Clusters {
		s.Clusters = append(s.Clusters, registry.Cluster{Name: c.Name, Env: c.Env.Name})
	}
	for _, a := range m.Apps() {
		s.Images = append(s.Images, a.Image)
	}
	return s.At(m.Registry.Product)
}

// siteApp is an app as its registry sees it.
func siteApp(m *model.Model, app *model.App) registry.App {
	a := registry.App{
		Team: app.Team.Name, Name: app.Name, Repository: app.Git.Slug, Releases: app.Releases, Image: app.Image, Identities: identities(m, app),
	}
	for _, ae := range app.Envs {
		p := registry.Place{Env: ae.Env.Name, Repository: ae.Repository}
		for _, c := range ae.Env.Clusters {
			p.Clusters = append(p.Clusters, c.Name)
		}
		a.Places = append(a.Places, p)
	}
	return a
}
