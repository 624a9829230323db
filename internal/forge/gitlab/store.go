package gitlab

import (
	"strings"

	"github.com/penstock-dev/penstock/internal/forge"
	"github.com/penstock-dev/penstock/internal/generate/step"
)

// own is the host for the flags of glab; empty for the public one, which it
// takes by itself.
func own(s forge.Site) string {
	if host := s.Git.WebHost(); host != "gitlab.com" {
		return host
	}
	return ""
}

// api is the glab program's call of the host's API.
func api(s forge.Site) string {
	if host := own(s); host != "" {
		return "glab api --hostname " + host
	}
	return "glab api"
}

// repo is a project as glab takes it.
func repo(s forge.Site, slug string) string {
	if host := own(s); host != "" {
		return host + "/" + slug
	}
	return slug
}

// store keeps a variable where the identity's pipeline sees it: all of the
// project's, for publish, those of the environment for a promotion.
func store(s forge.Site, id forge.Identity, masked bool, name, value string) string {
	quoted := step.Quote(value)
	if strings.HasPrefix(value, "$") {
		quoted = `"` + value + `"`
	}
	command := "glab variable set " + name + " " + quoted + " --repo " + repo(s, id.Slug) + " --protected --raw"
	if masked {
		command += " --masked"
	}
	if id.Env != "" {
		command += " --scope " + id.Env
	}
	return command
}

func list(s forge.Site, id forge.Identity) string {
	return "glab variable list --repo " + repo(s, id.Slug)
}
