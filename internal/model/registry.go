package model

import (
	"cmp"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/forge"
	"github.com/penstock-dev/penstock/internal/registry"
)

// PullSecret is the name of the Secret, in each team's namespace, with which
// Flux logs in where the registry has no cloud identity and takes no tokens.
const PullSecret = "registry-pull"

// PullAccount is the ServiceAccount, in each team's namespace, whose tokens
// Flux logs in with where the registry takes them.
const PullAccount = "registry-pull"

// Registry is the contract's registry with what follows from its product.
type Registry struct {
	contract.Registry
	forge.Login // of the contract's CI
	// Product is what the registry is known to be.
	Product registry.Provider
	// ByToken: Flux logs in with tokens of PullAccount.
	ByToken bool

	login string // the start of the partials that log a job in
}

// newRegistry adds what the CI and the version of Flux can do.
func newRegistry(r contract.Registry, host forge.Forge, flux contract.FluxLine) Registry {
	made := Registry{Registry: r, Product: r.Product(), login: "registry/" + r.Provider + "/" + host.Name + "-"}
	made.ByToken = made.Product.TakesTokens && flux.PullsByToken
	login, ok := made.Product.Logins[host.CI]
	if !ok {
		login = forge.Login{Variables: []string{"REGISTRY_USERNAME", "REGISTRY_PASSWORD"}}
		made.login = host.Name + "/"
	}
	made.Login = login
	return made
}

// LoginPartial is the partial that logs a job in.
func (r Registry) LoginPartial() string { return r.login + "login" }

// TokenPartial is the partial that logs it in once more.
func (r Registry) TokenPartial() string { return r.login + "token" }

// HostName is the first part of the host, by which some products know it.
func (r Registry) HostName() string { return r.Config().HostName() }

// FluxProvider is the OCIRepository's provider: how Flux logs in.
func (r Registry) FluxProvider() string { return cmp.Or(r.Product.Flux, "generic") }

// NeedsPullSecret reports whether Flux logs in with a Secret instead of an
// identity that the cluster gives it.
func (r Registry) NeedsPullSecret() bool { return r.Product.Flux == "" && !r.ByToken }

// PerEnvironment reports whether each environment has a repository of its own.
func (r Registry) PerEnvironment() bool { return r.Layout == contract.LayoutPerEnvironment }

// GitDigest reports whether Git pins digests in all environments.
func (r Registry) GitDigest() bool { return r.Layout == contract.LayoutGitDigest }

// Places of an app's bundles, without scheme: see contract.Registry.
func (r Registry) releases(team, app string) string { return r.ReleasesPrefix(team) + app }

func (r Registry) environment(env, team, app string) string { return r.TeamPrefix(env, team) + app }
