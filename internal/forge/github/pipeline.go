package github

import (
	"regexp"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/forge"
)

// outputs are the files that GitHub looks for, with which they are made.
func outputs() map[string]func(forge.Site, *forge.App) bool {
	always := func(forge.Site, *forge.App) bool { return true }
	bundles := func(s forge.Site, _ *forge.App) bool { return s.Bundles }
	here := func(s forge.Site, a *forge.App) bool { return s.Here(a) }
	return map[string]func(forge.Site, *forge.App) bool{
		files + "CODEOWNERS":                         always,
		files + "actions/app/action.yaml":            bundles,
		files + "actions/app/apps.txt":               bundles,
		files + "actions/penstock/action.yaml":       always,
		files + "dependabot.yaml":                    always,
		files + "workflows/check.yaml":               always,
		files + "workflows/delivery.yaml":            here,
		files + "workflows/" + forge.HistoryWorkflow: bundles,
		files + "ISSUE_TEMPLATE/new-team.yml":        always,
		files + "workflows/new-team.yaml":            always,
		files + "workflows/" + notifyWorkflow:        func(s forge.Site, _ *forge.App) bool { return len(s.Calls) > 0 },
		files + "workflows/operate.yaml":             here,
		files + "workflows/pins.yaml":                func(s forge.Site, _ *forge.App) bool { return s.HasPins() && len(s.PinSteps()) > 0 },
		files + "workflows/promote-_env_.yaml":       bundles,
		files + "workflows/" + forge.PublishWorkflow: bundles,
		files + "workflows/refresh.yaml":             always,
		files + "workflows/regenerate.yaml":          always,
	}
}

// pipeline is what the templates of workflows see.
type pipeline struct{ forge.Site }

// ofEnv and ofApp are it for an environment and for an app.
type ofEnv struct {
	pipeline
	Env *forge.Env
}

type ofApp struct {
	pipeline
	App *forge.App
}

func viewPlatform(s forge.Site) any            { return pipeline{s} }
func viewEnv(s forge.Site, e *forge.Env) any   { return ofEnv{pipeline{s}, e} }
func viewApp(s forge.Site, app *forge.App) any { return ofApp{pipeline{s}, app} }

// Uses is what other repositories write behind "uses:" for a file or a folder
// of the platform's: the branch that counts, so that what is merged there is
// what runs here.
func (p pipeline) Uses(path string) string { return p.Git.Slug + "/" + path + "@" + p.Git.Branch }

// PenstockAction is the action that installs Penstock, for app repositories.
func (p pipeline) PenstockAction() string { return p.Uses(files + "actions/penstock") }

// AppAction is the action that says which app a repository is.
func (p pipeline) AppAction() string { return p.Uses(files + "actions/app") }

// PublishUses is the reusable workflow that publishes.
func (p pipeline) PublishUses() string { return p.Uses(files + "workflows/" + forge.PublishWorkflow) }

// TrustsWorkflow reports whether Flux runs only what an environment's own
// workflow has signed.
func (p pipeline) TrustsWorkflow() bool { return p.Keyless() }

// PublishURI names the publishing workflow as the builder of a provenance.
func (p pipeline) PublishURI() string { return workflow(p.Site, forge.PublishWorkflow).Subject }

// Enterprise: see enterprise.
func (p pipeline) Enterprise() bool { return enterprise(p.Git) }

// Literal is a value of a workflow file that GitHub does not take for an
// expression, whatever is in it.
func (pipeline) Literal(s string) string { return strings.ReplaceAll(s, "${{", "${{ '$' }}{{") }

// BranchFilter is a filter of "on: push: branches" that matches the branch and
// no other.
func (pipeline) BranchFilter(branch string) string {
	return filterSyntax.ReplaceAllString(branch, `\$0`)
}

// filterSyntax is what Git allows in a branch and GitHub takes for a pattern.
var filterSyntax = regexp.MustCompile(`[+!]`)

// Flags are those of cosign's sign and attest.
func (p pipeline) Flags() string { return p.SignFlags(`"$KEY"`, "$RUNNER_TEMP") }

// NextPins are the PinSteps, separated by blanks.
func (p pipeline) NextPins() string { return p.PinStepWords() }

// HasNextPins reports whether the merge of a pin begins a promotion.
func (p pipeline) HasNextPins() bool { return p.HasPins() && len(p.PinSteps()) > 0 }

// CallList are the addresses, one a line, of clusters that CI calls when this repository
// changed.
func (p pipeline) CallList() string { return strings.Join(p.Calls, "\n") }

// packages is the registry of GitHub's own hosts, for images.
const packages = "ghcr.io"

// ImagesOnPackages reports whether CI builds an image for that host, which is
// not the bundles' registry.
func (p pipeline) ImagesOnPackages() bool {
	return slices.ContainsFunc(p.Apps, func(a *forge.App) bool { return p.ImageHost(a) == packages })
}

// ImagesElsewhere reports whether CI builds an image for a host of its own.
func (p pipeline) ImagesElsewhere() bool {
	return slices.ContainsFunc(p.Apps, func(a *forge.App) bool { return imageElsewhere(p.Site, a) })
}

func imageElsewhere(s forge.Site, a *forge.App) bool {
	host := s.ImageHost(a)
	return a.OCI && host != "-" && host != packages
}

// PublishNeedsSecrets: see PublishNeedsSecrets.
func (p pipeline) PublishNeedsSecrets() bool { return PublishNeedsSecrets(p.Site) }

// PublishNeedsSecrets reports whether the publishing job has an environment,
// which can keep its stored secrets from other branches. Where it logs in to a
// cloud it has none: the token's subject then names the branch.
func PublishNeedsSecrets(s forge.Site) bool {
	return !s.Registry.OnCloud() && (s.Registry.Password() || s.KeySecret() != "" || pipeline{s}.ImagesElsewhere())
}
