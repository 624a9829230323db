package setup

import (
	"maps"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/model"
)

func harborAPI(m *model.Model) string { return scheme(m) + m.Registry.Host + "/api/v2.0" }

// harborPlatform makes the projects: Harbor's robots have rights on a project,
// so an environment of its own is a project of its own.
func harborPlatform(m *model.Model) []Step {
	var create []string
	projects := harborProjects(m)
	for _, p := range projects {
		create = append(create, harborPost(m, "projects", map[string]any{"project_name": p, "metadata": map[string]any{"public": "false"}}))
	}
	steps := []Step{{
		What:    "Create the projects",
		Why:     "`HARBOR_ADMIN` is `name:password` of an administrator. Harbor has no rights below a project, so an environment has one of its own.",
		Do:      lines(create...),
		Proofs:  []Proof{{"curl --silent --user \"$HARBOR_ADMIN\" '" + harborAPI(m) + "/projects?page_size=100' | jq --raw-output '.[].name'", "`" + strings.Join(projects, "`, `") + "`"}},
		Denials: []Proof{{"curl --silent --output /dev/null --write-out '%{http_code}\\n' " + harborAPI(m) + "/projects/" + projects[0] + "/repositories", "`401`, without a login"}},
	}}
	var flux []any
	for _, p := range projects {
		flux = append(flux, harborRights(p, "pull"))
	}
	for _, id := range platformIdentities(m) {
		steps = append(steps, harborRobot(m, id))
	}
	return append(steps, Step{
		What: "Give Flux a robot that only pulls",
		Why:  "Its name and secret go into the Secret `" + model.PullSecret + "` of each team's namespace, see README.md.",
		Do:   harborPost(m, "robots", map[string]any{"name": "flux", "level": "system", "duration": 365, "permissions": flux}),
		Denials: []Proof{{
			"crane auth login " + m.Registry.Host + " --username \"$REGISTRY_USER\" --password \"$REGISTRY_TOKEN\" && crane tag " + m.Registry.ReleasesPrefix("TEAM") + "APP:RELEASE probe",
			"`UNAUTHORIZED` or `FORBIDDEN`",
		}},
	})
}

func harborProjects(m *model.Model) []string {
	project := func(prefix string) string { return strings.Split(prefix, "/")[1] }
	list := []string{project(m.Registry.ReleasesPrefix("team"))}
	for _, e := range m.Envs {
		if p := project(m.Registry.TeamPrefix(e.Name, "team")); p != list[0] {
			list = append(list, p)
		}
	}
	return list
}

func harborApp(m *model.Model, app *model.App) []Step {
	var steps []Step
	for _, id := range identities(m, app) {
		step := harborRobot(m, id)
		if id.Env == nil {
			for _, ae := range app.Envs {
				if harborProject(m, ae.Repository) != harborProject(m, app.Releases) {
					step.Denials = append(step.Denials, Proof{
						"crane auth login " + m.Registry.Host + " --username \"$robot\" --password \"$secret\" && crane tag " + ae.Repository + ":RELEASE " + ae.Env.Name,
						"`UNAUTHORIZED` or `FORBIDDEN`",
					})
				}
			}
		}
		steps = append(steps, step)
	}
	return steps
}

func harborProject(m *model.Model, repository string) string {
	return strings.Split(path(m, repository), "/")[0]
}

// harborRobot makes the robot of one identity.
func harborRobot(m *model.Model, id identity) Step {
	actions := map[string][]string{}
	for _, r := range id.Reads {
		actions[harborProject(m, r)] = []string{"pull"}
	}
	for _, r := range id.Writes {
		actions[harborProject(m, r)] = []string{"pull", "push"}
	}
	var rights []any
	for _, p := range slices.Sorted(maps.Keys(actions)) {
		rights = append(rights, harborRights(p, actions[p]...))
	}
	name := short(64, append(slices.Clip(id.For), id.Name)...)
	return Step{
		What: "Create the robot of `" + id.Name + "`",
		Why:  roleWhy(id) + " Robots have rights on a project: this does not keep one app's CI from another app's bundles; the signatures do. The secret ends after a year: do this again before.",
		Do: lines(harborPost(m, "robots", map[string]any{"name": name, "level": "system", "duration": 365, "permissions": rights})+" > robot.json",
			"robot=\"$(jq --raw-output .name robot.json)\" secret=\"$(jq --raw-output .secret robot.json)\"; rm robot.json",
			setVariable(m, id, "REGISTRY_USERNAME", "$robot"), setSecret(m, id, "REGISTRY_PASSWORD", "$secret")),
		Proofs: []Proof{{listVariables(m, id), "`REGISTRY_USERNAME` and `REGISTRY_PASSWORD`"}},
	}
}

func harborRights(project string, actions ...string) map[string]any {
	var access []any
	for _, a := range actions {
		access = append(access, map[string]any{"resource": "repository", "action": a})
	}
	return map[string]any{"kind": "project", "namespace": project, "access": access}
}

// harborPost is a call of Harbor's API with the administrator's login.
func harborPost(m *model.Model, what string, v any) string {
	return "curl --silent --show-error --fail --user \"$HARBOR_ADMIN\" --json " + model.ShellQuote(compact(v)) + " " + harborAPI(m) + "/" + what
}
