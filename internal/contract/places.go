package contract

import (
	"github.com/penstock-dev/penstock/internal/registry"
	"github.com/penstock-dev/penstock/internal/registry/table"
	"strconv"
	"strings"
)

// The registry layouts.
const (
	LayoutSingle         = registry.Single
	LayoutPerEnvironment = registry.PerEnvironment
	LayoutGitDigest      = registry.GitDigest
)

// Product is what the provider is known to be; its zero value where it is not
// known.
func (r Registry) Product() registry.Provider { return table.Of(r.Provider) }

// Config is it without what it keeps.
func (r Registry) Config() registry.Config {
	return registry.Config{
		Provider: r.Provider, Host: r.Host, Prefix: r.Prefix, Layout: r.Layout, Insecure: r.Insecure,
		Account: r.Account, Region: r.Region, Project: r.Project, Location: r.Location, Subscription: r.Subscription, ResourceGroup: r.ResourceGroup,
	}
}

// Own is one of the fields that only some providers have; nil for another.
func (r *Registry) Own(field string) *string {
	return map[string]*string{
		"account": &r.Account, "region": &r.Region, "project": &r.Project, "location": &r.Location,
		"subscription": &r.Subscription, "resourceGroup": &r.ResourceGroup,
	}[field]
}

// TeamPrefix is the start, ending in "/", of every repository that an
// environment reads of a team's, without scheme. No other team's repository
// starts with it.
func (r Registry) TeamPrefix(env, team string) string {
	return r.Product().TeamPrefix(r.Config(), env, team)
}

// ReleasesPrefix is the same for the repositories that CI pushes to.
func (r Registry) ReleasesPrefix(team string) string { return r.TeamPrefix("", team) }

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
