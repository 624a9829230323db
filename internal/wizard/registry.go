package wizard

import (
	"cmp"
	"strings"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/registry"
	"github.com/penstock-dev/penstock/internal/registry/table"
)

func (a *asker) registry() {
	r := &a.c.Spec.Registry
	was := r.Provider
	words := map[string]string{}
	for _, p := range table.All() {
		words[p.Name] = p.Words
	}
	a.choose("spec.registry.provider", Question{
		Flag: "registry", Text: "Registry that holds the bundles", Guess: was == "", Default: cmp.Or(was, table.All()[0].Name),
	}, words, func(c *contract.Contract, v string) {
		if c.Spec.Registry.Provider != v {
			c.Spec.Registry = contract.Registry{Provider: v}
		}
	})
	p, known := r.Product(), surroundings(a.c)
	for _, f := range p.Fields {
		field, now := "spec.registry."+f.Name, *r.Own(f.Name)
		if a.err == nil && (now != "" || a.misses(field)) {
			proposal := contract.Example(field)
			if f.Propose != nil {
				proposal = f.Propose(known)
			}
			a.text(field, Question{Text: f.Asks, Need: true, Guess: now == "", MadeUp: now == "", Default: cmp.Or(now, proposal)},
				func(c *contract.Contract, v string) { *c.Spec.Registry.Own(f.Name) = v })
		}
	}
	host, by := "", registry.MadeUp
	if p.Hosts.Propose != nil {
		host, by = p.Hosts.Propose(r.Config(), known)
	}
	a.text("spec.registry.host", Question{
		Flag: "registry-host", Text: "Host of the registry", Need: true, Guess: r.Host == "" && by != registry.Certain, MadeUp: r.Host == "" && by == registry.MadeUp, Default: cmp.Or(r.Host, host),
	}, func(c *contract.Contract, v string) { c.Spec.Registry.Host = v })
	if a.tried("spec.registry.prefix", "bundles", func(c *contract.Contract, v string) { c.Spec.Registry.Prefix = v }) == "" {
		prefix := "delivery"
		if p.Prefix != nil {
			prefix = p.Prefix(known)
		}
		a.text("spec.registry.prefix", Question{Text: "First part of each repository's name", Need: true, Default: cmp.Or(r.Prefix, prefix)},
			func(c *contract.Contract, v string) { c.Spec.Registry.Prefix = v })
	}
}

// surroundings are what a proposal for the registry may rest on.
func surroundings(c contract.Contract) registry.Around {
	host, group := Seed{URL: c.Spec.Platform.Git.URL}.place()
	p := around(c)
	return registry.Around{Platform: c.Metadata.Name, Owner: strings.TrimPrefix(p.org, "@"), Domain: p.domain, GitHost: host, Group: group}
}
