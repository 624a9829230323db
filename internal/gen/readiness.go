package gen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/model"
)

// Check is a line of the readiness list: what production asks for, the file
// that answers it, and what is missing, if anything.
type Check struct {
	Item     string
	Evidence []string // output paths with placeholders; all must be generated
	Open     string   // what the contract lacks, as Markdown; empty when nothing
}

// Line is a Check that was looked at.
type Line struct {
	Item string
	Done bool
	Text string // as Markdown: the evidence, or what is missing
}

// readiness looks at every check. made reports whether an output, by its path
// with placeholders, is generated for this contract.
func readiness(m *model.Model, made func(string) bool) []Line {
	var lines []Line
	for _, c := range checks(m) {
		lines = append(lines, c.line(made))
	}
	return lines
}

func (c Check) line(made func(string) bool) Line {
	var have, lack []string
	for _, p := range c.Evidence {
		switch {
		case made(p):
			have = append(have, link(p))
		case slices.Contains(ahead(), p):
			lack = append(lack, "nothing is generated for it; define it yourselves, and write down where")
		default:
			lack = append(lack, "`"+shown(p)+"` is not generated")
		}
	}
	if c.Open != "" {
		lack = append(lack, c.Open)
	}
	if len(lack) > 0 {
		return Line{Item: c.Item, Text: "open: " + strings.Join(lack, "; ")}
	}
	return Line{Item: c.Item, Done: true, Text: strings.Join(have, ", ")}
}

// ahead lists evidence that no contract can have yet: its name would lead
// nowhere.
func ahead() []string {
	return []string{"registry/README.md", "runbooks/rollback.md", "platform/observability/kustomization.yaml", "runbooks/source.md"}
}

// link is a Markdown link from docs/ for a file, or the pattern of many files.
func link(p string) string {
	if strings.Contains(p, "_") && placeholder.MatchString(p) {
		return "`" + shown(p) + "`"
	}
	return fmt.Sprintf("[%s](../%s)", p, p)
}

func shown(p string) string { return placeholder.ReplaceAllString(p, "<$1>") }

// checks is the production checklist: first the questions about the delivery
// model, then those about this platform.
func checks(m *model.Model) []Check {
	const record = "docs/decisions/0001-delivery-model.md"
	sources := "tenants/_team_/_env_/_app_.yaml"
	list := []Check{
		{"scope and what is left out are written down", []string{record}, ""},
		{"assumptions are written down", []string{record}, ""},
		{"the questions behind the decision are answered", []string{record}, openDecision(m)},
		{"the promotion path is documented", []string{"docs/promotion.md"}, ""},
		{"who owns what, in Git and in the registry, is written down", []string{"OWNERSHIP.md", codeowners(m)}, ""},
		{"everyone can be called", []string{"OWNERSHIP.md"}, openContacts(m)},
		{"a person approves what goes to the last environment", []string{"docs/promotion.md"}, openApproval(m)},
		{"immutability and retention of bundles are defined", []string{"registry/README.md"}, ""},
		{"the way back is defined for each kind of source", []string{"docs/promotion.md"}, ""},
		{"the way back is tested by CI", []string{"runbooks/rollback.md"}, ""},
		{"sources and Kustomizations are observed", []string{"platform/observability/kustomization.yaml"}, openMetrics(m)},
		{"rights of teams are their own and least", []string{"tenants/_team_/base/rbac.yaml", "tenants/_team_/base/service-account.yaml"}, ""},
		{"rights of CI and Flux on the registry are set up", []string{"docs/setup.md"}, ""},
		{"failures are documented in runbooks", []string{"runbooks/source.md"}, ""},
		{"admission policies hold the border", []string{"platform/policies/kustomization.yaml"}, ""},
		{"teams are apart on the network", []string{"tenants/_team_/base/network-policy.yaml"}, ""},
		{"Flux itself is locked down for tenants", lockdown(m), openLockdown(m)},
	}
	if m.HasOCI() {
		list = append(list,
			Check{"only signed bundles run, and the identity is checked for each environment", []string{sources}, openSigning(m)},
			Check{"what a bundle runs cannot change: images by digest", []string{"docs/promotion.md"}, openImages(m)},
			Check{"clusters hear of a promotion at once", receivers(m), openWebhooks(m)},
			Check{"the registry is reached over TLS", []string{sources}, openInsecure(m)})
		if m.Registry.TakesTokens() {
			list = append(list, Check{"no cluster keeps a password for the registry", pullAccount(m), openPullSecret(m)})
		}
	}
	list = append(list, githubChecks(m)...)
	list = append(list, gitLabChecks(m)...)
	if m.HasGit() {
		list = append(list, Check{"commits of apps delivered by Git are verified", []string{sources}, openGit})
	}
	return list
}

// openGit is what delivery by Git lacks by its nature here.
const openGit = "Flux does not check who signed a commit; branch protection of the app's repository is what holds"

// pullAccount is what Flux logs in to the registry with, where that is no
// password.
func pullAccount(m *model.Model) []string {
	if m.PullsByToken() {
		return []string{"tenants/_team_/base/registry-pull.yaml"}
	}
	return nil
}

func codeowners(m *model.Model) string { return "." + m.Platform.Git.Provider + "/CODEOWNERS" }

func lockdown(m *model.Model) []string {
	if m.Operator() {
		return []string{"clusters/_cluster_/flux-system/flux-instance.yaml"}
	}
	return []string{"clusters/_cluster_/flux-system/kustomization.yaml"}
}
