// Package gitlab is what is special about the registry of a GitLab project: it
// tells roles apart, not jobs.
package gitlab

import (
	"regexp"
	"strings"

	"github.com/penstock-dev/penstock/internal/registry"
)

// Provider describes it.
func Provider() registry.Provider {
	return registry.Provider{
		Name:  "gitlab",
		Words: "of a GitLab project",
		Fields: []registry.Field{{
			Name: "project", Asks: "Project of the registry", Example: "acme/delivery",
			Propose: func(a registry.Around) string { return a.Group + "/delivery" },
		}},
		Note:    "written group/project, and `prefix` is refused",
		Layouts: []string{registry.Single, registry.GitDigest},
		Hosts: registry.Hosts{
			Service: "GitLab", Form: "registry.gitlab.com",
			Propose: func(_ registry.Config, a registry.Around) (string, registry.Guess) {
				if a.GitHost == "gitlab.com" {
					return "registry.gitlab.com", registry.Follows
				}
				return "registry." + a.GitHost, registry.MadeUp
			},
			Own: regexp.MustCompile(`^registry\.gitlab\.com$`),
		},
		NoPrefix:      "GitLab keeps images under the project",
		OldSignatures: true,
		Check: func(c registry.Config, _ []string) []registry.Problem {
			if c.Project == "" || strings.Contains(c.Project, "/") {
				return nil
			}
			return []registry.Problem{{Field: "spec.registry.project", What: "is %q, but a GitLab project is in a group", Values: []string{c.Project}, Fix: "write group/project"}}
		},
		Root:  func(c registry.Config, _ string) string { return c.Project },
		Sweep: registry.Sweep{Guide: guide, Files: files, Read: read},
		Setup: registry.Setup{Platform: platform, App: perApp},
	}
}
