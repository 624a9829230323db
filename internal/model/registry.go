package model

import "github.com/penstock-dev/penstock/internal/contract"

// PullSecret is the name of the Secret, in each team's namespace, with which
// Flux logs in where the registry has no cloud identity.
const PullSecret = "registry-pull"

// Registry is the contract's registry with what follows from its product.
type Registry struct{ contract.Registry }

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

// NeedsPullSecret reports whether Flux logs in with a Secret instead of the
// cluster's own cloud identity.
func (r Registry) NeedsPullSecret() bool { return r.FluxProvider() == "generic" }

// Single reports whether one repository holds all of an app's tags.
func (r Registry) Single() bool { return r.Layout == contract.LayoutSingle }

// PerEnvironment reports whether each environment has a repository of its own.
func (r Registry) PerEnvironment() bool { return r.Layout == contract.LayoutPerEnvironment }

// GitDigest reports whether Git pins digests in all environments.
func (r Registry) GitDigest() bool { return r.Layout == contract.LayoutGitDigest }

// Places of an app's bundles, without scheme: see contract.Registry.
func (r Registry) releases(team, app string) string { return r.ReleasesPrefix(team) + app }

func (r Registry) environment(env, team, app string) string { return r.TeamPrefix(env, team) + app }
