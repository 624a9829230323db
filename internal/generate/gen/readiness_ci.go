package gen

import (
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/model"
)

// githubChecks are the lines of the readiness list about GitHub Actions.
func githubChecks(m *model.Model) []Check {
	if !m.GitHubActions() {
		return nil
	}
	list := []Check{{Item: "CI compares each change with the contract", Evidence: []string{githubFiles + "workflows/check.yaml"}, Open: openGitHub(m)}}
	if !m.HasOCI() {
		return list
	}
	promote := githubFiles + "workflows/promote-_env_.yaml"
	list = append(list,
		Check{Item: "CI checks every day what the histories promise", Evidence: []string{githubFiles + "workflows/history.yaml"}},
		Check{Item: "apps are published and promoted by workflows of this repository", Evidence: []string{githubFiles + "workflows/publish.yaml", promote}, Lacks: []Lack{farApps(m, ", and so without a pipeline")}})
	if m.Registry.OIDC() {
		// The generator has no network to ask whether it is so, and GitHub has no
		// number in the reference of a workflow.
		list = append(list, Check{Item: "the registry trusts repositories by their number, and the platform repository's name, by which its workflows are trusted, is never given up", Evidence: []string{"docs/setup.md"}})
	}
	if asks(m) {
		list = append(list, Check{Item: "reviewers are required where a promotion waits; private repositories have them with GitHub Enterprise only", Evidence: []string{"docs/setup.md"}})
	}
	if open := openStart(m); open != "" {
		list = append(list, Check{Item: "an app's CI can start its own pinned promotions and nothing else", Evidence: []string{promote}, Open: open})
	}
	return list
}

func openGitHub(m *model.Model) string {
	if m.Platform.Git.Provider == "github" {
		return ""
	}
	return "`spec.ci.provider` is github-actions, but " + model.MarkdownCode(m.Platform.Git.Web) + " is no repository on GitHub, which runs workflows of its own repositories only"
}

// farApps are those that no pipeline of this platform can serve.
func farApps(m *model.Model, why string) Lack {
	l := Lack{What: "Apps on another Git host", Why: " than the platform" + why}
	for _, a := range m.Apps() {
		if a.OCI && !m.Here(a) {
			l.Names = append(l.Names, a.Team.Name+"/"+a.Name)
		}
	}
	return l
}

// asks reports whether a workflow waits for reviewers.
func asks(m *model.Model) bool {
	for _, e := range m.Envs {
		if e.NeedsPerson && !e.Pinned {
			return true
		}
	}
	return false
}

// openStart is what GitHub cannot separate where Git pins.
func openStart(m *model.Model) string {
	var open []string
	if m.HasPins() && slices.ContainsFunc(m.Envs, func(e *model.Env) bool { return e.Pinned && !e.NeedsPerson }) {
		open = append(open, "a token that starts one workflow here starts all: an app's CI can promote, hold and roll back other apps where nobody is asked, "+
			"though only to releases that may run there")
	}
	if slices.ContainsFunc(m.Envs, (*model.Env).AfterPin) {
		open = append(open, "no workflow takes a release on from a pin to an environment with a tag: an app's `operate.yaml` does, by hand")
	}
	return strings.Join(open, "; ")
}
