package model

import (
	"fmt"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/generate/step"
)

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
	for _, a := range m.Apps() {
		if !a.OCI {
			list = append(list, Secret{
				Why:     ofApp + a.Team.Name + "/" + a.Name,
				Command: gitSecret(a.GitSecret(), a.Team.Name, a.Git),
			})
		}
	}
	return list
}

// SecretKinds is Secrets with what the apps delivered by Git have in common
// once, for the reader to put the app in.
func (m *Model) SecretKinds() []Secret {
	list := m.Secrets()
	list = slices.DeleteFunc(list, func(s Secret) bool { return strings.HasPrefix(s.Why, ofApp) })
	for _, ssh := range []bool{false, true} {
		if m.has(func(a *App) bool { return !a.OCI && a.Git.SSH == ssh }) {
			kind := "HTTPS"
			if ssh {
				kind = "SSH"
			}
			list = append(list, Secret{
				Why:     "Flux reads each app delivered by Git, by " + kind + "; URL is the one in tenants/TEAM/ENVIRONMENT/APP.yaml",
				Command: secretFor("APP-git", "TEAM", "URL", ssh),
			})
		}
	}
	return list
}

// ofApp begins what is said about the Secret of an app.
const ofApp = "Flux reads the repository of "

// GitSecret is the name of the Secret with which Flux reads the app's
// repository.
func (a *App) GitSecret() string { return a.Name + "-git" }

func gitSecret(name, namespace string, g Git) string {
	return secretFor(name, namespace, ShellQuote(g.Flux), g.SSH)
}

func secretFor(name, namespace, url string, ssh bool) string {
	login := `--username=git --password="$GIT_TOKEN"`
	if ssh {
		login = `--private-key-file="$GIT_KEY_FILE"`
	}
	return fmt.Sprintf("flux create secret git %s --namespace=%s --url=%s \\\n  %s", name, namespace, url, login)
}

// ShellQuote writes s as one word of a POSIX shell.
func ShellQuote(s string) string { return step.Quote(s) }
