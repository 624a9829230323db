// Package madeup is a forge that nobody has.
package madeup

import (
	"github.com/penstock-dev/penstock/internal/forge"
	"github.com/penstock-dev/penstock/internal/generate/step"
)

// Forge describes it.
func Forge() forge.Forge {
	f := forge.Forge{
		Name: "madeup", Title: "Made-up", CI: "madeup-runs", CITitle: "Made-up Runs",
		Hosts: []string{"madeup.example"}, Places: []string{".madeup"}, Owners: "OWNERS", Lists: []string{".madeup/apps.txt"}, Files: "/read/",
		Words: forge.Words{Request: "change request", Number: "the run's number", Version: "`version` in `.madeup/run.yml`"},
		Commands: forge.Commands{
			Create:  func(g forge.Git) string { return "madeup create " + g.Slug },
			Propose: func(branch string) string { return "madeup propose " + branch },
			Operate: func(_, env, action string, _ [][2]string) string { return "madeup run " + action + " " + env },
		},
		Job: forge.Job{Is: "MADEUP", Value: "yes", Branch: "MADEUP_BRANCH", Commit: "MADEUP_COMMIT", Page: func(get func(string) string) string { return get("MADEUP_PAGE") }},
		Tokened: forge.Tokened{
			Issuer: func(root string) string { return root + "/tokens" },
			Publisher: func(s forge.Site, g forge.Git) forge.Signer {
				return forge.Signer{Issuer: s.Git.Root() + "/tokens", Subject: g.Web}
			},
			Caller: func(_ forge.Site, g forge.Git, _ *forge.Env) []forge.Validation {
				return []forge.Validation{{Expression: "claims.of == " + forge.CEL(g.Slug), Message: "another repository"}}
			},
		},
		Setup: forge.Setup{
			Platform: func(s forge.Site) []step.Step { return []step.Step{{What: "Ask for runners for " + s.Git.Slug}} },
			App:      func(_ forge.Site, a *forge.App) []step.Step { return []step.Step{{What: "Lock " + a.Git.Slug}} },
			CI:       set,
			Trusted:  func(_ forge.Site, id forge.Identity, _ forge.Git) forge.Identity { return id },
		},
		Pipelines: forge.Pipelines{
			Outputs: map[string]func(forge.Site, *forge.App) bool{".madeup/run.yml": func(forge.Site, *forge.App) bool { return true }},
			Checks: func(forge.Site) []forge.Check {
				return []forge.Check{{Item: "runs are made up", Evidence: []string{".madeup/run.yml"}}}
			},
		},
	}
	view := func(s forge.Site) any { return pipeline{s} }
	f.Pipelines.Platform = view
	f.Pipelines.Env = func(s forge.Site, _ *forge.Env) any { return view(s) }
	f.Pipelines.App = func(s forge.Site, _ *forge.App) any { return view(s) }
	f.Tokens.Start, f.Tokens.Whole = "mu_", `mu_\w+`
	return f
}

type pipeline struct{ forge.Site }

// Runner is what jobs run on.
func (p pipeline) Runner() string { return "made up by " + p.Git.Owner() }

func set(forge.Site) forge.CI {
	set := func(id forge.Identity, name, _ string) string { return "madeup set " + name + " for " + id.Name }
	return forge.CI{Provider: "madeup-runs", SetVariable: set, SetSecret: set, ListVariables: func(forge.Identity) string { return "madeup list" }}
}
