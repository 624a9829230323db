// Package ghcr is what is special about GitHub's Container registry: it cannot
// protect a tag.
package ghcr

import (
	"regexp"
	"strings"

	"github.com/penstock-dev/penstock/internal/forge"
	"github.com/penstock-dev/penstock/internal/forge/github"
	"github.com/penstock-dev/penstock/internal/registry"
)

// Provider describes it. containers.HOST is the registry of a GitHub of one's
// own.
func Provider() registry.Provider {
	return registry.Provider{
		Name:    "ghcr",
		Words:   "GitHub's; Git pins what runs",
		Layouts: []string{registry.GitDigest},
		Hosts: registry.Hosts{
			Service: "GitHub", Form: "ghcr.io, or containers.HOST of your own GitHub", Only: true,
			Propose: func(registry.Config, registry.Around) (string, registry.Guess) {
				return "ghcr.io", registry.Certain
			},
			Own:  regexp.MustCompile(`^ghcr\.io$|^containers\.[a-z0-9-]+\.ghe\.com$`),
			Also: regexp.MustCompile(`^containers\.`),
		},
		Prefix: func(a registry.Around) string { return strings.ToLower(a.Owner) + "/delivery" },
		Logins: map[string]forge.Login{github.CI: {By: forge.JobToken}},
		Sweep:  registry.Sweep{Guide: guide, Files: files, Read: read},
		Setup:  registry.Setup{Platform: platform, App: perApp},
	}
}
