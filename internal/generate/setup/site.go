package setup

import (
	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/internal/registry"
)

// site is the platform as its registry sees it.
func site(m *model.Model) registry.Site {
	s := registry.Site{
		Config: m.Registry.Config(), Name: m.Name, Repository: m.Platform.Git.Slug, Identities: platformIdentities(m),
		Bundles: m.HasOCI(), ByToken: m.PullsByToken(), PullSecret: model.PullSecret, PullAccount: model.PullAccount, CI: siteCI(m),
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

func siteCI(m *model.Model) registry.CI {
	ci := registry.CI{
		Provider: m.CI.Provider, Caller: model.CallerClaim, ByNumber: m.GitHubActions(),
		OwnerNumber:   "owner_id=\"$(" + api(m, "gh") + " repos/" + m.Platform.Git.Slug + " --jq .owner.id)\"",
		Numbers:       func(ids ...identity) []string { return numbers(m, ids...) },
		SetVariable:   func(id identity, name, value string) string { return setVariable(m, id, name, value) },
		SetSecret:     func(id identity, name, value string) string { return setSecret(m, id, name, value) },
		ListVariables: func(id identity) string { return listVariables(m, id) },
	}
	ci.IssuerCommand, ci.Issuer = issuer(m)
	return ci
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
