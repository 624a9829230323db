// Package setup turns a Model into what must be set up outside of files: steps,
// each with the command that does it and the commands that prove it, those that
// must be refused included.
//
// It only writes text. Commands are for a POSIX shell and for the public tools
// of the Git host, the registry and Kubernetes; secrets come from environment
// variables that the reader sets, never from the text.
package setup

import (
	"github.com/penstock-dev/penstock/internal/generate/step"
	"github.com/penstock-dev/penstock/internal/model"
)

// Section is steps of one place, in the order in which they are done.
type Section struct {
	Title string
	Intro string // Markdown; may be empty
	Steps []Step
}

// Step, Proof and Again are those of package step.
type (
	Step  = step.Step
	Proof = step.Proof
	Again = step.Again
)

// Platform lists what is set up once for the platform.
func Platform(m *model.Model) []Section {
	sections := []Section{
		{Title: "The platform repository", Steps: hostOf(m).platform(m)},
		{Title: "The registry", Intro: afterNames(m, "What each app adds to this stands in the `docs/setup.md` of its own repository.", false), Steps: m.Registry.Product.Setup.Platform(site(m))},
		{Title: "Each cluster", Steps: clusters(m)},
	}
	return given(sections)
}

// App lists what is set up for one app.
func App(m *model.Model, app *model.App) []Section {
	sections := []Section{{Title: "This repository", Steps: append(appImage(m, app), hostOf(m).app(m, app)...)}}
	if app.OCI {
		sections = append(sections, Section{Title: "The registry", Intro: afterNames(m, "", true), Steps: m.Registry.Product.Setup.App(site(m), siteApp(m, app))})
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

// place is a Git host: what is set up there once, and for each app.
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
