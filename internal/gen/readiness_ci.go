package gen

import (
	"strings"

	"github.com/penstock-dev/penstock/internal/model"
)

// githubChecks are the lines of the readiness list about GitHub Actions.
func githubChecks(m *model.Model) []Check {
	if !m.GitHubActions() {
		return nil
	}
	list := []Check{{"CI compares each change with the contract", []string{githubFiles + "workflows/check.yaml"}, openGitHub(m)}}
	if !m.HasOCI() {
		return list
	}
	promote := githubFiles + "workflows/promote-_env_.yaml"
	list = append(list,
		Check{"CI checks every day what the histories promise", []string{githubFiles + "workflows/history.yaml"}, ""},
		Check{"apps are published and promoted by workflows of this repository", []string{githubFiles + "workflows/publish.yaml", promote}, openFarApps(m)})
	if m.Registry.OIDC() {
		// The generator has no network to ask whether it is so, and GitHub has no
		// number in the reference of a workflow.
		list = append(list, Check{"the registry trusts repositories by their number, and the platform repository's name, by which its workflows are trusted, is never given up", []string{"docs/setup.md"}, ""})
	}
	if asks(m) {
		list = append(list, Check{"reviewers are required where a promotion waits; private repositories have them with GitHub Enterprise only", []string{"docs/setup.md"}, ""})
	}
	if open := openStart(m); open != "" {
		list = append(list, Check{"an app's CI can start its own pinned promotions and nothing else", []string{promote}, open})
	}
	return list
}

func openGitHub(m *model.Model) string {
	if m.Platform.Git.Provider == "github" {
		return ""
	}
	return "`spec.ci.provider` is github-actions, but " + model.MarkdownCode(m.Platform.Git.Web) + " is no repository on GitHub, which runs workflows of its own repositories only"
}

func openFarApps(m *model.Model) string {
	var far []string
	for _, a := range m.Apps() {
		if a.OCI && !m.Here(a) {
			far = append(far, a.Team.Name+"/"+a.Name)
		}
	}
	return missing("on another Git host than the platform, and so without a pipeline: ", far)
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
	var automatic, after []string
	for _, e := range m.Envs {
		if e.Pinned && !e.NeedsPerson {
			automatic = append(automatic, e.Name)
		}
		if e.AfterPin() {
			after = append(after, e.Name)
		}
	}
	var open []string
	if m.HasPins() && len(automatic) > 0 {
		open = append(open, "a token that starts one workflow here starts all: an app's CI can promote, hold and roll back other apps in "+list(automatic)+
			", though only to releases that may run there")
	}
	if len(after) > 0 {
		open = append(open, "no workflow takes a release on from a pin to "+list(after)+": an app's `operate.yaml` does, by hand")
	}
	return strings.Join(open, "; ")
}
