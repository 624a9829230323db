package harbor

import (
	"maps"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/forge"
	"github.com/penstock-dev/penstock/internal/generate/step"
	"github.com/penstock-dev/penstock/internal/registry"
)

func api(s registry.Site) string { return s.URL() + "/api/v2.0" }

// platform makes the projects: Harbor's robots have rights on a project,
// so an environment of its own is a project of its own.
func platform(s registry.Site) []step.Step {
	var create []string
	projects := projects(s)
	for _, p := range projects {
		create = append(create, post(s, "projects", map[string]any{"project_name": p, "metadata": map[string]any{"public": "false"}}))
	}
	steps := []step.Step{{
		What:    "Create the projects",
		Why:     "`HARBOR_ADMIN` is `name:password` of an administrator. Harbor has no rights below a project, so an environment has one of its own.",
		Do:      step.Lines(create...),
		Proofs:  []step.Proof{step.Show("curl --silent --user \"$HARBOR_ADMIN\" '"+api(s)+"/projects?page_size=100' | jq --raw-output '.[].name'", "`"+strings.Join(projects, "`, `")+"`")},
		Denials: []step.Proof{step.Show("curl --silent --output /dev/null --write-out '%{http_code}\\n' "+api(s)+"/projects/"+projects[0]+"/repositories", "`401`, without a login")},
	}}
	var flux []any
	for _, p := range projects {
		flux = append(flux, onProject(p, "pull"))
	}
	for _, id := range s.Identities {
		steps = append(steps, robot(s, id))
	}
	return append(steps, step.Step{
		What: "Give Flux a robot that only pulls",
		Why:  "Its name and secret go into the Secret `" + s.PullSecret + "` of each team's namespace, see README.md.",
		Do:   post(s, "robots", map[string]any{"name": "flux", "level": "system", "duration": 365, "permissions": flux}),
		Denials: []step.Proof{step.Show(
			"crane auth login "+s.Host+" --username \"$REGISTRY_USER\" --password \"$REGISTRY_TOKEN\" && crane tag "+s.ReleasesPrefix("TEAM")+"APP:RELEASE probe",
			"`UNAUTHORIZED` or `FORBIDDEN`",
		)},
	})
}

func projects(s registry.Site) []string {
	project := func(prefix string) string { return strings.Split(prefix, "/")[1] }
	list := []string{project(s.ReleasesPrefix("team"))}
	for _, e := range s.Envs {
		if p := project(s.TeamPrefix(e.Name, "team")); p != list[0] {
			list = append(list, p)
		}
	}
	return list
}

func perApp(s registry.Site, app registry.App) []step.Step {
	var steps []step.Step
	for _, id := range app.Identities {
		one := robot(s, id)
		if id.Env == "" {
			for _, ae := range app.Places {
				if project(s, ae.Repository) != project(s, app.Releases) {
					one.Denials = append(one.Denials, step.Show(
						"crane auth login "+s.Host+" --username \"$robot\" --password \"$secret\" && crane tag "+ae.Repository+":RELEASE "+ae.Env,
						"`UNAUTHORIZED` or `FORBIDDEN`",
					))
				}
			}
		}
		steps = append(steps, one)
	}
	return steps
}

func project(s registry.Site, repository string) string {
	return strings.Split(s.Path(repository), "/")[0]
}

// robot makes the robot of one identity.
func robot(s registry.Site, id forge.Identity) step.Step {
	actions := map[string][]string{}
	for _, r := range id.Reads {
		actions[project(s, r)] = []string{"pull"}
	}
	for _, r := range id.Writes {
		actions[project(s, r)] = []string{"pull", "push"}
	}
	var rights []any
	for _, p := range slices.Sorted(maps.Keys(actions)) {
		rights = append(rights, onProject(p, actions[p]...))
	}
	name := step.Short(64, append(slices.Clip(id.For), id.Name)...)
	return step.Step{
		What: "Create the robot of `" + id.Name + "`",
		Why:  id.Role() + " Robots have rights on a project: this does not keep one app's CI from another app's bundles; the signatures do. The secret ends after a year: do this again before.",
		Do: step.Lines(post(s, "robots", map[string]any{"name": name, "level": "system", "duration": 365, "permissions": rights})+" > robot.json",
			"robot=\"$(jq --raw-output .name robot.json)\" secret=\"$(jq --raw-output .secret robot.json)\"; rm robot.json",
			s.CI.SetVariable(id, "REGISTRY_USERNAME", "$robot"), s.CI.SetSecret(id, "REGISTRY_PASSWORD", "$secret")),
		Proofs: []step.Proof{step.Show(s.CI.ListVariables(id), "`REGISTRY_USERNAME` and `REGISTRY_PASSWORD`")},
	}
}

func onProject(project string, actions ...string) map[string]any {
	var access []any
	for _, a := range actions {
		access = append(access, map[string]any{"resource": "repository", "action": a})
	}
	return map[string]any{"kind": "project", "namespace": project, "access": access}
}

// post is a call of Harbor's API with the administrator's login.
func post(s registry.Site, what string, v any) string {
	return "curl --silent --show-error --fail --user \"$HARBOR_ADMIN\" --json " + step.Quote(step.Compact(v)) + " " + api(s) + "/" + what
}
