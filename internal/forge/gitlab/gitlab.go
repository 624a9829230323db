// Package gitlab is what is special about GitLab, its public service and one's
// own, and about its CI.
package gitlab

import (
	"strings"

	"github.com/penstock-dev/penstock/internal/forge"
	"github.com/penstock-dev/penstock/internal/generate/step"
)

// CI is its value of spec.ci.provider.
const CI = "gitlab-ci"

// Forge describes it.
func Forge() forge.Forge {
	f := forge.Forge{
		Name: "gitlab", Title: "GitLab", CI: CI, CITitle: "GitLab CI",
		Hosts:      []string{"gitlab.com", "altssh.gitlab.com"},
		SelfHosted: true,
		Keys:       "gitlab://",
		Variables:  "CI_",
		Places:     []string{".gitlab", file},
		Owners:     ".gitlab/CODEOWNERS",
		Lists:      []string{"ci/apps.txt"},
		Unread:     []string{"/ci/"},
		Files:      "/-/blob/",
		Words:      forge.Words{Request: "merge request", Number: "the pipeline's number", Version: "`VERSION` in `" + file + "`"},
		Commands:   forge.Commands{Create: create, Propose: propose, Operate: operate},
		Job: forge.Job{
			Is: "GITLAB_CI", Value: "true", Actors: []string{"GITLAB_USER_LOGIN"}, Branch: "CI_COMMIT_REF_NAME", Commit: "CI_COMMIT_SHA",
			Page: func(get func(string) string) string { return get("CI_PIPELINE_URL") },
		},
		Tokened:   forge.Tokened{Issuer: issuer, Publisher: publisher, Caller: caller},
		Setup:     forge.Setup{Platform: platform, App: perApp, CI: ci, Trusted: trusted},
		Pipelines: forge.Pipelines{Outputs: outputs(), Platform: viewPlatform, Env: viewEnv, App: viewApp, Checks: checks, Approval: approval, Signing: signature},
	}
	f.Tokens.Start, f.Tokens.Whole = `gl[a-z]{2,6}-`, `gl[a-z]{2,6}-[\w-]{6,}`
	return f
}

// file is where it looks for what it runs.
const file = ".gitlab-ci.yml"

func create(g forge.Git) string {
	command := "glab repo create " + step.Quote(g.Slug) + " --private --defaultBranch " + step.Quote(g.Branch)
	if web := strings.TrimPrefix(g.Root(), "https://"); web != "gitlab.com" {
		return "GITLAB_HOST=" + step.Quote(web) + " " + command
	}
	return command
}

func propose(branch string) string {
	return "glab mr create --fill --yes --target-branch " + step.Quote(branch)
}

func operate(branch, env, action string, more [][2]string) string {
	command := "glab ci run --branch " + step.Quote(branch)
	for _, in := range append([][2]string{{"action", action}, {"environment", env}}, more...) {
		command += " --input " + step.Quote(in[0]+":"+in[1])
	}
	return command
}

// issuer is the host itself.
func issuer(root string) string { return root }

func publisher(s forge.Site, g forge.Git) forge.Signer {
	return forge.Signer{Issuer: issuer(s.Git.Root()), Subject: g.Web + "//" + file + "@" + g.Ref()}
}

// caller pins a job of GitLab CI: its project, its branch, and that the branch
// is protected. GitLab gives claims as strings.
func caller(_ forge.Site, g forge.Git, e *forge.Env) []forge.Validation {
	list := []forge.Validation{
		{Expression: "claims.project_path == " + forge.CEL(g.Slug), Message: "the project is not " + g.Slug},
		{Expression: "claims.ref_type == 'branch' && claims.ref == " + forge.CEL(g.Branch), Message: "the branch is not " + g.Branch},
		{Expression: "claims.ref_protected == 'true'", Message: "the branch " + g.Branch + " is not protected"},
	}
	if e != nil {
		list = append(list, forge.Validation{Expression: "claims.environment == " + forge.CEL(e.Name), Message: "the job's environment is not " + e.Name})
	}
	return list
}

// trusted: GitLab's subject is always the same.
func trusted(_ forge.Site, id forge.Identity, g forge.Git) forge.Identity {
	id.Subject = "project_path:" + id.Slug + ":ref_type:branch:ref:" + g.Branch
	return id
}

func ci(s forge.Site) forge.CI {
	return forge.CI{
		Provider: CI, Issuer: strings.TrimPrefix(issuer(s.Git.Root()), "https://"), Project: "project_path",
		Caller: func(claims string) string {
			c := claims + "."
			return c + "ref_protected + ':' + (has(" + c + "environment) ? " + c + "environment : '')"
		},
		AnyCaller: func(env string) string { return "true:" + env },
		Subject:   func(claims string) string { return claims + ".sub" },
		Ours: func(claims string) string {
			return claims + ".ref_protected == 'true' && " + claims + ".project_path.startsWith('" + s.Git.Owner() + "/')"
		},
		Numbers:       func(...forge.Identity) []string { return nil },
		SetVariable:   func(id forge.Identity, name, value string) string { return store(s, id, false, name, value) },
		SetSecret:     func(id forge.Identity, name, value string) string { return store(s, id, true, name, value) },
		ListVariables: func(id forge.Identity) string { return list(s, id) },
	}
}
