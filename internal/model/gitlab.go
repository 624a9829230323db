package model

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Versions of what GitLab jobs run in, besides Penstock itself. Renovate
// changes them in the generated file.
const gitLabImage = "golang:1.26.8-trixie"

// cosignPrograms are cosign's release for Linux by the machine of uname -m:
// version and SHA-256, as cosign_checksums.txt of the release and
// cosign-installer v4.1.2 have them (read 2026-12-01). The version is the one
// that cosign-installer installs on GitHub. Renovate moves both in the
// generated file (datasource github-release-attachments).
var cosignPrograms = []CosignProgram{ //nolint:gochecknoglobals // a table
	{"x86_64", "v3.0.6", "c956e5dfcac53d52bcf058360d579472f0c1d2d9b69f55209e256fe7783f4c74"},
	{"aarch64", "v3.0.6", "bedac92e8c3729864e13d4a17048007cfafa79d5deca993a43a90ffe018ef2b8"},
}

// CosignProgram is a released program for one kind of machine.
type CosignProgram struct{ Machine, Version, SHA256 string }

// GitLabCI reports whether the pipelines are GitLab's.
func (m *Model) GitLabCI() bool { return m.CI.Provider == "gitlab-ci" }

// Here reports whether the app's repository is on the platform's Git host, so
// that its pipelines can use what the platform repository offers.
func (m *Model) Here(a *App) bool { return a.Git.host() == m.Platform.Git.host() }

// GitLabApps lists the apps whose project may include the platform's
// pipelines, by project path.
func (m *Model) GitLabApps() []*App {
	apps := slices.DeleteFunc(m.Apps(), func(a *App) bool { return !m.Here(a) })
	slices.SortStableFunc(apps, func(a, b *App) int { return strings.Compare(a.Project(), b.Project()) })
	return apps
}

// Project is the repository's path in lower case, as GitLab compares it.
func (a *App) Project() string { return strings.ToLower(a.Git.Slug) }

// ImageOrNone is the image that CI builds, or "-".
func (a *App) ImageOrNone() string {
	if a.Image == "" {
		return "-"
	}
	return a.Image
}

// GitLabFiles lists the files of the platform project that the app's pipeline
// is made of.
func (a *App) GitLabFiles() []string {
	files := []string{"ci/penstock.yml", "ci/registry.yml", "ci/delivery.yml"}
	if a.Image != "" {
		files = append(files, "ci/image.yml")
	}
	for _, ae := range a.Envs {
		files = append(files, "ci/promote-"+ae.Env.Name+".yml")
	}
	return files
}

// EnvNames lists the app's environments in path order.
func (a *App) EnvNames() []string {
	names := make([]string, len(a.Envs))
	for i, ae := range a.Envs {
		names[i] = ae.Env.Name
	}
	return names
}

// Pins lists the environments whose releases Git pins, in path order.
func (m *Model) Pins() []*Env {
	return slices.DeleteFunc(slices.Clone(m.Envs), func(e *Env) bool { return !e.Pinned })
}

// PinNames lists their names.
func (m *Model) PinNames() []string {
	var names []string
	for _, e := range m.Pins() {
		names = append(names, e.Name)
	}
	return names
}

// PinStep is a promotion from one environment that Git pins to the next.
type PinStep struct{ From, To string }

// PinSteps lists the promotions that the merge of a pin begins.
func (m *Model) PinSteps() []PinStep {
	var steps []PinStep
	for _, e := range m.Pins() {
		if e.From != nil && e.From.Pinned {
			steps = append(steps, PinStep{e.From.Name, e.Name})
		}
	}
	return steps
}

// AutomaticPins are the names of environments that Git pins and that nobody
// approves, separated by "|" for a shell's case; "" when there are none.
func (m *Model) AutomaticPins() string {
	var names []string
	for _, e := range m.Pins() {
		if !e.NeedsPerson {
			names = append(names, e.Name)
		}
	}
	return strings.Join(names, "|")
}

// Tier is what GitLab calls the environment's kind.
func (e *Env) Tier() string {
	switch {
	case len(e.Next) == 0:
		return "production"
	case e.From == nil:
		return "development"
	default:
		return "staging"
	}
}

// Follows is the job, in the app's pipeline, that must succeed before a release
// is promoted here; "" where the pipeline cannot bring it here, because Git
// pins an environment on the way.
func (e *Env) Follows() string {
	switch {
	case e.From == nil:
		return "publish"
	case e.reachable():
		return "promote-" + e.From.Name
	default:
		return ""
	}
}

// reachable: no environment before this one is pinned.
func (e *Env) reachable() bool {
	for f := e.From; f != nil; f = f.From {
		if f.Pinned {
			return false
		}
	}
	return true
}

// ProcessMode is the order in which GitLab should let promotions of one app to
// the environment run. Oldest first keeps them in order, but makes them wait
// for every older pipeline that has not come this far: for ever, where one of
// them waits for a person on the way.
func (e *Env) ProcessMode() string {
	for f := e.From; f != nil; f = f.From {
		if f.NeedsPerson {
			return "newest_ready_first"
		}
	}
	return "oldest_first"
}

// IDToken is a token about itself that a GitLab job gets.
type IDToken struct{ Name, Audience string }

// PublishTokens lists the tokens of the job that publishes.
func (m *Model) PublishTokens() []IDToken {
	list := m.Registry.Tokens()
	switch scheme, _, _ := strings.Cut(m.SupplyChain.KeyRef, "://"); {
	case m.SupplyChain.Signing == "keyless":
		list = append(list, IDToken{"SIGSTORE_ID_TOKEN", "sigstore"})
	case m.SupplyChain.Signing != "key":
	case scheme == "awskms":
		list = append(list, IDToken{"SIGNING_ID_TOKEN", "sts.amazonaws.com"})
	case scheme == "azurekms":
		list = append(list, IDToken{"SIGNING_ID_TOKEN", "api://AzureADTokenExchange"})
	case scheme == "gcpkms":
		list = append(list, IDToken{"SIGNING_ID_TOKEN", "https://iam.googleapis.com/$SIGNING_IDENTITY_PROVIDER"})
	case scheme == "hashivault":
		list = append(list, IDToken{"SIGNING_ID_TOKEN", "$VAULT_ADDR"})
	}
	return list
}

// SigningLogin is the name of the partial that gets a job to the signing key;
// "" where nothing is to do.
func (m *Model) SigningLogin() string {
	scheme, _, _ := strings.Cut(m.SupplyChain.KeyRef, "://")
	if m.SupplyChain.Signing == "key" && slices.Contains([]string{"awskms", "azurekms", "gcpkms", "hashivault", "gitlab"}, scheme) {
		return "gitlab-signing-" + scheme
	}
	return ""
}

// Signs reports whether bundles are signed at all.
func (m *Model) Signs() bool { return m.SupplyChain.Signing != "none" }

// CosignFlags are the flags, for a shell, of cosign's sign and attest.
func (m *Model) CosignFlags() string {
	return strings.NewReplacer(`"$KEY"`, ShellQuote(m.KeyRef()), "$RUNNER_TEMP", "$DOCKER_CONFIG").Replace(strings.Join(m.SignFlags(), " "))
}

// Shell is a value as one word of a POSIX shell.
func (m *Model) Shell(s string) string { return ShellQuote(s) }

// ProjectID is the repository as GitLab's API names it.
func (g Git) ProjectID() string { return url.PathEscape(g.Slug) }

// WebhookBase is the cluster's webhook address without a slash at its end.
func (c *Cluster) WebhookBase() string { return strings.TrimSuffix(c.Webhook, "/") }

// GitLabVariables lists what jobs read from a project's CI/CD variables: of the
// identity that publishes, or, with its environment, of one that promotes.
func (m *Model) GitLabVariables(env *Env) []string {
	list := slices.Clip(m.Registry.Variables)
	if env != nil || !m.SignsWithKey() {
		return list
	}
	scheme, _, _ := strings.Cut(m.SupplyChain.KeyRef, "://")
	switch scheme {
	case "awskms":
		list = append(list, "SIGNING_ROLE")
	case "azurekms":
		list = append(list, "SIGNING_CLIENT_ID", "SIGNING_TENANT_ID")
	case "gcpkms":
		list = append(list, "SIGNING_IDENTITY_PROVIDER", "SIGNING_SERVICE_ACCOUNT")
	case "hashivault":
		list = append(list, "VAULT_ADDR", "VAULT_ROLE")
	case "gitlab":
		list = append(list, "GITLAB_TOKEN")
	case "env":
		list = append(list, m.KeySecret(), "COSIGN_PASSWORD")
	}
	return list
}

// TLSVerify is the flag of skopeo and buildah for the registry.
func (m *Model) TLSVerify() string {
	return fmt.Sprintf("--tls-verify=%t", !m.Registry.Insecure)
}

// GitLabImage is the image that jobs run in.
func (m *Model) GitLabImage() string { return gitLabImage }

// CosignPrograms are what jobs install cosign from.
func (m *Model) CosignPrograms() []CosignProgram { return cosignPrograms }
