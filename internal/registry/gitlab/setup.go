package gitlab

import (
	"regexp"
	"strings"

	"github.com/penstock-dev/penstock/internal/forge"
	"github.com/penstock-dev/penstock/internal/generate/step"
	"github.com/penstock-dev/penstock/internal/registry"
)

// platform protects the environments' tags: GitLab's registry
// tells roles apart, not jobs. Limits and roles: GitLab's page on protected
// container tags.
func platform(s registry.Site) []step.Step {
	project := strings.ReplaceAll(s.Project, "/", "%2F")
	var names []string
	for _, e := range s.Envs {
		names = append(names, regexp.QuoteMeta(e.Name))
	}
	rule := "^(record-)?(" + strings.Join(names, "|") + ")(-[0-9]{4}-.*)?$"
	steps := []step.Step{{
		What: "Protect the environments' tags, their claims and their records",
		Why:  "GitLab knows the role of who pushes, not the job: any Maintainer's pipeline can move an environment's tag, a Developer's cannot.",
		Do: "glab api --method POST projects/" + project + "/registry/protection/tag/rules \\\n  -f tag_name_pattern=" + step.Quote(rule) +
			" -f minimum_access_level_for_push=maintainer -f minimum_access_level_for_delete=owner",
		Proofs: []step.Proof{step.Show("glab api projects/"+project+"/registry/protection/tag/rules", "the rule")},
		Denials: []step.Proof{step.Show(
			"crane tag "+s.ReleasesPrefix("TEAM")+"APP:RELEASE "+s.Envs[len(s.Envs)-1].Name,
			"`DENIED`, when `crane` is logged in with the token of a Developer, as jobs of unprotected branches are",
		)},
	}}
	steps = append(steps, token(s, forge.Identity{Slug: s.Repository}, "platform"))
	return append(steps, step.Step{
		What:    "Give Flux a deploy token that only reads",
		Why:     "Its name and token go into the Secret `" + s.PullSecret + "` of each team's namespace, see README.md. A job's own token ends with the job.",
		Do:      "glab api --method POST projects/" + project + "/deploy_tokens -f name=flux -f username=flux -f 'scopes[]=read_registry'",
		Denials: []step.Proof{step.Show("crane auth login "+s.Host+" --username flux --password \"$REGISTRY_TOKEN\" && crane tag "+s.ReleasesPrefix("TEAM")+"APP:RELEASE probe", "`DENIED`")},
	})
}

func perApp(s registry.Site, app registry.App) []step.Step {
	return []step.Step{token(s, app.Identities[0], step.Short(50, app.Team, app.Name))}
}

// token makes the token of a project's CI.
func token(s registry.Site, id forge.Identity, name string) step.Step {
	project := strings.ReplaceAll(s.Project, "/", "%2F")
	return step.Step{
		What: "Create the token that CI pushes with",
		Why:  "The registry belongs to `" + s.Project + "`, so this project's own job token does not reach it. Only protected branches see the variable.",
		Do: step.Lines("token=\"$(glab api --method POST projects/"+project+"/access_tokens -f name="+name+" -f access_level=40 -f 'scopes[]=read_registry' -f 'scopes[]=write_registry' \\",
			"  -f expires_at=\"$(date -u -d '+364 days' +%F)\" | jq --raw-output .token)\"",
			s.CI.SetVariable(id, "REGISTRY_USERNAME", "ci"), s.CI.SetSecret(id, "REGISTRY_PASSWORD", "$token")),
		Proofs: []step.Proof{step.Show(s.CI.ListVariables(id), "`REGISTRY_USERNAME`, and `REGISTRY_PASSWORD` as protected and masked")},
	}
}
