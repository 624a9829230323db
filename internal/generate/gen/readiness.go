package gen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/forge"
	"github.com/penstock-dev/penstock/internal/model"
)

// Check and Lack are those of a forge.
type (
	Check = forge.Check
	Lack  = forge.Lack
)

// Line is a Check that was looked at.
type Line struct {
	Item string
	Done bool
	Text string // as Markdown: the evidence, or what is missing
	// Lacks are those that are not empty.
	Lacks []Lack
}

// readiness looks at every check. made reports whether an output, by its path
// with placeholders, is generated for this contract.
func readiness(m *model.Model, made func(string) bool) []Line {
	var lines []Line
	for _, c := range checks(m) {
		lines = append(lines, look(c, made))
	}
	return lines
}

func look(c Check, made func(string) bool) Line {
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
	lacks := slices.DeleteFunc(slices.Clone(c.Lacks), func(l Lack) bool { return len(l.Names) == 0 })
	for _, l := range lacks {
		lack = append(lack, "["+l.What+"]("+anchor(l.What)+")"+l.Why)
	}
	if len(lack) > 0 {
		return Line{Item: c.Item, Text: strings.Join(lack, "; "), Lacks: lacks}
	}
	return Line{Item: c.Item, Done: true, Text: strings.Join(have, ", ")}
}

// anchor leads to the heading of a Lack.
func anchor(heading string) string {
	return "#" + strings.NewReplacer("`", "", "'", "", " ", "-").Replace(strings.ToLower(heading))
}

// ahead lists evidence that no contract can have yet: its name would lead
// nowhere.
func ahead() []string {
	return []string{"runbooks/rollback.md", "platform/observability/kustomization.yaml", "runbooks/source.md"}
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
		{Item: "scope and what is left out are written down", Evidence: []string{record}},
		{Item: "assumptions are written down", Evidence: []string{record}},
		{Item: "the questions behind the decision are answered", Evidence: []string{record}, Open: openDecision(m)},
		{Item: "the promotion path is documented", Evidence: []string{"docs/promotion.md"}},
		{Item: "who owns what, in Git and in the registry, is written down", Evidence: []string{"OWNERSHIP.md", m.Forge.Owners}},
		{Item: "everyone can be called", Evidence: []string{"OWNERSHIP.md"}, Open: openContact(m), Lacks: []Lack{silentTeams(m)}},
		{Item: "a person approves what goes to the last environment", Evidence: []string{"docs/promotion.md"}, Open: openApproval(m), Lacks: []Lack{openEnds(m)}},
		{Item: "immutability and retention of bundles are defined", Evidence: []string{"registry/README.md"}},
		{Item: "the way back is defined for each kind of source", Evidence: []string{"docs/promotion.md"}},
		{Item: "the way back is tested by CI", Evidence: []string{"runbooks/rollback.md"}},
		{Item: "sources and Kustomizations are observed", Evidence: []string{"platform/observability/kustomization.yaml"}, Open: openMetrics(m)},
		{Item: "rights of teams are their own and least", Evidence: []string{"tenants/_team_/base/rbac.yaml", "tenants/_team_/base/service-account.yaml"}},
		{Item: "rights of CI and Flux on the registry are set up", Evidence: []string{"docs/setup.md"}},
		{Item: "failures are documented in runbooks", Evidence: []string{"runbooks/source.md"}},
		{Item: "admission policies hold the border", Evidence: []string{"platform/policies/kustomization.yaml"}},
		{Item: "teams are apart on the network", Evidence: []string{"tenants/_team_/base/network-policy.yaml"}},
		{Item: "Flux itself is locked down for tenants", Evidence: lockdown(m), Open: openLockdown(m)},
	}
	if m.HasOCI() {
		list = append(list,
			Check{Item: "only signed bundles run, and the identity is checked for each environment", Evidence: []string{sources}, Open: openSigning(m)},
			Check{Item: "what a bundle runs cannot change: images by digest", Evidence: []string{"docs/promotion.md"}, Open: openImages(m), Lacks: []Lack{unpinnedApps(m)}},
			Check{Item: "clusters hear of a promotion at once", Evidence: receivers(m), Open: openNotify(m), Lacks: openWebhooks(m)},
			Check{Item: "the registry is reached over TLS", Evidence: []string{sources}, Open: openInsecure(m)})
		if m.Registry.Product.TakesTokens {
			list = append(list, Check{Item: "no cluster keeps a password for the registry", Evidence: pullAccount(m), Open: openPullSecret(m)})
		}
	}
	list = append(list, m.Forge.Pipelines.Checks(m.Site)...)
	if m.HasGit() {
		list = append(list, Check{Item: "commits of apps delivered by Git are verified", Evidence: []string{sources}, Open: openGit})
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

func lockdown(m *model.Model) []string {
	if m.Operator() {
		return []string{"clusters/_cluster_/flux-system/flux-instance.yaml"}
	}
	return []string{"clusters/_cluster_/flux-system/kustomization.yaml"}
}
