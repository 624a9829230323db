package setup

import (
	"regexp"
	"strings"

	"github.com/penstock-dev/penstock/internal/model"
)

// gitlabRegistryPlatform protects the environments' tags: GitLab's registry
// tells roles apart, not jobs. Limits and roles: GitLab's page on protected
// container tags.
func gitlabRegistryPlatform(m *model.Model) []Step {
	project := strings.ReplaceAll(m.Registry.Project, "/", "%2F")
	var names []string
	for _, e := range m.Envs {
		names = append(names, regexp.QuoteMeta(e.Name))
	}
	rule := "^(record-)?(" + strings.Join(names, "|") + ")(-[0-9]{4}-.*)?$"
	steps := []Step{{
		What: "Protect the environments' tags, their claims and their records",
		Why:  "GitLab knows the role of who pushes, not the job: any Maintainer's pipeline can move an environment's tag, a Developer's cannot.",
		Do: "glab api --method POST projects/" + project + "/registry/protection/tag/rules \\\n  -f tag_name_pattern=" + model.ShellQuote(rule) +
			" -f minimum_access_level_for_push=maintainer -f minimum_access_level_for_delete=owner",
		Proofs: []Proof{{"glab api projects/" + project + "/registry/protection/tag/rules", "the rule"}},
		Denials: []Proof{{
			"crane tag " + m.Registry.ReleasesPrefix("TEAM") + "APP:RELEASE " + m.Envs[len(m.Envs)-1].Name,
			"`DENIED`, when `crane` is logged in with the token of a Developer, as jobs of unprotected branches are",
		}},
	}}
	steps = append(steps, gitlabToken(m, identity{Slug: m.Platform.Git.Slug}, "platform"))
	return append(steps, Step{
		What:    "Give Flux a deploy token that only reads",
		Why:     "Its name and token go into the Secret `" + model.PullSecret + "` of each team's namespace, see README.md. A job's own token ends with the job.",
		Do:      "glab api --method POST projects/" + project + "/deploy_tokens -f name=flux -f username=flux -f 'scopes[]=read_registry'",
		Denials: []Proof{{"crane auth login " + m.Registry.Host + " --username flux --password \"$REGISTRY_TOKEN\" && crane tag " + m.Registry.ReleasesPrefix("TEAM") + "APP:RELEASE probe", "`DENIED`"}},
	})
}

func gitlabRegistryApp(m *model.Model, app *model.App) []Step {
	return []Step{gitlabToken(m, identities(m, app)[0], short(50, app.Team.Name, app.Name))}
}

// gitlabToken makes the token of a project's CI.
func gitlabToken(m *model.Model, id identity, name string) Step {
	project := strings.ReplaceAll(m.Registry.Project, "/", "%2F")
	return Step{
		What: "Create the token that CI pushes with",
		Why:  "The registry belongs to `" + m.Registry.Project + "`, so this project's own job token does not reach it. Only protected branches see the variable.",
		Do: lines("token=\"$(glab api --method POST projects/"+project+"/access_tokens -f name="+name+" -f access_level=40 -f 'scopes[]=read_registry' -f 'scopes[]=write_registry' \\",
			"  -f expires_at=\"$(date -u -d '+364 days' +%F)\" | jq --raw-output .token)\"",
			setVariable(m, id, "REGISTRY_USERNAME", "ci"), setSecret(m, id, "REGISTRY_PASSWORD", "$token")),
		Proofs: []Proof{{listVariables(m, id), "`REGISTRY_USERNAME`, and `REGISTRY_PASSWORD` as protected and masked"}},
	}
}
