// Package setup turns a Model into what must be set up outside of files: steps,
// each with the command that does it and the commands that prove it, those that
// must be refused included.
//
// It only writes text. Commands are for a POSIX shell and for the public tools
// of the Git host, the registry and Kubernetes; secrets come from environment
// variables that the reader sets, never from the text.
package setup

import (
	"github.com/penstock-dev/penstock/internal/model"
)

// Section is steps of one place, in the order in which they are done.
type Section struct {
	Title string
	Intro string // Markdown; may be empty
	Steps []Step
}

// Step is one thing to set up.
type Step struct {
	What string // imperative, as Markdown
	Why  string // Markdown; may be empty
	Do   string // commands; empty where only a web page can do it
	Page string // where on which page, as Markdown; empty where Do does it all
	// Again is what takes the place of a command of Do where an earlier version's
	// steps were done; its zero value where Do does for both.
	Again Again
	// Proofs show that the step was done, Denials that what must not be possible
	// is refused.
	Proofs, Denials []Proof
}

// Again is a command in the place of another one, of which the first words are
// enough.
type Again struct{ Command, Instead string }

// Proof is a command and what it must show, or be refused with.
type Proof struct {
	Command string
	Shows   string // Markdown
}

// Platform lists what is set up once for the platform.
func Platform(m *model.Model) []Section {
	sections := []Section{
		{Title: "The platform repository", Steps: hostOf(m).platform(m)},
		{Title: "The registry", Intro: afterNames(m, "What each app adds to this stands in the `docs/setup.md` of its own repository.", false), Steps: registryOf(m).platform(m)},
		{Title: "Each cluster", Steps: clusters(m)},
	}
	return given(sections)
}

// App lists what is set up for one app.
func App(m *model.Model, app *model.App) []Section {
	sections := []Section{{Title: "This repository", Steps: append(appImage(m, app), hostOf(m).app(m, app)...)}}
	if app.OCI {
		sections = append(sections, Section{Title: "The registry", Intro: afterNames(m, "", true), Steps: registryOf(m).app(m, app)})
	}
	return given(sections)
}

// given leaves out sections without steps.
func given(sections []Section) []Section {
	var list []Section
	for _, s := range sections {
		if len(s.Steps) > 0 {
			list = append(list, s)
		}
	}
	return list
}

// place is a Git host or a registry: what is set up there once, and for each
// app.
type place struct {
	platform func(*model.Model) []Step
	app      func(*model.Model, *model.App) []Step
}

func hostOf(m *model.Model) place {
	if m.CI.Provider == "gitlab-ci" {
		return place{gitlabPlatform, gitlabApp}
	}
	return place{githubPlatform, githubApp}
}

func registryOf(m *model.Model) place {
	return map[string]place{
		"ecr": {awsPlatform, awsApp}, "gar": {gcpPlatform, gcpApp}, "acr": {azurePlatform, azureApp},
		"zot": {zotPlatform, zotApp}, "harbor": {harborPlatform, harborApp},
		"ghcr": {ghcrPlatform, ghcrApp}, "gitlab": {gitlabRegistryPlatform, gitlabRegistryApp},
	}[m.Registry.Provider]
}
