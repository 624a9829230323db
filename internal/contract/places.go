package contract

import (
	"github.com/penstock-dev/penstock/internal/registry"
	"github.com/penstock-dev/penstock/internal/registry/table"
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
