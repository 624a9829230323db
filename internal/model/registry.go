package model

import (
	"path"

	"github.com/penstock-dev/penstock/internal/contract"
)

// The registry layouts; the contract's own words.
const (
	LayoutSingle         = "single"
	LayoutPerEnvironment = "per-environment"
	LayoutGitDigest      = "git-digest"
)

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
func (r Registry) Single() bool { return r.Layout == LayoutSingle }

// PerEnvironment reports whether each environment has a repository of its own.
func (r Registry) PerEnvironment() bool { return r.Layout == LayoutPerEnvironment }

// GitDigest reports whether Git pins digests in all environments.
func (r Registry) GitDigest() bool { return r.Layout == LayoutGitDigest }

// TeamPrefix is the start, ending in "/", of every repository that an
// environment reads of a team's, without scheme. No other team's repository
// starts with it.
func (r Registry) TeamPrefix(env, team string) string {
	return path.Join(r.Host, r.root(env), team) + "/"
}

// ReleasesPrefix is the same for the repositories that CI pushes to.
func (r Registry) ReleasesPrefix(team string) string {
	return path.Join(r.Host, r.root(""), team) + "/"
}

func (r Registry) releases(team, app string) string { return r.ReleasesPrefix(team) + app }

func (r Registry) environment(env, team, app string) string {
	return r.TeamPrefix(env, team) + app
}

// root is what stands between host and team in the repository of an
// environment, or of the releases when env is empty or shares their place.
func (r Registry) root(env string) string {
	if !r.PerEnvironment() {
		env = ""
	}
	switch r.Provider {
	case "gitlab":
		return r.Project
	case "harbor":
		if env == "" {
			return r.Project
		}
		return r.Project + "-" + env
	case "gar":
		if env == "" {
			return path.Join(r.Project, r.Prefix+"-releases")
		}
		return path.Join(r.Project, r.Prefix+"-channels-"+env)
	}
	switch {
	case !r.PerEnvironment() && r.Provider != "ecr" && r.Provider != "acr":
		return r.Prefix
	case env == "":
		return path.Join(r.Prefix, "releases")
	default:
		return path.Join(r.Prefix, "channels", env)
	}
}
