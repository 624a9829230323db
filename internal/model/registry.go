package model

import (
	"cmp"
	"strings"

	"github.com/penstock-dev/penstock/internal/contract"
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
	registry.Login // of the contract's CI
	// Product is what the registry is known to be.
	Product registry.Provider
	// ByToken: Flux logs in with tokens of PullAccount.
	ByToken bool

	partials, forge string
}

// newRegistry adds what the CI and the version of Flux can do.
func newRegistry(r contract.Registry, ci string, flux contract.FluxLine) Registry {
	made := Registry{Registry: r, Product: r.Product(), partials: "registry/" + r.Provider + "/"}
	made.forge, _, _ = strings.Cut(ci, "-")
	made.ByToken = made.Product.TakesTokens && flux.PullsByToken
	login, ok := made.Product.Logins[ci]
	if !ok {
		login = registry.Login{Variables: []string{"REGISTRY_USERNAME", "REGISTRY_PASSWORD"}}
		made.partials = "registry/password/"
	}
	made.Login = login
	return made
}

// LoginPartial is the partial that logs a job in.
func (r Registry) LoginPartial() string { return r.partials + r.forge + "-login" }

// TokenPartial is the partial that logs it in once more.
func (r Registry) TokenPartial() string { return r.partials + r.forge + "-token" }

// OIDC reports whether CI logs in with a token about itself, so that no secret
// is stored.
func (r Registry) OIDC() bool { return r.By == registry.IDToken || r.OnCloud() }

// OnCloud reports whether a cloud gives its own credentials for a token.
func (r Registry) OnCloud() bool { return r.By == registry.CloudToken }

// ByJobToken reports whether the job's own token is enough.
func (r Registry) ByJobToken() bool { return r.By == registry.JobToken }

// Password reports whether CI logs in with a stored password.
func (r Registry) Password() bool { return r.By == registry.Password }

// Tokens lists the tokens that a job needs to log in.
func (r Registry) Tokens() []IDToken {
	if r.Audience == "" {
		return nil
	}
	return []IDToken{{"REGISTRY_ID_TOKEN", r.Audience}}
}

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
