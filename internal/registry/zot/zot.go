// Package zot is what is special about zot: it says who may move which tag.
package zot

import (
	"github.com/penstock-dev/penstock/internal/forge"
	"github.com/penstock-dev/penstock/internal/forge/github"
	"github.com/penstock-dev/penstock/internal/registry"
)

// Provider describes it. It takes the token of a GitHub workflow as it is since
// 2.1.14, and tokens of service accounts with http.auth.bearer.oidc, made for
// Flux by one of its maintainers (project-zot/zot#3711). Read in 2026-11: Harbor
// does not (goharbor/harbor#22027 is open), and neither do GitLab's and GitHub's.
func Provider() registry.Provider {
	return registry.Provider{
		Name:    "zot",
		Words:   "says who may move which tag",
		Layouts: []string{registry.Single, registry.PerEnvironment, registry.GitDigest},
		Hosts: registry.Hosts{Propose: func(_ registry.Config, a registry.Around) (string, registry.Guess) {
			return "registry." + a.Domain, registry.MadeUp
		}},
		Counts: true,

		TakesTokens: true,
		Logins: map[string]forge.Login{
			github.CI: {By: forge.IDToken, Late: true, Again: true},
		},
		Sweep: registry.Sweep{Guide: guide, Files: files, Read: read},
		Setup: registry.Setup{Platform: platform, App: perApp},
	}
}
