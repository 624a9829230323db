package contract

import (
	"strconv"
	"strings"

	"github.com/penstock-dev/penstock/internal/registry"
)

// Keeps is what the registry may delete of a platform with these environments,
// and what it must not.
func (r Registry) Keeps(environments []string) registry.Retention {
	days := func(s string) int {
		n, _ := strconv.Atoi(strings.TrimSuffix(s, "d")) // its rule says so
		return n
	}
	releases, _ := strconv.Atoi(r.Retention.Releases) // "forever" is no number
	return registry.Retention{
		Config: r.Config(), Environments: environments, Candidates: days(r.Retention.Candidates), Previews: days(r.Retention.Previews),
		Promotions: r.Retention.Promotions, Releases: releases,
	}.At(r.Product())
}

// Keeps is the same for the contract's own environments.
func (c Contract) Keeps() registry.Retention {
	var names []string
	for _, e := range c.Spec.Environments {
		names = append(names, e.Name)
	}
	return c.Spec.Registry.Keeps(names)
}
