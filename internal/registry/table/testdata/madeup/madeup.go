// Package madeup is a provider that nobody has.
package madeup

import (
	"github.com/penstock-dev/penstock/internal/forge"
	"github.com/penstock-dev/penstock/internal/forge/github"
	"github.com/penstock-dev/penstock/internal/generate/step"
	"github.com/penstock-dev/penstock/internal/registry"
)

// Provider describes it.
func Provider() registry.Provider {
	return registry.Provider{
		Name:    "madeup",
		Words:   "nobody has it",
		Fields:  []registry.Field{{Name: "region", Asks: "Region", Instead: []string{"location"}}},
		Layouts: []string{registry.PerEnvironment, registry.GitDigest},
		Hosts: registry.Hosts{Propose: func(registry.Config, registry.Around) (string, registry.Guess) {
			return "madeup.example", registry.Certain
		}},
		Root:   registry.Apart,
		Logins: map[string]forge.Login{github.CI: {By: forge.IDToken}},
		Setup: registry.Setup{
			Platform: func(s registry.Site) []step.Step { return []step.Step{{What: "Open an account for " + s.Name}} },
			App: func(s registry.Site, app registry.App) []step.Step {
				return []step.Step{{What: "Make " + s.Path(app.Releases)}}
			},
		},
	}
}
