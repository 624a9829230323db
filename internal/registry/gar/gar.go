// Package gar is what is special about Google's Artifact Registry: its
// repositories hold those of many apps, and its rights are on the whole of one.
package gar

import (
	slashpath "path"
	"regexp"
	"strings"

	"github.com/penstock-dev/penstock/internal/forge"
	"github.com/penstock-dev/penstock/internal/forge/github"
	"github.com/penstock-dev/penstock/internal/forge/gitlab"
	"github.com/penstock-dev/penstock/internal/registry"
)

// Provider describes it.
func Provider() registry.Provider {
	return registry.Provider{
		Name:  "gar",
		Words: "Google Cloud",
		Fields: []registry.Field{
			{Name: "project", Asks: "Project of the registry", Instead: []string{"account", "subscription"}},
			{Name: "location", Asks: "Location of the registry", Instead: []string{"region"}},
		},
		Note:    "the same as in the host; `prefix` is one segment",
		Layouts: []string{registry.PerEnvironment, registry.GitDigest},
		Hosts: registry.Hosts{
			Service: "Artifact Registry", Form: "LOCATION-docker.pkg.dev", Only: true,
			Propose: func(c registry.Config, _ registry.Around) (string, registry.Guess) {
				return c.Location + "-docker.pkg.dev", registry.Follows
			},
			Own: regexp.MustCompile(`(^|[.-])pkg\.dev$`),
		},
		Check: check,
		Root:  root,
		Flux:  "gcp",
		Logins: map[string]forge.Login{
			github.CI: {By: forge.CloudToken},
			gitlab.CI: {
				By: forge.CloudToken, Audience: "https://iam.googleapis.com/$REGISTRY_IDENTITY_PROVIDER",
				Variables: []string{"REGISTRY_IDENTITY_PROVIDER", "REGISTRY_SERVICE_ACCOUNT"},
			},
		},
		Sweep: registry.Sweep{Guide: guide, Files: files, Read: read},
		Setup: registry.Setup{Platform: platform, App: perApp},
	}
}

var (
	host = regexp.MustCompile(`^([a-z0-9-]+)-docker\.pkg\.dev$`)
	name = regexp.MustCompile(`^[a-z]([a-z0-9-]*[a-z0-9])?$`)
)

// check: prefix becomes part of the names of Artifact Registry repositories.
func check(c registry.Config, environments []string) []registry.Problem {
	var list []registry.Problem
	if m := host.FindStringSubmatch(c.Host); m != nil {
		list = registry.Same("spec.registry.location", c.Location, m[1], "in")
	}
	if strings.Contains(c.Project, "/") {
		list = append(list, registry.Problem{
			Field: "spec.registry.project", What: `is %q, but a Google Cloud project has no "/"`, Values: []string{c.Project}, Fix: "write the project's ID only",
		})
	}
	if !name.MatchString(c.Prefix) {
		return append(list, registry.Problem{
			Field: "spec.registry.prefix", What: "is %q, but it begins the names of Artifact Registry repositories", Values: []string{c.Prefix},
			Fix: `use lower-case letters, digits and "-", beginning with a letter`,
		})
	}
	for i, e := range environments {
		if long := channels(c, e); len(long) > 63 && c.Layout == registry.PerEnvironment {
			list = append(list, registry.Problem{
				Field: registry.EnvironmentName(i), What: "is %q, which makes %q, longer than the 63 characters that Artifact Registry allows", Values: []string{e, long},
				Fix: "shorten it or spec.registry.prefix",
			})
		}
	}
	return list
}

func channels(c registry.Config, environment string) string {
	return c.Prefix + "-channels-" + environment
}

func root(c registry.Config, environment string) string {
	if environment == "" {
		return slashpath.Join(c.Project, c.Prefix+"-releases")
	}
	return slashpath.Join(c.Project, channels(c, environment))
}
