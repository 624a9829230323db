package github

import (
	"net/url"
	"strings"

	"github.com/penstock-dev/penstock/internal/forge"
	"github.com/penstock-dev/penstock/internal/generate/markdown"
	"github.com/penstock-dev/penstock/internal/generate/step"
)

// protect protects a branch: changes only through a reviewed pull request.
func protect(s forge.Site, g forge.Git, approvals int, check string) step.Step {
	rules := map[string]any{
		"required_status_checks": nil, "enforce_admins": true, "restrictions": nil,
		"required_pull_request_reviews": map[string]any{"require_code_owner_reviews": true, "required_approving_review_count": approvals, "dismiss_stale_reviews": true},
	}
	if check != "" {
		rules["required_status_checks"] = map[string]any{"strict": false, "contexts": []string{check}}
	}
	at := step.Quote("repos/" + g.Slug + "/branches/" + url.PathEscape(g.Branch) + "/protection")
	return step.Step{
		What: "Protect the branch " + markdown.Code(g.Branch),
		Why:  "Whoever can change it decides what is released: the workflows, and the identities that registry and clusters trust, count on this branch only.",
		Do:   step.Lines(step.Document("protection.json", rules), api(s)+" --method PUT "+at+" --input protection.json"),
		Proofs: []step.Proof{
			step.Show(api(s)+" "+at+" --jq .required_pull_request_reviews.require_code_owner_reviews", "`true`"),
		},
		Denials: []step.Proof{step.Show("git commit --allow-empty --message probe && git push origin HEAD:"+step.Quote(g.Branch), "`protected branch hook declined`; then take the commit back with `git reset --hard @{upstream}`")},
	}
}

func platform(s forge.Site) []step.Step {
	slug := s.Git.Slug
	owner, _, _ := strings.Cut(slug, "/")
	approvals := 1
	if automaticPins(s) {
		approvals = 0 // an automatic promotion merges its own pull request; code owners still guard the rest
	}
	steps := []step.Step{
		protect(s, s.Git, approvals, "check"),
		{
			What:   "Let the app repositories use the workflows",
			Why:    "Needed where this repository is private. They then read it in CI, contract included.",
			Do:     api(s) + " --method PUT repos/" + slug + "/actions/permissions/access -f access_level=organization",
			Proofs: []step.Proof{step.Show(api(s)+" repos/"+slug+"/actions/permissions/access --jq .access_level", "`organization`")},
		},
		{
			What:   "Let workflows open pull requests, and give them no other rights by default",
			Why:    "The nightly regeneration, new teams and pinned promotions are pull requests, and the workflow `refresh` keeps the branches of the first two mergeable.",
			Do:     api(s) + " --method PUT repos/" + slug + "/actions/permissions/workflow -f default_workflow_permissions=read -F can_approve_pull_request_reviews=true",
			Proofs: []step.Proof{step.Show(api(s)+" repos/"+slug+"/actions/permissions/workflow", "`read`, and `true`")},
		},
	}
	steps = append(steps, step.Step{
		What:   "Create the labels of the form for new teams",
		Why:    "Whoever may set labels decides with `onboard` that a pull request is made of the issue.",
		Do:     step.Lines("gh label create new-team --repo "+repo(s, slug)+" --force", "gh label create onboard --repo "+repo(s, slug)+" --force"),
		Proofs: []step.Proof{step.Show("gh label list --repo "+repo(s, slug)+" --json name --jq '.[].name'", "both")},
	}, step.Step{
		What:   "Where the regeneration is to change workflows too: give it a token",
		Why:    "GitHub lets no workflow's own token change workflows. Without this the nightly run says so, and a person opens that pull request.",
		Page:   "[New fine-grained token](" + s.Git.Root() + "/settings/personal-access-tokens/new) of a machine account: resource owner `" + owner + "`, only `" + slug + "`, permissions **Contents**, **Pull requests** and **Workflows: read and write**",
		Do:     step.Lines(api(s)+" --method PUT repos/"+slug+"/environments/regenerate -F 'deployment_branch_policy[protected_branches]=true' -F 'deployment_branch_policy[custom_branch_policies]=false'", "gh secret set REGENERATE_TOKEN --repo "+repo(s, slug)+" --env regenerate --body \"$REGENERATE_TOKEN\""),
		Proofs: []step.Proof{step.Show("gh secret list --repo "+repo(s, slug)+" --env regenerate", "`REGENERATE_TOKEN`")},
	})
	for _, e := range s.Envs {
		if e.Pinned && s.Bundles {
			steps = append(steps, environment(s, s.Git, e.Name, "Promotions to it run in this repository; it holds what identifies them at the registry."))
		}
	}
	steps = append(steps, subject(s, slug)...)
	if s.HasPins() {
		steps = append(steps, step.Step{
			What: "Create the token with which app CI starts a promotion",
			Why:  "It can start workflows of this repository and nothing else: not read code, not write, not merge.",
			Page: "[New fine-grained token](" + s.Git.Root() + "/settings/personal-access-tokens/new) of a machine account: resource owner `" + owner + "`, only `" + slug + "`, permission **Actions: read and write**. Each app stores it, see its own `docs/setup.md`",
			Proofs: []step.Proof{
				step.Show("GH_TOKEN=\"$START_TOKEN\" gh workflow list --repo "+repo(s, slug), "the workflows"),
			},
			Denials: []step.Proof{step.Show("GH_TOKEN=\"$START_TOKEN\" "+api(s)+" repos/"+slug+"/contents/penstock.yaml", "`404` or `403`")},
		})
	}
	return steps
}

func perApp(s forge.Site, app *forge.App) []step.Step {
	slug := app.Git.Slug
	steps := []step.Step{protect(s, app.Git, 1, "")}
	if !app.OCI {
		return steps
	}
	if PublishNeedsSecrets(s) {
		steps = append(steps, environment(s, app.Git, "publish", "It holds what the publishing job logs in and signs with."))
	}
	for _, ae := range app.Places {
		if !ae.Pinned {
			steps = append(steps, promotion(s, app, ae)...)
			continue
		}
		one := environment(s, app.Git, ae.Name, "Git pins what runs there: this environment only holds the token that starts the platform's workflow.")
		one.Do = step.Lines(one.Do, store(s, forge.Identity{Slug: slug, Env: ae.Name}, "secret", "PLATFORM_START_TOKEN", "$START_TOKEN"))
		steps = append(steps, one)
	}
	steps = append(steps, signing(s, app)...)
	steps = append(steps, afterPin(s, app)...)
	return append(steps, subject(s, slug)...)
}

// subjectStep is the title of subject.
const subjectStep = "Have the pipeline's tokens say which workflow they are for"

// subject makes tokens name the repository's number and the workflow, where
// the registry's cloud looks at the subject alone.
func subject(s forge.Site, slug string) []step.Step {
	if !s.Registry.BySubject {
		return nil
	}
	at := api(s) + " "
	return []step.Step{{
		What:   subjectStep,
		Why:    "The cloud looks at the token's subject only. With this it is made of the repository's number, the environment or the branch, and the platform's workflow, so that no other workflow and no other repository of this name can take the role. It is the same whether the repository has immutable subjects or not.",
		Do:     setSubject(s, slug),
		Proofs: []step.Proof{step.Show(at+"repos/"+slug+"/actions/oidc/customization/sub --jq '.include_claim_keys | join(\" \")'", "`"+strings.Join(subjectClaims(), " ")+"`; a job that is not let in says what its token has")},
	}}
}

// afterPin stores the token with which a promotion reads the pins of the
// environment before, which are in the platform repository.
func afterPin(s forge.Site, app *forge.App) []step.Step {
	var do []string
	for _, ae := range app.Places {
		if ae.AfterPin() {
			do = append(do, store(s, forge.Identity{Slug: app.Git.Slug, Env: ae.Name}, "secret", "PLATFORM_READ_TOKEN", "$READ_TOKEN"))
		}
	}
	if len(do) == 0 {
		return nil
	}
	return []step.Step{{
		What:   "Where the platform repository is private: let the promotion read its pins",
		Why:    "What the environment before runs stands there.",
		Page:   "[New fine-grained token](" + s.Git.Root() + "/settings/personal-access-tokens/new) of a machine account: only `" + s.Git.Slug + "`, permission **Contents: read**",
		Do:     step.Lines(do...),
		Proofs: []step.Proof{step.Show(api(s)+" repos/"+app.Git.Slug+"/environments --jq '.environments[].name'", "the environments from above; `gh secret list --env` names the token")},
	}}
}

// promotion makes the environment that a promotion runs in, and the one
// that asks for approval.
func promotion(s forge.Site, app *forge.App, env *forge.Env) []step.Step {
	steps := []step.Step{environment(s, app.Git, env.Name, "It holds what identifies the promotion at the registry.")}
	if !env.NeedsPerson {
		return steps
	}
	fields := []string{" -F prevent_self_review=true"}
	for _, a := range env.Approvers {
		fields = append(fields, reviewer(s, a))
	}
	name := env.Name + "-approval"
	one := environment(s, app.Git, name, "A promotion waits here for its reviewers; a rollback does not. One approval is enough. Private repositories have reviewers only with GitHub Enterprise: without them nothing waits.", fields...)
	one.Proofs = append(one.Proofs, step.Show(
		api(s)+" repos/"+app.Git.Slug+"/environments/"+name+" --jq '.protection_rules[].reviewers[]?.reviewer | .slug // .login'",
		"`"+strings.Join(env.Approvers, "`, `")+"`, without their owner",
	))
	return append(steps, one)
}

// environment makes a deployment environment that only one branch gets.
func environment(s forge.Site, g forge.Git, name, why string, fields ...string) step.Step {
	at := "repos/" + g.Slug + "/environments/" + name
	return step.Step{
		What: "Create the environment `" + name + "`", Why: why + " Only pipelines of " + markdown.Code(g.Branch) + " get it.",
		Do: step.Lines(api(s)+" --method PUT "+at+" -F 'deployment_branch_policy[protected_branches]=false' -F 'deployment_branch_policy[custom_branch_policies]=true'"+strings.Join(fields, ""),
			api(s)+" --method POST "+at+"/deployment-branch-policies -f name="+step.Quote(g.Branch)),
		Proofs: []step.Proof{step.Show(api(s)+" "+at+"/deployment-branch-policies --jq '.branch_policies[].name'", markdown.Code(g.Branch)+" and nothing else")},
	}
}

// reviewer is one handle of CODEOWNERS as a field of the API: a team or a user.
func reviewer(s forge.Site, handle string) string {
	kind, lookup := "User", "users/"+strings.TrimPrefix(handle, "@")
	if owner, team, is := strings.Cut(strings.TrimPrefix(handle, "@"), "/"); is {
		kind, lookup = "Team", "orgs/"+owner+"/teams/"+team
	}
	return " \\\n  -F 'reviewers[][type]=" + kind + "' -F \"reviewers[][id]=$(" + api(s) + " " + lookup + " --jq .id)\""
}

// signing stores the signing key's secrets where the contract's key is in
// the job's environment.
func signing(s forge.Site, app *forge.App) []step.Step {
	key := s.KeySecret()
	if key == "" {
		return nil
	}
	set := func(name string) string {
		return "gh secret set " + name + " --repo " + repo(s, app.Git.Slug) + " --env publish --body \"$" + name + "\""
	}
	return []step.Step{{
		What:   "Store the signing key",
		Why:    "Bundles are signed with it; the values come from variables of your shell.",
		Do:     step.Lines(set(key), set("COSIGN_PASSWORD")),
		Proofs: []step.Proof{step.Show("gh secret list --repo "+repo(s, app.Git.Slug)+" --env publish", "`"+key+"` and `COSIGN_PASSWORD`")},
	}}
}
