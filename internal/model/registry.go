package model

import "github.com/penstock-dev/penstock/internal/contract"

// PullSecret is the name of the Secret, in each team's namespace, with which
// Flux logs in where the registry has no cloud identity and takes no tokens.
const PullSecret = "registry-pull"

// PullAccount is the ServiceAccount, in each team's namespace, whose tokens
// Flux logs in with where the registry takes them.
const PullAccount = "registry-pull"

// Registry is the contract's registry with what follows from its product.
type Registry struct {
	contract.Registry
	// ByToken: Flux logs in with tokens of PullAccount.
	ByToken bool
}

// newRegistry adds what the version of Flux can do.
func newRegistry(r contract.Registry, flux contract.FluxLine) Registry {
	made := Registry{Registry: r}
	made.ByToken = made.TakesTokens() && flux.PullsByToken
	return made
}

// TakesTokens reports whether the product takes the tokens of a cluster's
// service accounts as a login. zot does with http.auth.bearer.oidc, made for
// Flux by one of its maintainers (project-zot/zot#3711). Read in 2026-11: Harbor
// does not (goharbor/harbor#22027 is open), and neither do GitLab's and GitHub's.
func (r Registry) TakesTokens() bool { return r.Provider == "zot" }

// FluxProvider is the OCIRepository's provider: how Flux logs in.
func (r Registry) FluxProvider() string {
	switch r.Provider {
	case "ecr":
		return "aws"
	case "acr":
		return "azure"
	case "gar":
		return "gcp"
	default:
		return "generic"
	}
}

// NeedsPullSecret reports whether Flux logs in with a Secret instead of an
// identity that the cluster gives it.
func (r Registry) NeedsPullSecret() bool { return r.FluxProvider() == "generic" && !r.ByToken }

// Single reports whether one repository holds all of an app's tags.
func (r Registry) Single() bool { return r.Layout == contract.LayoutSingle }

// PerEnvironment reports whether each environment has a repository of its own.
func (r Registry) PerEnvironment() bool { return r.Layout == contract.LayoutPerEnvironment }

// GitDigest reports whether Git pins digests in all environments.
func (r Registry) GitDigest() bool { return r.Layout == contract.LayoutGitDigest }

// Places of an app's bundles, without scheme: see contract.Registry.
func (r Registry) releases(team, app string) string { return r.ReleasesPrefix(team) + app }

func (r Registry) environment(env, team, app string) string { return r.TeamPrefix(env, team) + app }
