// Package setup turns a Model into what must be set up outside of files: steps,
// each with the command that does it and the commands that prove it, those that
// must be refused included.
//
// It only writes text. Commands are for a POSIX shell and for the public tools
// of the Git host, the registry and Kubernetes; secrets come from environment
// variables that the reader sets, never from the text.
package setup

import (
	"strings"

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
		{Title: "The platform repository", Steps: m.Forge.Setup.Platform(m.Site)},
		{Title: "The registry", Intro: intro(m, "What each app adds to this stands in the `docs/setup.md` of its own repository.", false), Steps: m.Registry.Product.Setup.Platform(site(m))},
		{Title: "Each cluster", Steps: clusters(m)},
	}
	return given(sections)
}

// App lists what is set up for one app.
func App(m *model.Model, app *model.App) []Section {
	sections := []Section{{Title: "This repository", Steps: append(appImage(m, app), m.Forge.Setup.App(m.Site, &app.App)...)}}
	if app.OCI {
		sections = append(sections, Section{Title: "The registry", Intro: intro(m, "", true), Steps: m.Registry.Product.Setup.App(site(m), siteApp(m, app))})
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

// intro ends with what to do where an earlier version was set up.
func intro(m *model.Model, text string, ofApp bool) string {
	if again := m.Forge.Setup.Again; again != nil {
		text += "\n\n" + again(m.Site, ofApp)
	}
	return strings.TrimSpace(text)
}
