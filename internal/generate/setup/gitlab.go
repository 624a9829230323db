package setup

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/penstock-dev/penstock/internal/generate/step"
	"github.com/penstock-dev/penstock/internal/model"
)

// project is a GitLab project as the API's path has it.
func project(slug string) string { return "projects/" + strings.ReplaceAll(slug, "/", "%2F") }

// gitlabProtect protects a branch: changes only through a merge request.
func gitlabProtect(m *model.Model, g model.Git) Step {
	branch := model.ShellQuote(project(g.Slug) + "/protected_branches/" + url.PathEscape(g.Branch))
	return Step{
		What: "Protect the branch " + model.MarkdownCode(g.Branch),
		Why:  "Whoever can change it decides what is released. Approval by code owners needs GitLab Premium.",
		Do: step.Lines(api(m, "glab")+" --method DELETE "+branch+" || true",
			api(m, "glab")+" --method POST "+project(g.Slug)+"/protected_branches -f name="+model.ShellQuote(g.Branch)+" -F push_access_level=0 -F merge_access_level=40 -F code_owner_approval_required=true"),
		Proofs: []Proof{
			step.Show(api(m, "glab")+" "+branch+" | jq '.push_access_levels[].access_level, .code_owner_approval_required'", "`0` and `true`"),
		},
		Denials: []Proof{step.Show("git commit --allow-empty --message probe && git push origin HEAD:"+model.ShellQuote(g.Branch), "`You are not allowed to push code to protected branches`; then take the commit back with `git reset --hard @{upstream}`")},
	}
}

func gitlabPlatform(m *model.Model) []Step {
	steps := []Step{gitlabProtect(m, m.Platform.Git)}
	if len(m.Apps()) > 0 {
		steps = append(steps, Step{
			What:   "Let the apps' jobs read this project",
			Why:    "They take contract and templates from here, with the job's own token. It reads; it writes nothing. Once for each app: PROJECT is the path of its project, with `%2F` for `/`.",
			Do:     api(m, "glab") + " --method POST " + project(m.Platform.Git.Slug) + "/job_token_scope/allowlist -F target_project_id=\"$(" + api(m, "glab") + " projects/PROJECT | jq .id)\"",
			Proofs: []Proof{step.Show(api(m, "glab")+" "+project(m.Platform.Git.Slug)+"/job_token_scope/allowlist | jq --raw-output '.[].path_with_namespace'", "the apps' projects")},
		})
	}
	own := identity{Slug: m.Platform.Git.Slug}
	steps = append(steps, gitlabInputsOnly(m, m.Platform.Git), Step{
		What: "Create the token with which this project's own pipelines push branches and open merge requests",
		Why:  "The nightly regeneration and pinned promotions are merge requests. Only protected branches see it. It ends after a year: do this again before.",
		Do: step.Lines("token=\"$("+api(m, "glab")+" --method POST "+project(m.Platform.Git.Slug)+"/access_tokens -f name=penstock -F access_level=40 -f 'scopes[]=api' -f 'scopes[]=write_repository' \\",
			"  -f expires_at=\"$(date -u -d '+364 days' +%F)\" | jq --raw-output .token)\"", setSecret(m, own, "PLATFORM_TOKEN", "$token")),
		Proofs: []Proof{step.Show(listVariables(m, own), "`PLATFORM_TOKEN`, protected and masked")},
	}, Step{
		What:   "Schedule the nightly regeneration and the check of the history",
		Do:     "glab schedule create --repo " + repo(m, m.Platform.Git.Slug) + " --cron '17 2 * * *' --ref " + model.ShellQuote(m.Platform.Git.Branch) + " --description nightly",
		Proofs: []Proof{step.Show("glab schedule list --repo "+repo(m, m.Platform.Git.Slug), "`nightly`")},
	})
	return steps
}

// gitlabInputsOnly keeps variables out of pipelines that are started by hand:
// one of them could replace what a job with credentials runs.
func gitlabInputsOnly(m *model.Model, g model.Git) Step {
	return Step{
		What:    "Take typed inputs from who starts a pipeline, and no variables",
		Why:     "A pipeline variable replaces any other, PATH included, in jobs that hold credentials.",
		Do:      api(m, "glab") + " --method PUT " + project(g.Slug) + " -f ci_pipeline_variables_minimum_override_role=no_one_allowed",
		Denials: []Proof{step.Show("glab ci run --repo "+repo(m, g.Slug)+" --branch "+model.ShellQuote(g.Branch)+" --variables PROBE:1", "`Insufficient permissions to set pipeline variables`")},
	}
}

func gitlabApp(m *model.Model, app *model.App) []Step {
	steps := []Step{gitlabProtect(m, app.Git)}
	if !app.OCI {
		return steps
	}
	steps = append(steps, gitlabInputsOnly(m, app.Git), Step{
		What:   "Make " + model.MarkdownCode(app.Git.Branch) + " the default branch",
		Why:    "Releases are made there and nowhere else.",
		Do:     api(m, "glab") + " --method PUT " + project(app.Git.Slug) + " -f default_branch=" + model.ShellQuote(app.Git.Branch),
		Proofs: []Proof{step.Show(api(m, "glab")+" "+project(app.Git.Slug)+" | jq --raw-output .default_branch", model.MarkdownCode(app.Git.Branch))},
	})
	steps = append(steps, gitlabSigning(m, app)...)
	if slices.ContainsFunc(app.Envs, func(ae *model.AppEnv) bool { return ae.Pinned }) {
		own := identity{Slug: app.Git.Slug}
		steps = append(steps, Step{
			What: "Create the token with which this project starts promotions where Git pins",
			Why:  "It can start pipelines of `" + m.Platform.Git.Slug + "` and nothing else; merging is for others.",
			Do: step.Lines("token=\"$("+api(m, "glab")+" --method POST "+project(m.Platform.Git.Slug)+"/triggers -f description="+app.Team.Name+"/"+app.Name+" | jq --raw-output .token)\"",
				setSecret(m, own, "PLATFORM_TRIGGER_TOKEN", "$token")),
			Proofs:  []Proof{step.Show(listVariables(m, own), "`PLATFORM_TRIGGER_TOKEN`, protected and masked")},
			Denials: []Proof{step.Show("curl --silent --header \"PRIVATE-TOKEN: $token\" "+web(m)+"/api/v4/"+project(m.Platform.Git.Slug)+"/repository/tree", "`401 Unauthorized`")},
		})
	}
	at := project(app.Git.Slug)
	for _, ae := range app.Envs {
		if ae.Pinned {
			continue
		}
		steps = append(steps, gitlabEnvironment(m, app, ae.Env))
	}
	var modes []string
	for _, ae := range app.Envs {
		if !ae.Pinned {
			modes = append(modes, api(m, "glab")+" --method PUT "+at+"/resource_groups/"+ae.Env.Name+" -f process_mode="+ae.Env.ProcessMode())
		}
	}
	if len(modes) > 0 {
		steps = append(steps, Step{
			What:   "After the first pipeline: have promotions run in their order",
			Why:    "GitLab makes a resource group when a job first uses it, in no particular order. Behind an approval the newest goes first: in their order, all would wait for an answer that may never come.",
			Do:     step.Lines(modes...),
			Proofs: []Proof{step.Show(api(m, "glab")+" "+at+"/resource_groups | jq --raw-output '.[] | .key + \" \" + .process_mode'", "no `unordered`")},
		})
	}
	return steps
}

// gitlabEnvironment protects an environment; approvers are groups or users by
// their handles.
func gitlabEnvironment(m *model.Model, app *model.App, env *model.Env) Step {
	at := project(app.Git.Slug)
	body, bind := `{name: "`+env.Name+`", deploy_access_levels: [{access_level: 40}]`, ""
	var rules []string
	for i, a := range env.Approvers {
		name := "g" + strconv.Itoa(i)
		bind += " --argjson " + name + ` "$(` + api(m, "glab") + " groups/" + strings.ReplaceAll(strings.TrimPrefix(a, "@"), "/", "%2F") + ` | jq .id)"`
		rules = append(rules, "{group_id: $"+name+"}")
	}
	if len(rules) > 0 {
		body += ", approval_rules: [" + strings.Join(rules, ", ") + "]"
	}
	why := "Only pipelines of protected branches, and Maintainers, deploy to it. Needs GitLab Premium; without it nothing separates the environments."
	if env.NeedsPerson {
		why += " A promotion waits for an approval. A rollback does not, but only who may deploy can start it."
	}
	return Step{
		What: "Protect the environment `" + env.Name + "`", Why: why,
		Do: step.Lines(api(m, "glab")+" --method POST "+at+"/environments -f name="+env.Name,
			"jq --null-input"+bind+" '"+body+"}' \\",
			"  | "+api(m, "glab")+" --method POST "+at+"/protected_environments --header 'Content-Type: application/json' --input -"),
		Proofs: []Proof{step.Show(api(m, "glab")+" "+at+"/protected_environments/"+env.Name+" | jq '.deploy_access_levels, .approval_rules'", "Maintainers"+approversNote(env))},
	}
}

func approversNote(env *model.Env) string {
	if !env.NeedsPerson {
		return ""
	}
	return ", and the groups `" + strings.Join(env.Approvers, "`, `") + "`"
}

// gitlabSigning stores what the publishing job needs to reach the signing key.
func gitlabSigning(m *model.Model, app *model.App) []Step {
	registry := m.GitLabVariables(m.Envs[0])
	own := identity{Slug: app.Git.Slug}
	var do, names []string
	for _, v := range m.GitLabVariables(nil) {
		if slices.Contains(registry, v) {
			continue
		}
		names = append(names, "`"+v+"`")
		if strings.Contains(v, "TOKEN") || strings.Contains(v, "KEY") || strings.Contains(v, "PASSWORD") {
			do = append(do, setSecret(m, own, v, "$"+v))
		} else {
			do = append(do, setVariable(m, own, v, "$"+v))
		}
	}
	if len(do) == 0 {
		return nil
	}
	return []Step{{
		What:   "Let the publishing job sign",
		Why:    "It signs with " + model.MarkdownCode(m.SupplyChain.KeyRef) + "; the values come from variables of your shell.",
		Do:     step.Lines(do...),
		Proofs: []Proof{step.Show(listVariables(m, own), strings.Join(names, ", ")+", protected")},
	}}
}
