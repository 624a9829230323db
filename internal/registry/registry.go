// Package registry says what may differ between the products that hold the
// bundles, as plain values and functions. Each product is a Provider in a
// folder of its own below this one; package table lists them.
//
// It knows no contract and no model, which read it: what a function has to know
// of the platform it is given as a Config, and more where it says so.
package registry

import (
	"fmt"
	slashpath "path"
	"regexp"

	"github.com/penstock-dev/penstock/internal/forge"
)

// The layouts.
const (
	Single         = "single"          // one repository an app; needs a registry that says who may move which tag
	PerEnvironment = "per-environment" // one repository an app and environment; needs rights on each
	GitDigest      = "git-digest"      // Git pins digests; needs nothing
)

// Config is one registry as the contract has it.
type Config struct {
	Provider, Host, Prefix, Layout                                  string
	Account, Region, Project, Location, Subscription, ResourceGroup string
	Insecure                                                        bool
}

// Provider is a product: all that others do not have in common with it.
type Provider struct {
	// Name is its value of spec.registry.provider.
	Name string
	// Words say in a list of providers what this one is.
	Words string
	// Fields are those of spec.registry that it cannot do without. All other
	// fields that some provider names here are refused.
	Fields []Field
	// Note says, for the reference, what else holds for its fields.
	Note string
	// Layouts are what it can hold, its default first.
	Layouts []string
	// Hosts are where it is.
	Hosts Hosts
	// NoPrefix is why it takes no prefix; "" where it takes one.
	NoPrefix string
	// Prefix proposes one; nil: the default.
	Prefix func(Around) string
	// HadPrefix: slices of earlier versions hold its prefix, with the default.
	HadPrefix bool
	// Counts: a count of releases is safe, since it deletes by tag class, keeps a
	// digest that another tag holds and lets retention pass immutable tags.
	Counts bool
	// Check reports what is wrong with a configuration beyond that, for a platform
	// with these environments; nil where nothing can be.
	Check func(c Config, environments []string) []Problem
	// Root is what stands between host and team in the repository of an
	// environment, or of the releases where that is ""; nil: as Plain has it.
	Root func(c Config, environment string) string
	// Flux is the OCIRepository's provider, by which Flux gets an identity of the
	// cluster's cloud; "" where it has none.
	Flux string
	// TakesTokens: it takes the tokens of a cluster's service accounts as a login.
	TakesTokens bool
	// OldSignatures: it has no referrers, so that signatures are written in cosign's
	// older form, which is found by its tag.
	OldSignatures bool
	// Logins say how CI logs in, by the contract's CI provider. The steps are the
	// template partials/registry/<provider>/<forge>-login.tmpl. Where one is left
	// out, CI logs in with a stored name and password: partials/<forge>/login.tmpl.
	Logins map[string]forge.Login
	// Sweep is how it deletes what is old.
	Sweep Sweep
	// Setup is what a person sets up there.
	Setup Setup
}

// Field is a field of spec.registry that only some providers have.
type Field struct {
	Name string
	// Asks is the question for it.
	Asks string
	// Instead are other providers' fields, for which this is what was meant.
	Instead []string
	// Example is a value for messages, where the field's own does not do.
	Example string
	// Propose is what it is likely to be; nil: its example.
	Propose func(Around) string
}

// Hosts are the host names of a provider.
type Hosts struct {
	// Service is what runs there, for messages; "" where everybody's host may be
	// one.
	Service string
	// Own matches hosts of this service and no other; nil where there are none.
	Own *regexp.Regexp
	// Form is how they look.
	Form string
	// Only: all hosts are the service's, and speak HTTPS. Otherwise people run it
	// themselves, under any name.
	Only bool
	// Also matches hosts that may be the service's, where not all look like Own.
	Also *regexp.Regexp
	// Propose is what the host is likely to be.
	Propose func(Config, Around) (host string, by Guess)
}

// Around is what is known of a platform before anything is known of its
// registry.
type Around struct {
	Platform string // its name
	Owner    string // who owns its repository, without "@"
	Domain   string // that is likely theirs
	GitHost  string
	Group    string // that its repository is in
}

// Guess is what a proposal rests on.
type Guess int

// A proposal is made up, follows from what was answered, or is the only one.
const (
	MadeUp Guess = iota
	Follows
	Certain
)

// Problem is something wrong with a field of the contract. Each %q in What
// stands for one of the Values.
type Problem struct {
	Field, What string
	Values      []string
	Fix         string
}

// Same reports a field that says something else than the host.
func Same(field, value, host, what string) []Problem {
	if value == "" || value == host {
		return nil
	}
	return []Problem{{field, "is %q, but the host is " + what + " %q", []string{value, host}, "make both the same"}}
}

// EnvironmentName is the field with the name of the environment at that place.
func EnvironmentName(at int) string { return fmt.Sprintf("spec.environments[%d].name", at) }

// root leaves out the environment where the layout has no place of its own for
// it.
func (p Provider) root(c Config, environment string) string {
	if c.Layout != PerEnvironment {
		environment = ""
	}
	if p.Root != nil {
		return p.Root(c, environment)
	}
	return Plain(c, environment)
}

// TeamPrefix is the start, ending in "/", of every repository that an
// environment reads of a team's, without scheme; of the releases where the
// environment is "". No other team's repository starts with it.
func (p Provider) TeamPrefix(c Config, environment, team string) string {
	return slashpath.Join(c.Host, p.root(c, environment), team) + "/"
}

// Plain is the prefix, and below it releases and environments apart where the
// layout has both.
func Plain(c Config, environment string) string {
	if c.Layout != PerEnvironment {
		return c.Prefix
	}
	return Apart(c, environment)
}

// Apart has releases and environments apart in every layout.
func Apart(c Config, environment string) string {
	if environment == "" {
		return slashpath.Join(c.Prefix, "releases")
	}
	return slashpath.Join(c.Prefix, "channels", environment)
}
