package model

import (
	"fmt"
	"slices"
	"strings"
)

// Task is something that people must still do by hand.
type Task struct {
	Text    string // as Markdown
	Command string // for a POSIX shell; empty where there is none
}

// TeamTasks lists what makes a new team complete.
func (m *Model) TeamTasks(team string) []Task {
	t := m.team(team)
	if t == nil {
		return nil
	}
	owners := strings.Join(code(t.Owners), ", ")
	list := []Task{{Text: "reviewers: " + owners + " must exist on `" + m.Platform.Git.Host + "`; have them approve this change, since the namespace `" + team + "` is theirs"}}
	if t.Contact == "" {
		list = append(list, Task{Text: "nobody can call the team yet: set `contact` of team `" + team + "` in `penstock.yaml`"})
	}
	list = append(list, m.mergeTask("namespace, rights and policies of `"+team+"`"))
	if m.Registry.NeedsPullSecret() {
		list = append(list, Task{"on each cluster (" + strings.Join(code(m.clusterNames()), ", ") + "), once the namespace is there: Flux pulls the team's bundles, read-only", m.pullSecret(team)})
	}
	for _, a := range t.Apps {
		list = append(list, m.AppTasks(team, a.Name)...)
	}
	if len(t.Apps) == 0 {
		list = append(list, Task{"the team has no app yet", "penstock add app --team " + team + " --name NAME --git-url URL"})
	}
	return list
}

// AppTasks lists what makes a new app complete.
func (m *Model) AppTasks(team, app string) []Task {
	t := m.team(team)
	if t == nil {
		return nil
	}
	i := slices.IndexFunc(t.Apps, func(a *App) bool { return a.Name == app })
	if i < 0 {
		return nil
	}
	a := t.Apps[i]
	place := ShellQuote("apps/" + team + "/" + app)
	list := []Task{
		{"repository settings of " + a.Git.Web + ": create it, protect the branch `" + a.Git.Branch + "`, and require a review by " + strings.Join(code(t.Owners), ", "), m.Forge.Commands.Create(a.Git)},
		{"push what was generated for the app", "git -C " + place + " add --all\ngit -C " + place + " commit --message=\"Begin with what Penstock generated\"\n" +
			"git -C " + place + " push " + ShellQuote(a.Git.URL) + " HEAD:" + ShellQuote(a.Git.Branch)},
	}
	if !a.OCI {
		return append(list, Task{"on each cluster, once the namespace is there: Flux reads the app's repository", gitSecret(a.GitSecret(), team, a.Git)})
	}
	list = append(list, Task{Text: "registry: only the CI of this repository may push to `" + a.Releases + "`"})
	if a.Image == "" {
		list = append(list, Task{Text: "CI builds no image yet: set `image` of app `" + team + "/" + app + "` in `penstock.yaml`"})
	}
	return list
}

// EnvironmentTasks lists what makes a new environment complete.
func (m *Model) EnvironmentTasks(env string) []Task {
	i := slices.IndexFunc(m.Envs, func(e *Env) bool { return e.Name == env })
	if i < 0 {
		return nil
	}
	e := m.Envs[i]
	var list []Task
	if e.NeedsPerson {
		list = append(list, Task{Text: "repository settings: make " + strings.Join(code(e.Approvers), ", ") + " the required reviewers of the environment `" + env + "` wherever its promotions run"})
	}
	list = append(list, Task{Text: "each app that is deployed here needs the overlay `" + env + "`; generate wrote a first one into its repository, which its team commits"})
	if m.Registry.PerEnvironment() {
		list = append(list, Task{Text: "registry: the repositories of `" + env + "` and the rights on them, see `docs/setup.md` in the platform repository"})
	}
	for _, c := range e.Clusters {
		list = append(list, m.ClusterTasks(c.Name)...)
	}
	return list
}

// ClusterTasks lists what makes a new cluster complete. The commands need a
// kubeconfig that points at it.
func (m *Model) ClusterTasks(cluster string) []Task {
	on := "on cluster `" + cluster + "`: "
	list := []Task{
		{on + "Flux reads the platform repository", gitSecret("flux-system", m.Flux.Namespace, m.Platform.Git)},
		m.mergeTask("`clusters/" + cluster + "`"),
		{on + "let Flux begin, from a checkout of the merged platform repository", ""},
	}
	if m.Operator() {
		list[2].Text += "; the Flux operator must run there"
	}
	for _, c := range m.Clusters {
		if c.Name == cluster {
			list[2].Command = m.Begin(c)
		}
	}
	if m.PullsByToken() {
		list = append(list, Task{Text: on + "the registry must trust the tokens of its service accounts, or Flux pulls no bundle there: `docs/setup.md` of the platform repository, " +
			"and for each app that runs there `docs/setup.md` of its own"})
	}
	if m.Registry.NeedsPullSecret() {
		for _, t := range m.Teams {
			list = append(list, Task{on + "once the namespace is there: Flux pulls the bundles of `" + t.Name + "`", m.pullSecret(t.Name)})
		}
	}
	for _, a := range m.Apps() {
		if !a.OCI && a.runsOn(cluster) {
			list = append(list, Task{on + "Flux reads the repository of `" + a.Team.Name + "/" + a.Name + "`", gitSecret(a.GitSecret(), a.Team.Name, a.Git)})
		}
	}
	for _, c := range m.Clusters {
		if c.Name == cluster && c.Webhook != "" && m.CI.Notify == "receiver" {
			list = append(list, Task{Text: on + "lead " + c.Webhook + " to port 80 of the Service `webhook-receiver` in `" + m.Flux.Namespace + "`, so that CI can call it after a promotion; nothing there needs a secret"})
		}
		if c.Name == cluster && c.Webhook == "" && m.CI.Notify == "receiver" {
			list = append(list, Task{Text: "CI cannot call this cluster after a promotion: set `webhook` of cluster `" + cluster + "` in `penstock.yaml`, or leave it to the interval"})
		}
	}
	return list
}

// runsOn reports whether the app is deployed to a cluster.
func (a *App) runsOn(cluster string) bool {
	return slices.ContainsFunc(a.Envs, func(ae *AppEnv) bool {
		return slices.ContainsFunc(ae.Env.Clusters, func(c *Cluster) bool { return c.Name == cluster })
	})
}

func (m *Model) mergeTask(what string) Task {
	return Task{Text: "merge this change into `" + m.Platform.Git.Branch + "` of " + m.Platform.Git.Web + ": Flux then makes " + what}
}

func (m *Model) team(name string) *Team {
	for _, t := range m.Teams {
		if t.Name == name {
			return t
		}
	}
	return nil
}

func (m *Model) clusterNames() []string {
	names := make([]string, len(m.Clusters))
	for i, c := range m.Clusters {
		names[i] = c.Name
	}
	return names
}

// pullSecret makes the Secret with which Flux pulls one team's bundles.
func (m *Model) pullSecret(team string) string {
	return fmt.Sprintf("kubectl --namespace %s create secret docker-registry %s \\\n"+
		"  --docker-server=%s --docker-username=\"$REGISTRY_USER\" --docker-password=\"$REGISTRY_TOKEN\"", team, PullSecret, ShellQuote(m.Registry.Host))
}

func code(list []string) []string {
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = "`" + s + "`"
	}
	return quoted
}
