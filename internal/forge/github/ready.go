package github

import (
	"strings"

	"github.com/penstock-dev/penstock/internal/forge"
)

// checks are the lines of the readiness list about GitHub Actions.
func checks(s forge.Site) []forge.Check {
	list := []forge.Check{{Item: "CI compares each change with the contract", Evidence: []string{files + "workflows/check.yaml"}}}
	if !s.Bundles {
		return list
	}
	const promote = files + "workflows/promote-_env_.yaml"
	list = append(list,
		forge.Check{Item: "CI checks every day what the histories promise", Evidence: []string{files + "workflows/" + forge.HistoryWorkflow}},
		forge.Check{Item: "apps are published and promoted by workflows of this repository", Evidence: []string{files + "workflows/" + forge.PublishWorkflow, promote}, Lacks: []forge.Lack{s.Far(", and so without a pipeline")}})
	if s.Registry.OIDC() {
		// The generator has no network to ask whether it is so, and GitHub has no
		// number in the reference of a workflow.
		list = append(list, forge.Check{Item: "the registry trusts repositories by their number, and the platform repository's name, by which its workflows are trusted, is never given up", Evidence: []string{"docs/setup.md"}})
	}
	if s.Asks() {
		list = append(list, forge.Check{Item: "reviewers are required where a promotion waits; private repositories have them with GitHub Enterprise only", Evidence: []string{"docs/setup.md"}})
	}
	if open := openStart(s); open != "" {
		list = append(list, forge.Check{Item: "an app's CI can start its own pinned promotions and nothing else", Evidence: []string{promote}, Open: open})
	}
	return list
}

// openStart is what GitHub cannot separate where Git pins.
func openStart(s forge.Site) string {
	var open []string
	if automaticPins(s) {
		open = append(open, "a token that starts one workflow here starts all: an app's CI can promote, hold and roll back other apps where nobody is asked, "+
			"though only to releases that may run there")
	}
	if s.Some((*forge.Env).AfterPin) {
		open = append(open, "no workflow takes a release on from a pin to an environment with a tag: an app's `operate.yaml` does, by hand")
	}
	return strings.Join(open, "; ")
}

// automaticPins reports whether a promotion merges its own change.
func automaticPins(s forge.Site) bool {
	return s.HasPins() && s.Some(func(e *forge.Env) bool { return e.Pinned && !e.NeedsPerson })
}
