package model

import (
	"regexp"
	"slices"
	"strings"
)

// GitHubActions reports whether the pipelines are GitHub's.
func (m *Model) GitHubActions() bool { return m.CI.Provider == "github-actions" }

// The composite actions of the platform repository.
const (
	penstockAction = ".github/actions/penstock"
	appAction      = ".github/actions/app"
)

// Uses is what other repositories write behind "uses:" for a file or a folder
// of this one: the branch that counts, so that what is merged here is what runs
// there.
func (g Git) Uses(path string) string { return g.Slug + "/" + path + "@" + g.Branch }

// PenstockAction is the action that installs Penstock, for app repositories.
func (m *Model) PenstockAction() string { return m.Platform.Git.Uses(penstockAction) }

// AppAction is the action that says which app a repository is.
func (m *Model) AppAction() string { return m.Platform.Git.Uses(appAction) }

// PublishUses is the reusable workflow that publishes.
func (m *Model) PublishUses() string {
	return m.Platform.Git.Uses(".github/workflows/" + PublishWorkflow)
}

// PromoteUses is the reusable workflow that moves an environment. Its subject in
// a certificate, which Flux trusts, is made from the same name.
func (m *Model) PromoteUses(e *Env) string {
	return m.Platform.Git.Uses(".github/workflows/" + e.PromoteWorkflow())
}

// TrustsWorkflow reports whether Flux runs only what an environment's own
// workflow has signed.
func (m *Model) TrustsWorkflow() bool { return m.SignsPerEnv() && m.SupplyChain.Signing == "keyless" }

// PublishURI names the publishing workflow as the builder of a provenance.
func (m *Model) PublishURI() string { return m.workflow(PublishWorkflow).Subject }

// GitHubApps lists the apps whose repository may use the platform's workflows,
// by repository.
func (m *Model) GitHubApps() []*App {
	apps := slices.DeleteFunc(m.Apps(), func(a *App) bool { return !m.Here(a) })
	slices.SortStableFunc(apps, func(a, b *App) int { return strings.Compare(a.Project(), b.Project()) })
	return apps
}

// Enterprise reports whether the platform repository is on a GitHub of its own,
// for which the gh program wants another variable with its token.
func (m *Model) Enterprise() bool { return m.GitHubHost() != "github.com" }

// GitHubHost is the Git host as the gh program names it.
func (m *Model) GitHubHost() string {
	_, host, _ := strings.Cut(m.Platform.Git.host(), "://")
	return host
}

// Literal is a value of a workflow file that GitHub does not take for an
// expression, whatever is in it.
func (m *Model) Literal(s string) string {
	return strings.ReplaceAll(s, "${{", "${{ '$' }}{{")
}

// Ref is the full name of the branch that counts.
func (g Git) Ref() string { return "refs/heads/" + g.Branch }

// BranchFilter is a filter of "on: push: branches" that matches the branch and
// no other.
func (g Git) BranchFilter() string { return filterSyntax.ReplaceAllString(g.Branch, `\$0`) }

// filterSyntax is what Git allows in a branch and GitHub takes for a pattern.
var filterSyntax = regexp.MustCompile(`[+!]`)

// ImageHost is the host of the image that CI builds, as docker login names it;
// "-" where there is nothing to log in to: no image, or the bundles' host.
func (m *Model) ImageHost(a *App) string {
	if a.Image == "" {
		return "-"
	}
	host, _, found := strings.Cut(a.Image, "/")
	switch {
	case !found || !strings.ContainsAny(host, ".:") && host != "localhost":
		host = "docker.io"
	case host == m.Registry.Host:
		host = "-"
	}
	return host
}

// ImagesOnGitHub reports whether CI builds an image for ghcr.io that is not the
// bundles' registry.
func (m *Model) ImagesOnGitHub() bool {
	return m.has(func(a *App) bool { return m.ImageHost(a) == "ghcr.io" })
}

// ImagesElsewhere reports whether CI builds an image for a host of its own.
func (m *Model) ImagesElsewhere() bool { return m.has(m.imageElsewhere) }

func (m *Model) imageElsewhere(a *App) bool {
	return a.OCI && m.ImageHost(a) != "-" && m.ImageHost(a) != "ghcr.io"
}

// HasImages reports whether CI builds an image at all.
func (m *Model) HasImages() bool { return m.has(func(a *App) bool { return a.OCI && a.Image != "" }) }

// KeySecret is the secret of the repository with the private key that cosign
// reads from the environment; empty where the key is somewhere else.
func (m *Model) KeySecret() string {
	taken := []string{imagePassword, "REGISTRY_PASSWORD", "COSIGN_PASSWORD", "PATH", "HOME"}
	name, found := strings.CutPrefix(m.SupplyChain.KeyRef, "env://")
	switch {
	case !found || !m.SignsWithKey():
		return ""
	case secretName.MatchString(name) && !slices.Contains(taken, strings.ToUpper(name)) && !strings.HasPrefix(strings.ToUpper(name), "GITHUB_"):
		return name
	default:
		return "COSIGN_PRIVATE_KEY"
	}
}

var secretName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// KeyRef is what cosign signs with in the publishing workflow.
func (m *Model) KeyRef() string {
	if s := m.KeySecret(); s != "" {
		return "env://" + s
	}
	return m.SupplyChain.KeyRef
}

// SignsOffline reports whether signing needs a configuration without public
// services.
func (m *Model) SignsOffline() bool { return m.SignsWithKey() && !m.Registry.Product.OldSignatures }

// SignFlags are the flags of cosign's sign and attest, as words of a shell in
// which KEY is what to sign with.
func (m *Model) SignFlags() []string {
	flags := []string{"--yes"}
	if m.SignsWithKey() {
		flags = append(flags, `--key "$KEY"`)
	}
	if m.SignsOffline() {
		flags = append(flags, `--signing-config "$RUNNER_TEMP/signing.json"`)
	}
	if m.Registry.Product.OldSignatures {
		flags = append(flags, "--new-bundle-format=false", "--use-signing-config=false")
		if m.SignsWithKey() {
			flags = append(flags, "--tlog-upload=false")
		}
	}
	if m.Registry.Insecure {
		flags = append(flags, "--allow-http-registry")
	}
	return flags
}

// PublishNeedsSecrets reports whether the publishing job has an environment,
// which can keep its stored secrets from other branches. Where it logs in to a
// cloud it has none: the token's subject then names the branch.
func (m *Model) PublishNeedsSecrets() bool {
	return !m.Registry.OnCloud() && (m.Registry.Password() || m.KeySecret() != "" || m.ImagesElsewhere())
}
