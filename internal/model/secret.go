package model

import "fmt"

// Secret is a Secret that a person must create; Penstock writes none.
type Secret struct {
	Why     string
	Command string // for a POSIX shell, in the platform repository
}

// Secrets lists what must exist on every cluster. The commands take the
// values from environment variables, so that none ends in a shell's history.
func (m *Model) Secrets() []Secret {
	ns := m.Flux.Namespace
	list := []Secret{{
		Why:     "Flux reads this repository",
		Command: gitSecret("flux-system", ns, m.Platform.Git),
	}}
	if m.Registry.NeedsPullSecret() && m.HasOCI() && len(m.Teams) > 0 {
		list = append(list, Secret{
			Why: "Flux pulls bundles, read-only, in each team's namespace",
			Command: fmt.Sprintf("for team in $(ls tenants); do\n  kubectl --namespace \"$team\" create secret docker-registry %s \\\n"+
				"    --docker-server=%s --docker-username=\"$REGISTRY_USER\" --docker-password=\"$REGISTRY_TOKEN\"\ndone", PullSecret, m.Registry.Host),
		})
	}
	for _, t := range m.Teams {
		for _, a := range t.Apps {
			if a.OCI {
				continue
			}
			list = append(list, Secret{
				Why:     "Flux reads the repository of " + t.Name + "/" + a.Name,
				Command: gitSecret(a.GitSecret(), t.Name, a.Git),
			})
		}
	}
	return list
}

// GitSecret is the name of the Secret with which Flux reads the app's
// repository.
func (a *App) GitSecret() string { return a.Name + "-git" }

func gitSecret(name, namespace string, g Git) string {
	login := `--username=git --password="$GIT_TOKEN"`
	if g.SSH {
		login = `--private-key-file="$GIT_KEY_FILE"`
	}
	return fmt.Sprintf("flux create secret git %s --namespace=%s --url=%s \\\n  %s", name, namespace, ShellQuote(g.Flux), login)
}
