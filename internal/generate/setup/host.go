package setup

import (
	"strings"

	"github.com/penstock-dev/penstock/internal/model"
)

// web is the Git host's address.
func web(m *model.Model) string {
	return strings.TrimSuffix(m.Platform.Git.Web, "/"+m.Platform.Git.Slug)
}

// host is the Git host for the flags of gh and glab; empty for github.com and
// gitlab.com, which they take by themselves.
func host(m *model.Model) string {
	_, h, _ := strings.Cut(web(m), "://")
	if h == "github.com" || h == "gitlab.com" {
		return ""
	}
	return h
}

func api(m *model.Model, tool string) string {
	if h := host(m); h != "" {
		return tool + " api --hostname " + h
	}
	return tool + " api"
}

// repo is a repository as gh and glab take it.
func repo(m *model.Model, slug string) string {
	if h := host(m); h != "" {
		return h + "/" + slug
	}
	return slug
}

// setVariable stores a value where the identity's pipeline sees it: on the
// repository for publish, on the environment for a promotion.
func setVariable(m *model.Model, id identity, name, value string) string {
	return store(m, id, "variable", name, value)
}

func setSecret(m *model.Model, id identity, name, value string) string {
	return store(m, id, "secret", name, value)
}

func store(m *model.Model, id identity, kind, name, value string) string {
	quoted := model.ShellQuote(value)
	if strings.HasPrefix(value, "$") {
		quoted = `"` + value + `"`
	}
	if m.CI.Provider == "gitlab-ci" {
		command := "glab variable set " + name + " " + quoted + " --repo " + repo(m, id.Slug) + " --protected --raw"
		if kind == "secret" {
			command += " --masked"
		}
		if id.Env != "" {
			command += " --scope " + id.Env
		}
		return command
	}
	return "gh " + kind + " set " + name + " --repo " + repo(m, id.Slug) + " --body " + quoted + inEnvironment(m, id)
}

// inEnvironment is the flag for what belongs to an environment on GitHub: of a
// promotion its own, of publishing "publish" where that job has stored secrets.
func inEnvironment(m *model.Model, id identity) string {
	switch {
	case id.Env != "":
		return " --env " + id.Env
	case id.Name == "publish" && m.PublishNeedsSecrets():
		return " --env publish"
	default:
		return ""
	}
}

func listVariables(m *model.Model, id identity) string {
	if m.CI.Provider == "gitlab-ci" {
		return "glab variable list --repo " + repo(m, id.Slug)
	}
	env := inEnvironment(m, id)
	return "gh variable list --repo " + repo(m, id.Slug) + env + "; gh secret list --repo " + repo(m, id.Slug) + env
}
