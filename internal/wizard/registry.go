package wizard

import (
	"cmp"
	"strings"

	"github.com/penstock-dev/penstock/internal/contract"
)

func (a *asker) registry() {
	r := &a.c.Spec.Registry
	was := r.Provider
	a.choose("spec.registry.provider", Question{
		Flag: "registry", Text: "Registry that holds the bundles", Guess: was == "", Default: cmp.Or(was, "zot"),
	}, map[string]string{
		"zot": "says who may move which tag", "gitlab": "of a GitLab project", "ghcr": "GitHub's; Git pins what runs",
		"ecr": "AWS", "gar": "Google Cloud", "acr": "Azure", "harbor": "a project an environment",
	}, func(c *contract.Contract, v string) {
		if c.Spec.Registry.Provider != v {
			c.Spec.Registry = contract.Registry{Provider: v}
		}
	})
	for _, f := range registryFields() {
		field, now := "spec.registry."+f.name, *f.value(r)
		if a.err == nil && (now != "" || a.misses(field)) {
			a.text(field, Question{Text: f.text, Need: true, Guess: now == "", MadeUp: now == "", Default: cmp.Or(now, a.proposal(f.name))},
				func(c *contract.Contract, v string) { *f.value(&c.Spec.Registry) = v })
		}
	}
	a.text("spec.registry.host", Question{
		Flag: "registry-host", Text: "Host of the registry", Need: true, Guess: r.Host == "" && r.Provider != "ghcr", MadeUp: r.Host == "" && a.hostIsMadeUp(), Default: cmp.Or(r.Host, a.host()),
	}, func(c *contract.Contract, v string) { c.Spec.Registry.Host = v })
	if a.tried("spec.registry.prefix", "bundles", func(c *contract.Contract, v string) { c.Spec.Registry.Prefix = v }) == "" {
		a.text("spec.registry.prefix", Question{Text: "First part of each repository's name", Need: true, Default: cmp.Or(r.Prefix, a.prefix())},
			func(c *contract.Contract, v string) { c.Spec.Registry.Prefix = v })
	}
}

// registryField is one that only some providers have.
type registryField struct {
	name, text string
	value      func(*contract.Registry) *string
}

func registryFields() []registryField {
	return []registryField{
		{"account", "AWS account number", func(r *contract.Registry) *string { return &r.Account }},
		{"region", "AWS region", func(r *contract.Registry) *string { return &r.Region }},
		{"project", "Project of the registry", func(r *contract.Registry) *string { return &r.Project }},
		{"location", "Location of the registry", func(r *contract.Registry) *string { return &r.Location }},
		{"subscription", "Azure subscription", func(r *contract.Registry) *string { return &r.Subscription }},
		{"resourceGroup", "Azure resource group", func(r *contract.Registry) *string { return &r.ResourceGroup }},
	}
}

// hostIsMadeUp: where the provider runs the registry its host follows from what
// was answered before.
func (a *asker) hostIsMadeUp() bool {
	switch a.c.Spec.Registry.Provider {
	case "zot", "harbor", "acr":
		return true
	case "gitlab":
		return a.host() != "registry.gitlab.com"
	}
	return false
}

// host proposes one that the provider would have.
func (a *asker) host() string {
	r := a.c.Spec.Registry
	domain := around(a.c).domain
	switch r.Provider {
	case "ecr":
		return r.Account + ".dkr.ecr." + r.Region + ".amazonaws.com"
	case "gar":
		return r.Location + "-docker.pkg.dev"
	case "acr":
		return strings.ReplaceAll(a.c.Metadata.Name, "-", "") + ".azurecr.io"
	case "ghcr":
		return "ghcr.io"
	case "gitlab":
		host, _ := Seed{URL: a.c.Spec.Platform.Git.URL}.place()
		return "registry." + host
	case "harbor":
		return "harbor." + domain
	}
	return "registry." + domain
}

func (a *asker) prefix() string {
	if a.c.Spec.Registry.Provider == "ghcr" {
		return strings.ToLower(strings.TrimPrefix(around(a.c).org, "@")) + "/delivery"
	}
	return "delivery"
}

// proposal is a value for a field that only some providers have.
func (a *asker) proposal(name string) string {
	switch {
	case name == "region":
		return "eu-west-1"
	case name == "location":
		return "europe-west1"
	case name == "resourceGroup", name == "project" && a.c.Spec.Registry.Provider != "gitlab":
		return "delivery"
	case name == "project":
		_, group := Seed{URL: a.c.Spec.Platform.Git.URL}.place()
		return group + "/delivery"
	case name == "account":
		return "111122223333"
	default:
		return "00000000-0000-0000-0000-000000000000"
	}
}
