package github

import (
	"strings"

	"github.com/penstock-dev/penstock/internal/forge"
	"github.com/penstock-dev/penstock/internal/generate/step"
)

// api is the gh program's call of the host's API.
func api(s forge.Site) string {
	if enterprise(s.Git) {
		return "gh api --hostname " + s.Git.WebHost()
	}
	return "gh api"
}

// repo is a repository as gh takes it.
func repo(s forge.Site, slug string) string {
	if enterprise(s.Git) {
		return s.Git.WebHost() + "/" + slug
	}
	return slug
}

// store keeps a variable or a secret where the identity's pipeline sees it: on
// the repository for publish, on the environment for a promotion.
func store(s forge.Site, id forge.Identity, kind, name, value string) string {
	quoted := step.Quote(value)
	if strings.HasPrefix(value, "$") {
		quoted = `"` + value + `"`
	}
	return "gh " + kind + " set " + name + " --repo " + repo(s, id.Slug) + " --body " + quoted + environmentFlag(s, id)
}

func list(s forge.Site, id forge.Identity) string {
	env := environmentFlag(s, id)
	return "gh variable list --repo " + repo(s, id.Slug) + env + "; gh secret list --repo " + repo(s, id.Slug) + env
}

// environmentFlag is the flag for what belongs to an environment: of a promotion
// its own, of publishing "publish" where that job has stored secrets.
func environmentFlag(s forge.Site, id forge.Identity) string {
	switch {
	case id.Env != "":
		return " --env " + id.Env
	case id.Name == "publish" && PublishNeedsSecrets(s):
		return " --env publish"
	default:
		return ""
	}
}
