package gitlab

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/penstock-dev/penstock/internal/forge"
	"github.com/penstock-dev/penstock/internal/generate/markdown"
	"github.com/penstock-dev/penstock/internal/generate/step"
)

// project is a GitLab project as the API's path has it.
func project(slug string) string { return "projects/" + strings.ReplaceAll(slug, "/", "%2F") }

// protect protects a branch: changes only through a merge request.
func protect(s forge.Site, g forge.Git) step.Step {
	branch := step.Quote(project(g.Slug) + "/protected_branches/" + url.PathEscape(g.Branch))
	return step.Step{
		What: "Protect the branch " + markdown.Code(g.Branch),
		Why:  "Whoever can change it decides what is released. Approval by code owners needs GitLab Premium.",
		Do: step.Lines(api(s)+" --method DELETE "+branch+" || true",
			api(s)+" --method POST "+project(g.Slug)+"/protected_branches -f name="+step.Quote(g.Branch)+" -F push_access_level=0 -F merge_access_level=40 -F code_owner_approval_required=true"),
		Proofs: []step.Proof{
			step.Show(api(s)+" "+branch+" | jq '.push_access_levels[].access_level, .code_owner_approval_required'", "`0` and `true`"),
		},
		Denials: []step.Proof{step.Show("git commit --allow-empty --message probe && git push origin HEAD:"+step.Quote(g.Branch), "`You are not allowed to push code to protected branches`; then take the commit back with `git reset --hard @{upstream}`")},
	}
}

func platform(s forge.Site) []step.Step {
	steps := []step.Step{protect(s, s.Git)}
	if len(s.Apps) > 0 {
		steps = append(steps, step.Step{
			What:   "Let the apps' jobs read this project",
			Why:    "They take contract and templates from here, with the job's own token. It reads; it writes nothing. Once for each app: PROJECT is the path of its project, with `%2F` for `/`.",
			Do:     api(s) + " --method POST " + project(s.Git.Slug) + "/job_token_scope/allowlist -F target_project_id=\"$(" + api(s) + " projects/PROJECT | jq .id)\"",
			Proofs: []step.Proof{step.Show(api(s)+" "+project(s.Git.Slug)+"/job_token_scope/allowlist | jq --raw-output '.[].path_with_namespace'", "the apps' projects")},
		})
	}
	own := forge.Identity{Slug: s.Git.Slug}
	steps = append(steps, inputsOnly(s, s.Git), step.Step{
		What: "Create the token with which this project's own pipelines push branches and open merge requests",
		Why:  "The nightly regeneration and pinned promotions are merge requests. Only protected branches see it. It ends after a year: do this again before.",
		Do: step.Lines("token=\"$("+api(s)+" --method POST "+project(s.Git.Slug)+"/access_tokens -f name=penstock -F access_level=40 -f 'scopes[]=api' -f 'scopes[]=write_repository' \\",
			"  -f expires_at=\"$(date -u -d '+364 days' +%F)\" | jq --raw-output .token)\"", store(s, own, true, "PLATFORM_TOKEN", "$token")),
		Proofs: []step.Proof{step.Show(list(s, own), "`PLATFORM_TOKEN`, protected and masked")},
	}, step.Step{
		What:   "Schedule the nightly regeneration and the check of the history",
		Do:     "glab schedule create --repo " + repo(s, s.Git.Slug) + " --cron '17 2 * * *' --ref " + step.Quote(s.Git.Branch) + " --description nightly",
		Proofs: []step.Proof{step.Show("glab schedule list --repo "+repo(s, s.Git.Slug), "`nightly`")},
	})
	return steps
}

// inputsOnly keeps variables out of pipelines that are started by hand:
// one of them could replace what a job with credentials runs.
func inputsOnly(s forge.Site, g forge.Git) step.Step {
	return step.Step{
		What:    "Take typed inputs from who starts a pipeline, and no variables",
		Why:     "A pipeline variable replaces any other, PATH included, in jobs that hold credentials.",
		Do:      api(s) + " --method PUT " + project(g.Slug) + " -f ci_pipeline_variables_minimum_override_role=no_one_allowed",
		Denials: []step.Proof{step.Show("glab ci run --repo "+repo(s, g.Slug)+" --branch "+step.Quote(g.Branch)+" --variables PROBE:1", "`Insufficient permissions to set pipeline variables`")},
	}
}

func perApp(s forge.Site, app *forge.App) []step.Step {
	steps := []step.Step{protect(s, app.Git)}
	if !app.OCI {
		return steps
	}
	steps = append(steps, inputsOnly(s, app.Git), step.Step{
		What:   "Make " + markdown.Code(app.Git.Branch) + " the default branch",
		Why:    "Releases are made there and nowhere else.",
		Do:     api(s) + " --method PUT " + project(app.Git.Slug) + " -f default_branch=" + step.Quote(app.Git.Branch),
		Proofs: []step.Proof{step.Show(api(s)+" "+project(app.Git.Slug)+" | jq --raw-output .default_branch", markdown.Code(app.Git.Branch))},
	})
	steps = append(steps, signing(s, app)...)
	if slices.ContainsFunc(app.Places, func(ae *forge.Env) bool { return ae.Pinned }) {
		own := forge.Identity{Slug: app.Git.Slug}
		steps = append(steps, step.Step{
			What: "Create the token with which this project starts promotions where Git pins",
			Why:  "It can start pipelines of `" + s.Git.Slug + "` and nothing else; merging is for others.",
			Do: step.Lines("token=\"$("+api(s)+" --method POST "+project(s.Git.Slug)+"/triggers -f description="+app.TeamName+"/"+app.Name+" | jq --raw-output .token)\"",
				store(s, own, true, "PLATFORM_TRIGGER_TOKEN", "$token")),
			Proofs:  []step.Proof{step.Show(list(s, own), "`PLATFORM_TRIGGER_TOKEN`, protected and masked")},
			Denials: []step.Proof{step.Show("curl --silent --header \"PRIVATE-TOKEN: $token\" "+s.Git.Root()+"/api/v4/"+project(s.Git.Slug)+"/repository/tree", "`401 Unauthorized`")},
		})
	}
	at := project(app.Git.Slug)
	for _, ae := range app.Places {
		if ae.Pinned {
			continue
		}
		steps = append(steps, environment(s, app, ae))
	}
	var modes []string
	for _, ae := range app.Places {
		if !ae.Pinned {
			modes = append(modes, api(s)+" --method PUT "+at+"/resource_groups/"+ae.Name+" -f process_mode="+processMode(ae))
		}
	}
	if len(modes) > 0 {
		steps = append(steps, step.Step{
			What:   "After the first pipeline: have promotions run in their order",
			Why:    "GitLab makes a resource group when a job first uses it, in no particular order. Behind an approval the newest goes first: in their order, all would wait for an answer that may never come.",
			Do:     step.Lines(modes...),
			Proofs: []step.Proof{step.Show(api(s)+" "+at+"/resource_groups | jq --raw-output '.[] | .key + \" \" + .process_mode'", "no `unordered`")},
		})
	}
	return steps
}

// environment protects an environment; approvers are groups or users by
// their handles.
func environment(s forge.Site, app *forge.App, env *forge.Env) step.Step {
	at := project(app.Git.Slug)
	body, bind := `{name: "`+env.Name+`", deploy_access_levels: [{access_level: 40}]`, ""
	var rules []string
	for i, a := range env.Approvers {
		name := "g" + strconv.Itoa(i)
		bind += " --argjson " + name + ` "$(` + api(s) + " groups/" + strings.ReplaceAll(strings.TrimPrefix(a, "@"), "/", "%2F") + ` | jq .id)"`
		rules = append(rules, "{group_id: $"+name+"}")
	}
	if len(rules) > 0 {
		body += ", approval_rules: [" + strings.Join(rules, ", ") + "]"
	}
	why := "Only pipelines of protected branches, and Maintainers, deploy to it. Needs GitLab Premium; without it nothing separates the environments."
	if env.NeedsPerson {
		why += " A promotion waits for an approval. A rollback does not, but only who may deploy can start it."
	}
	return step.Step{
		What: "Protect the environment `" + env.Name + "`", Why: why,
		Do: step.Lines(api(s)+" --method POST "+at+"/environments -f name="+env.Name,
			"jq --null-input"+bind+" '"+body+"}' \\",
			"  | "+api(s)+" --method POST "+at+"/protected_environments --header 'Content-Type: application/json' --input -"),
		Proofs: []step.Proof{step.Show(api(s)+" "+at+"/protected_environments/"+env.Name+" | jq '.deploy_access_levels, .approval_rules'", "Maintainers"+approversNote(env))},
	}
}

func approversNote(env *forge.Env) string {
	if !env.NeedsPerson {
		return ""
	}
	return ", and the groups `" + strings.Join(env.Approvers, "`, `") + "`"
}

// signing stores what the publishing job needs to reach the signing key.
func signing(s forge.Site, app *forge.App) []step.Step {
	registry := Variables(s, true)
	own := forge.Identity{Slug: app.Git.Slug}
	var do, names []string
	for _, v := range Variables(s, false) {
		if slices.Contains(registry, v) {
			continue
		}
		names = append(names, "`"+v+"`")
		if strings.Contains(v, "TOKEN") || strings.Contains(v, "KEY") || strings.Contains(v, "PASSWORD") {
			do = append(do, store(s, own, true, v, "$"+v))
		} else {
			do = append(do, store(s, own, false, v, "$"+v))
		}
	}
	if len(do) == 0 {
		return nil
	}
	return []step.Step{{
		What:   "Let the publishing job sign",
		Why:    "It signs with " + markdown.Code(s.KeyRef) + "; the values come from variables of your shell.",
		Do:     step.Lines(do...),
		Proofs: []step.Proof{step.Show(list(s, own), strings.Join(names, ", ")+", protected")},
	}}
}
