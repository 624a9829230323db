package model

import "strings"

// Begin lets Flux begin on a cluster: commands for a POSIX shell, in a checkout
// of the platform repository.
func (m *Model) Begin(c *Cluster) string { return m.begin(c.Name) }

// BeginAny is Begin with CLUSTER for the reader to replace.
func (m *Model) BeginAny() string { return m.begin("CLUSTER") }

func (m *Model) begin(cluster string) string {
	folder := "clusters/" + cluster + "/flux-system"
	apply := "kubectl apply --server-side --kustomize " + folder
	if m.Installs() {
		// The first one creates the types that the second one needs.
		apply += " || true\nkubectl wait --for=condition=Established crd --selector=app.kubernetes.io/part-of=flux\n" + apply
	}
	return "kubectl config use-context " + cluster + "\n" + apply
}

// Operator's own installation, where Flux comes with it.
func (m *Model) installOperator() string {
	return "helm install flux-operator oci://ghcr.io/controlplaneio-fluxcd/charts/flux-operator --namespace " + m.Flux.Namespace + " --create-namespace"
}

// BeginTasks lists what leads from a generated workspace to Flux running
// everywhere, in its order. workspace is its folder as a shell has it. The
// commands are those of the platform repository's README.
func (m *Model) BeginTasks(workspace string) []Task {
	platform := strings.TrimPrefix(workspace+"/platform", "./")
	quoted, branch := ShellQuote(platform), ShellQuote(m.Platform.Git.Branch)
	list := []Task{
		{"create the platform's repository, " + m.Platform.Git.Web, m.Forge.Commands.Create(m.Platform.Git)},
		{"push what was generated for the platform", "git -C " + quoted + " add --all\ngit -C " + quoted + " commit --message=\"Begin with what Penstock generated\"\n" +
			"git -C " + quoted + " push --set-upstream origin " + branch},
		{Text: "rights, settings and the registry, once: `" + platform + "/docs/setup.md`, each step with what proves it"},
	}
	for _, a := range m.Apps() {
		list = append(list, m.beginApp(a, strings.TrimPrefix(workspace+"/", "./"))...)
	}
	list = append(list, Task{"go on in the platform repository", "cd " + quoted})
	for _, c := range m.Clusters {
		text := "cluster `" + c.Name + "`: let Flux begin"
		if !m.Installs() && !m.Operator() {
			text += "; Flux " + m.Flux.Version + " must run there, in namespace `" + m.Flux.Namespace + "`"
		}
		command := m.Begin(c)
		context, apply, _ := strings.Cut(command, "\n")
		if m.Operator() {
			context += "\n" + m.installOperator()
		}
		list = append(list, Task{text, context + "\n" + m.Secrets()[0].Command + "\n" + apply})
	}
	for _, s := range m.Secrets()[1:] {
		list = append(list, Task{"on each cluster, once Flux has made the teams' namespaces: " + s.Why, s.Command})
	}
	return append(list,
		Task{"everything is Ready; a source without an artifact waits for its app's first promotion", "flux get all --all-namespaces"},
		Task{Text: "what is still missing for production: `" + platform + "/docs/readiness.md`"})
}

// beginApp lists what makes a generated app repository complete.
func (m *Model) beginApp(a *App, prefix string) []Task {
	place := prefix + "apps/" + a.Team.Name + "/" + a.Name
	quoted := ShellQuote(place)
	return []Task{
		{"create the repository of `" + a.Team.Name + "/" + a.Name + "`, " + a.Git.Web + ", and push what was generated for it", m.Forge.Commands.Create(a.Git) +
			"\ngit -C " + quoted + " add --all\ngit -C " + quoted + " commit --message=\"Begin with what Penstock generated\"\n" +
			"git -C " + quoted + " push --set-upstream origin " + ShellQuote(a.Git.Branch)},
		{Text: "its rights and settings: `" + place + "/docs/setup.md`"},
	}
}
