package contract

import slashpath "path"

// The registry layouts.
const (
	LayoutSingle         = "single"
	LayoutPerEnvironment = "per-environment"
	LayoutGitDigest      = "git-digest"
)

// TeamPrefix is the start, ending in "/", of every repository that an
// environment reads of a team's, without scheme. No other team's repository
// starts with it.
func (r Registry) TeamPrefix(env, team string) string {
	return slashpath.Join(r.Host, r.root(env), team) + "/"
}

// ReleasesPrefix is the same for the repositories that CI pushes to.
func (r Registry) ReleasesPrefix(team string) string {
	return slashpath.Join(r.Host, r.root(""), team) + "/"
}

// root is what stands between host and team in the repository of an
// environment, or of the releases when env is empty or shares their place.
func (r Registry) root(env string) string {
	if r.Layout != LayoutPerEnvironment {
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
			return slashpath.Join(r.Project, r.Prefix+"-releases")
		}
		return slashpath.Join(r.Project, r.Prefix+"-channels-"+env)
	}
	switch {
	case r.Layout != LayoutPerEnvironment && r.Provider != "ecr" && r.Provider != "acr":
		return r.Prefix
	case env == "":
		return slashpath.Join(r.Prefix, "releases")
	default:
		return slashpath.Join(r.Prefix, "channels", env)
	}
}
