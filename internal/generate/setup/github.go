package setup

import (
	"net/url"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/generate/step"
	"github.com/penstock-dev/penstock/internal/model"
)

// githubProtect protects a branch: changes only through a reviewed pull request.
func githubProtect(m *model.Model, g model.Git, approvals int, check string) Step {
	rules := map[string]any{
		"required_status_checks": nil, "enforce_admins": true, "restrictions": nil,
		"required_pull_request_reviews": map[string]any{"require_code_owner_reviews": true, "required_approving_review_count": approvals, "dismiss_stale_reviews": true},
	}
	if check != "" {
		rules["required_status_checks"] = map[string]any{"strict": false, "contexts": []string{check}}
	}
	at := model.ShellQuote("repos/" + g.Slug + "/branches/" + url.PathEscape(g.Branch) + "/protection")
	return Step{
		What: "Protect the branch " + model.MarkdownCode(g.Branch),
		Why:  "Whoever can change it decides what is released: the workflows, and the identities that registry and clusters trust, count on this branch only.",
		Do:   step.Lines(step.Document("protection.json", rules), api(m, "gh")+" --method PUT "+at+" --input protection.json"),
		Proofs: []Proof{
			step.Show(api(m, "gh")+" "+at+" --jq .required_pull_request_reviews.require_code_owner_reviews", "`true`"),
		},
		Denials: []Proof{step.Show("git commit --allow-empty --message probe && git push origin HEAD:"+model.ShellQuote(g.Branch), "`protected branch hook declined`; then take the commit back with `git reset --hard @{upstream}`")},
	}
}

func githubPlatform(m *model.Model) []Step {
	slug := m.Platform.Git.Slug
	owner, _, _ := strings.Cut(slug, "/")
	approvals := 1
	if automaticPins(m) {
		approvals = 0 // an automatic promotion merges its own pull request; code owners still guard the rest
	}
	steps := []Step{
		githubProtect(m, m.Platform.Git, approvals, "check"),
		{
			What:   "Let the app repositories use the workflows",
			Why:    "Needed where this repository is private. They then read it in CI, contract included.",
			Do:     api(m, "gh") + " --method PUT repos/" + slug + "/actions/permissions/access -f access_level=organization",
			Proofs: []Proof{step.Show(api(m, "gh")+" repos/"+slug+"/actions/permissions/access --jq .access_level", "`organization`")},
		},
		{
			What:   "Let workflows open pull requests, and give them no other rights by default",
			Why:    "The nightly regeneration, new teams and pinned promotions are pull requests, and the workflow `refresh` keeps the branches of the first two mergeable.",
			Do:     api(m, "gh") + " --method PUT repos/" + slug + "/actions/permissions/workflow -f default_workflow_permissions=read -F can_approve_pull_request_reviews=true",
			Proofs: []Proof{step.Show(api(m, "gh")+" repos/"+slug+"/actions/permissions/workflow", "`read`, and `true`")},
		},
	}
	steps = append(steps, Step{
		What:   "Create the labels of the form for new teams",
		Why:    "Whoever may set labels decides with `onboard` that a pull request is made of the issue.",
		Do:     step.Lines("gh label create new-team --repo "+repo(m, slug)+" --force", "gh label create onboard --repo "+repo(m, slug)+" --force"),
		Proofs: []Proof{step.Show("gh label list --repo "+repo(m, slug)+" --json name --jq '.[].name'", "both")},
	}, Step{
		What:   "Where the regeneration is to change workflows too: give it a token",
		Why:    "GitHub lets no workflow's own token change workflows. Without this the nightly run says so, and a person opens that pull request.",
		Page:   "[New fine-grained token](" + web(m) + "/settings/personal-access-tokens/new) of a machine account: resource owner `" + owner + "`, only `" + slug + "`, permissions **Contents**, **Pull requests** and **Workflows: read and write**",
		Do:     step.Lines(api(m, "gh")+" --method PUT repos/"+slug+"/environments/regenerate -F 'deployment_branch_policy[protected_branches]=true' -F 'deployment_branch_policy[custom_branch_policies]=false'", "gh secret set REGENERATE_TOKEN --repo "+repo(m, slug)+" --env regenerate --body \"$REGENERATE_TOKEN\""),
		Proofs: []Proof{step.Show("gh secret list --repo "+repo(m, slug)+" --env regenerate", "`REGENERATE_TOKEN`")},
	})
	for _, e := range m.Envs {
		if e.Pinned && m.HasOCI() {
			steps = append(steps, environment(m, m.Platform.Git, e.Name, "Promotions to it run in this repository; it holds what identifies them at the registry."))
		}
	}
	steps = append(steps, githubSubject(m, slug)...)
	if m.HasPins() {
		steps = append(steps, Step{
			What: "Create the token with which app CI starts a promotion",
			Why:  "It can start workflows of this repository and nothing else: not read code, not write, not merge.",
			Page: "[New fine-grained token](" + web(m) + "/settings/personal-access-tokens/new) of a machine account: resource owner `" + owner + "`, only `" + slug + "`, permission **Actions: read and write**. Each app stores it, see its own `docs/setup.md`",
			Proofs: []Proof{
				step.Show("GH_TOKEN=\"$START_TOKEN\" gh workflow list --repo "+repo(m, slug), "the workflows"),
			},
			Denials: []Proof{step.Show("GH_TOKEN=\"$START_TOKEN\" "+api(m, "gh")+" repos/"+slug+"/contents/penstock.yaml", "`404` or `403`")},
		})
	}
	return steps
}

// automaticPins reports whether a promotion merges its own change.
func automaticPins(m *model.Model) bool {
	return m.HasPins() && slices.ContainsFunc(m.Envs, func(e *model.Env) bool { return e.Pinned && !e.NeedsPerson })
}

func githubApp(m *model.Model, app *model.App) []Step {
	slug := app.Git.Slug
	steps := []Step{githubProtect(m, app.Git, 1, "")}
	if !app.OCI {
		return steps
	}
	if m.PublishNeedsSecrets() {
		steps = append(steps, environment(m, app.Git, "publish", "It holds what the publishing job logs in and signs with."))
	}
	for _, ae := range app.Envs {
		if !ae.Pinned {
			steps = append(steps, githubEnvironment(m, app, ae.Env)...)
			continue
		}
		one := environment(m, app.Git, ae.Env.Name, "Git pins what runs there: this environment only holds the token that starts the platform's workflow.")
		one.Do = step.Lines(one.Do, store(m, identity{Slug: slug, Env: ae.Env.Name}, "secret", "PLATFORM_START_TOKEN", "$START_TOKEN"))
		steps = append(steps, one)
	}
	steps = append(steps, githubSigning(m, app)...)
	steps = append(steps, githubAfterPin(m, app)...)
	return append(steps, githubSubject(m, slug)...)
}

// subjectStep is the title of githubSubject.
const subjectStep = "Have the pipeline's tokens say which workflow they are for"

// githubSubject makes tokens name the repository's number and the workflow, where
// the registry's cloud looks at the subject alone.
func githubSubject(m *model.Model, slug string) []Step {
	if !m.Registry.BySubject {
		return nil
	}
	at := api(m, "gh") + " "
	return []Step{{
		What:   subjectStep,
		Why:    "The cloud looks at the token's subject only. With this it is made of the repository's number, the environment or the branch, and the platform's workflow, so that no other workflow and no other repository of this name can take the role. It is the same whether the repository has immutable subjects or not.",
		Do:     m.SetSubject(slug),
		Proofs: []Proof{step.Show(at+"repos/"+slug+"/actions/oidc/customization/sub --jq '.include_claim_keys | join(\" \")'", "`"+strings.Join(model.SubjectClaims(), " ")+"`; a job that is not let in says what its token has")},
	}}
}

// githubAfterPin stores the token with which a promotion reads the pins of the
// environment before, which are in the platform repository.
func githubAfterPin(m *model.Model, app *model.App) []Step {
	var do []string
	for _, ae := range app.Envs {
		if ae.Env.AfterPin() {
			do = append(do, store(m, identity{Slug: app.Git.Slug, Env: ae.Env.Name}, "secret", "PLATFORM_READ_TOKEN", "$READ_TOKEN"))
		}
	}
	if len(do) == 0 {
		return nil
	}
	return []Step{{
		What:   "Where the platform repository is private: let the promotion read its pins",
		Why:    "What the environment before runs stands there.",
		Page:   "[New fine-grained token](" + web(m) + "/settings/personal-access-tokens/new) of a machine account: only `" + m.Platform.Git.Slug + "`, permission **Contents: read**",
		Do:     step.Lines(do...),
		Proofs: []Proof{step.Show(api(m, "gh")+" repos/"+app.Git.Slug+"/environments --jq '.environments[].name'", "the environments from above; `gh secret list --env` names the token")},
	}}
}

// githubEnvironment makes the environment that a promotion runs in, and the one
// that asks for approval.
func githubEnvironment(m *model.Model, app *model.App, env *model.Env) []Step {
	steps := []Step{environment(m, app.Git, env.Name, "It holds what identifies the promotion at the registry.")}
	if !env.NeedsPerson {
		return steps
	}
	fields := []string{" -F prevent_self_review=true"}
	for _, a := range env.Approvers {
		fields = append(fields, reviewer(m, a))
	}
	name := env.Name + "-approval"
	one := environment(m, app.Git, name, "A promotion waits here for its reviewers; a rollback does not. One approval is enough. Private repositories have reviewers only with GitHub Enterprise: without them nothing waits.", fields...)
	one.Proofs = append(one.Proofs, step.Show(
		api(m, "gh")+" repos/"+app.Git.Slug+"/environments/"+name+" --jq '.protection_rules[].reviewers[]?.reviewer | .slug // .login'",
		"`"+strings.Join(env.Approvers, "`, `")+"`, without their owner",
	))
	return append(steps, one)
}

// environment makes a deployment environment that only one branch gets.
func environment(m *model.Model, g model.Git, name, why string, fields ...string) Step {
	at := "repos/" + g.Slug + "/environments/" + name
	return Step{
		What: "Create the environment `" + name + "`", Why: why + " Only pipelines of " + model.MarkdownCode(g.Branch) + " get it.",
		Do: step.Lines(api(m, "gh")+" --method PUT "+at+" -F 'deployment_branch_policy[protected_branches]=false' -F 'deployment_branch_policy[custom_branch_policies]=true'"+strings.Join(fields, ""),
			api(m, "gh")+" --method POST "+at+"/deployment-branch-policies -f name="+model.ShellQuote(g.Branch)),
		Proofs: []Proof{step.Show(api(m, "gh")+" "+at+"/deployment-branch-policies --jq '.branch_policies[].name'", model.MarkdownCode(g.Branch)+" and nothing else")},
	}
}

// reviewer is one handle of CODEOWNERS as a field of the API: a team or a user.
func reviewer(m *model.Model, handle string) string {
	kind, lookup := "User", "users/"+strings.TrimPrefix(handle, "@")
	if owner, team, is := strings.Cut(strings.TrimPrefix(handle, "@"), "/"); is {
		kind, lookup = "Team", "orgs/"+owner+"/teams/"+team
	}
	return " \\\n  -F 'reviewers[][type]=" + kind + "' -F \"reviewers[][id]=$(" + api(m, "gh") + " " + lookup + " --jq .id)\""
}

// githubSigning stores the signing key's secrets where the contract's key is in
// the job's environment.
func githubSigning(m *model.Model, app *model.App) []Step {
	key := m.KeySecret()
	if key == "" {
		return nil
	}
	set := func(name string) string {
		return "gh secret set " + name + " --repo " + repo(m, app.Git.Slug) + " --env publish --body \"$" + name + "\""
	}
	return []Step{{
		What:   "Store the signing key",
		Why:    "Bundles are signed with it; the values come from variables of your shell.",
		Do:     step.Lines(set(key), set("COSIGN_PASSWORD")),
		Proofs: []Proof{step.Show("gh secret list --repo "+repo(m, app.Git.Slug)+" --env publish", "`"+key+"` and `COSIGN_PASSWORD`")},
	}}
}
