// Package harbor is what is special about Harbor: its rights are on a project,
// so an environment of its own is a project of its own.
package harbor

import (
	"strings"

	"github.com/penstock-dev/penstock/internal/registry"
)

// Provider describes it. Counts is not set: immutable tags, which its releases
// have, are deleted by nobody, so that retention fails on each of them
// (ImmutableError in src/pkg/retention) and releases only grow.
func Provider() registry.Provider {
	return registry.Provider{
		Name:    "harbor",
		Words:   "a project an environment",
		Fields:  []registry.Field{{Name: "project", Asks: "Project of the registry"}},
		Note:    "`prefix` is refused",
		Layouts: []string{registry.PerEnvironment, registry.GitDigest},
		Hosts: registry.Hosts{Propose: func(_ registry.Config, a registry.Around) (string, registry.Guess) {
			return "harbor." + a.Domain, registry.MadeUp
		}},
		NoPrefix:  "in Harbor the project is the first part of each repository's name",
		HadPrefix: true,
		Check: func(c registry.Config, _ []string) []registry.Problem {
			if !strings.Contains(c.Project, "/") {
				return nil
			}
			return []registry.Problem{{Field: "spec.registry.project", What: `is %q, but a Harbor project has no "/"`, Values: []string{c.Project}, Fix: "write the project's name only"}}
		},
		Root: func(c registry.Config, environment string) string {
			if environment == "" {
				return c.Project
			}
			return c.Project + "-" + environment
		},
		Sweep: registry.Sweep{Guide: guide, Files: files, Read: read},
		Setup: registry.Setup{Platform: platform, App: perApp},
	}
}
