// Package ecr is what is special about Amazon's Elastic Container Registry.
package ecr

import (
	"regexp"

	"github.com/penstock-dev/penstock/internal/forge"
	"github.com/penstock-dev/penstock/internal/forge/github"
	"github.com/penstock-dev/penstock/internal/forge/gitlab"
	"github.com/penstock-dev/penstock/internal/registry"
)

// Provider describes it. Its hosts: AWS documentation, read on 2026-11-28.
func Provider() registry.Provider {
	return registry.Provider{
		Name:  "ecr",
		Words: "AWS",
		Fields: []registry.Field{
			{Name: "account", Asks: "AWS account number", Instead: []string{"project", "subscription"}},
			{Name: "region", Asks: "AWS region", Instead: []string{"location"}},
		},
		Note:    "the same as in the host",
		Layouts: []string{registry.PerEnvironment, registry.GitDigest},
		Hosts: registry.Hosts{
			Service: "ECR", Form: "ACCOUNT.dkr.ecr.REGION.amazonaws.com", Only: true,
			Propose: func(c registry.Config, _ registry.Around) (string, registry.Guess) {
				return c.Account + ".dkr.ecr." + c.Region + ".amazonaws.com", registry.Follows
			},
			Own: regexp.MustCompile(`^[0-9]{12}\.dkr[.-]ecr(-fips)?\.[a-z0-9-]+\.[a-z0-9.-]+$|\.vpce\.amazonaws\.com(\.cn)?$`),
		},
		Counts: true,
		Check:  check,
		Root:   registry.Apart,
		Flux:   "aws",
		Logins: map[string]forge.Login{
			github.CI: {By: forge.CloudToken, BySubject: true},
			gitlab.CI: {By: forge.CloudToken, BySubject: true, Audience: "sts.amazonaws.com", Variables: []string{"REGISTRY_ROLE"}},
		},
		Sweep: registry.Sweep{Files: files, Guide: guide, Read: read},
		Setup: registry.Setup{Platform: platform, App: perApp},
	}
}

var host = regexp.MustCompile(`^([0-9]{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.(?:aws|amazonwebservices\.com\.cn))$`)

func check(c registry.Config, _ []string) []registry.Problem {
	m := host.FindStringSubmatch(c.Host)
	if m == nil {
		return nil
	}
	return append(registry.Same("spec.registry.account", c.Account, m[1], "of account"), registry.Same("spec.registry.region", c.Region, m[2], "in region")...)
}
