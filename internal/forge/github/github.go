// Package github is what is special about GitHub, on its own hosts and on those
// of an enterprise, and about its Actions.
package github

import (
	"strings"

	"github.com/penstock-dev/penstock/internal/forge"
	"github.com/penstock-dev/penstock/internal/generate/step"
)

// CI is its value of spec.ci.provider.
const CI = "github-actions"

// files is where it looks for what it runs.
const files = ".github/"

// Forge describes it.
func Forge() forge.Forge {
	f := forge.Forge{
		Name: "github", Title: "GitHub", CI: CI, CITitle: "GitHub Actions",
		Hosts:       []string{"github.com", "ssh.github.com"},
		Variables:   "GITHUB_",
		Places:      []string{".github"},
		Owners:      files + "CODEOWNERS",
		Lists:       []string{files + "actions/app/apps.txt", files + "workflows/notify.yaml"},
		Files:       "/blob/",
		SignsPerEnv: true,
		Words: forge.Words{
			Request: "pull request", Number: "the run's number", Version: "`version` in `.github/workflows/delivery.yaml`",
			Promotion: "On GitHub an app's workflow `delivery` takes each release along the path, and `operate` goes back, holds, lets go and promotes by hand. What\n" +
				"they do stands here, in `.github/workflows/`.",
			Pipelines: "CI moves what the clusters read: an app's workflows call those in `.github/workflows/` here",
			Folders:   "`.github/workflows/`, `.github/actions/`",
		},
		Commands: forge.Commands{Create: create, Propose: propose, Operate: operate, Start: start},
		Job: forge.Job{
			Is: "GITHUB_ACTIONS", Value: "true", Branch: "GITHUB_REF_NAME", Commit: "GITHUB_SHA", Page: page,
			// The second is the first one when somebody else runs a workflow again.
			Actors: []string{"GITHUB_TRIGGERING_ACTOR", "GITHUB_ACTOR"},
		},
		Tokened:   forge.Tokened{Issuer: issuer, Publisher: publisher, Promoter: promoter, Caller: caller},
		Setup:     forge.Setup{Platform: platform, App: perApp, CI: ci, Trusted: trusted, Again: again},
		Pipelines: forge.Pipelines{Outputs: outputs(), Platform: viewPlatform, Env: viewEnv, App: viewApp, Checks: checks},
	}
	f.Tokens.Start, f.Tokens.Whole = `gh[a-z]_|github_pat_`, `gh[a-z]_[a-z0-9_]+|github_pat_\w+`
	return f
}

func create(g forge.Git) string {
	command := "gh repo create " + step.Quote(g.Slug) + " --private"
	if web := strings.TrimPrefix(g.Root(), "https://"); web != "github.com" {
		return "GH_HOST=" + step.Quote(web) + " " + command
	}
	return command
}

func propose(branch string) string { return "gh pr create --fill --base " + step.Quote(branch) }

func operate(branch, env, action string, more [][2]string) string {
	command := "gh workflow run operate.yaml --ref " + step.Quote(branch)
	for _, in := range append([][2]string{{"environment", env}, {"action", action}}, more...) {
		command += " -f " + step.Quote(in[0]+"="+in[1])
	}
	return command
}

func start(g forge.Git, pipeline string, inputs [][2]string) string {
	command := "gh workflow run " + pipeline + " --repo " + step.Quote(g.Slug) + " --ref " + step.Quote(g.Branch)
	for _, in := range inputs {
		command += " --field " + in[0] + "=" + step.Quote(in[1])
	}
	return command
}

func page(get func(string) string) string {
	if id := get("GITHUB_RUN_ID"); id != "" {
		return get("GITHUB_SERVER_URL") + "/" + get("GITHUB_REPOSITORY") + "/actions/runs/" + id
	}
	return ""
}

// enterprise reports whether a repository is on a GitHub of its own, for which
// the gh program wants another variable with its token.
func enterprise(g forge.Git) bool { return g.WebHost() != "github.com" }
