package gen

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/templates"
)

// complete is a contract that lacks nothing that production asks for.
const complete = `
apiVersion: penstock.dev/v1alpha1
kind: DeliveryContract
metadata: {name: acme}
spec:
  platform:
    git: {url: https://github.com/acme/platform}
    owners: ["@acme/platform"]
    contact: platform
  flux: {version: "2.10", install: operator}
  registry: {provider: zot, host: registry.acme.example}
  environments:
    - {name: dev, clusters: [{name: dev, webhook: "https://dev.acme.example"}]}
    - name: prod
      promotion: {mode: approval, approvers: ["@acme/release"]}
      clusters: [{name: prod-a, webhook: "https://a.acme.example"}, {name: prod-b, webhook: "https://b.acme.example"}]
  teams:
    - name: payments
      owners: ["@acme/payments"]
      contact: payments
      apps: [{name: checkout, git: {url: https://github.com/acme/checkout}, image: registry.acme.example/images/checkout}]
  decision: {gitNativeAudit: false, boundariesWritten: true, registryMaturity: high, reviewBy: "2027-01-31"}
`

func completeContract(t *testing.T) contract.Contract {
	t.Helper()
	c, ds := contract.Parse("complete", []byte(complete))
	if len(ds) > 0 {
		t.Fatalf("%s", ds)
	}
	return c
}

// open lists the items that are not done.
func open(lines []Line) []string {
	var items []string
	for _, l := range lines {
		if !l.Done {
			items = append(items, l.Item)
		}
	}
	return items
}

func everything(string) bool { return true }

// TestReadinessEvidence: without one file, exactly the lines that it is the
// evidence of are open, and say so.
func TestReadinessEvidence(t *testing.T) {
	t.Parallel()
	for _, install := range []string{"operator", "manifests"} {
		c := completeContract(t)
		c.Spec.Flux.Install = install
		m := model.Build(c)
		if items := open(readiness(m, everything)); len(items) > 0 {
			t.Errorf("a complete contract with all files: open: %q", items)
		}
		evidence := map[string][]string{}
		for _, check := range checks(m) {
			if len(check.Evidence) == 0 {
				t.Errorf("%s: is without evidence", check.Item)
			}
			for _, p := range check.Evidence {
				evidence[p] = append(evidence[p], check.Item)
			}
		}
		for p, items := range evidence {
			lines := readiness(m, func(q string) bool { return q != p })
			if d := cmp.Diff(items, open(lines)); d != "" {
				t.Errorf("without %s (-want +open):\n%s", p, d)
			}
			for _, l := range lines {
				named := strings.Contains(l.Text, "`"+shown(p)+"` is not generated")
				if !l.Done && named == slices.Contains(ahead(), p) {
					t.Errorf("%s: %s is missing, and the line says: %s", l.Item, p, l.Text)
				}
			}
		}
	}
}

// TestAhead: what has a template is no longer ahead.
func TestAhead(t *testing.T) {
	t.Parallel()
	for _, p := range ahead() {
		if _, err := fs.Stat(templates.FS, "platform/"+p+".tmpl"); err == nil {
			t.Errorf("%s has a template: take it out of the list", p)
		}
	}
}

// TestReadinessContract: a contract that lacks one thing has one open line,
// which names it.
func TestReadinessContract(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		item, says string
		lack       func(*contract.Spec)
	}{
		{"the questions behind the decision are answered", "`spec.decision.reviewBy`", func(s *contract.Spec) { s.Decision.ReviewBy = "" }},
		{"the questions behind the decision are answered", "`spec.decision.gitNativeAudit`", func(s *contract.Spec) { s.Decision.GitNativeAudit = nil }},
		{"the questions behind the decision are answered", "`spec.decision.boundariesWritten`", func(s *contract.Spec) { s.Decision.BoundariesWritten = nil }},
		{"the questions behind the decision are answered", "`spec.decision.registryMaturity`", func(s *contract.Spec) { s.Decision.RegistryMaturity = "" }},
		{"everyone can be called", "of the platform", func(s *contract.Spec) { s.Platform.Contact = "" }},
		{"everyone can be called", "payments", func(s *contract.Spec) { s.Teams[0].Contact = " \n" }},
		{"a person approves what goes to the last environment", "prod", func(s *contract.Spec) { s.Environments[1].Promotion.Mode = "automatic" }},
		{"sources and Kustomizations are observed", "`spec.observability.metrics`", func(s *contract.Spec) { s.Observability.Metrics = "none" }},
		{"Flux itself is locked down for tenants", "`spec.flux.install`", func(s *contract.Spec) { s.Flux.Install = "existing" }},
		{"only signed bundles run, and the identity is checked for each environment", "`spec.supplyChain.signing`", func(s *contract.Spec) { s.SupplyChain.Signing = "none" }},
		{"only signed bundles run, and the identity is checked for each environment", "at publish", func(s *contract.Spec) { s.SupplyChain.Signing = "key" }},
		{"what a bundle runs cannot change: images by digest", "payments/checkout", func(s *contract.Spec) { s.Teams[0].Apps[0].Image = "" }},
		{"what a bundle runs cannot change: images by digest", "`spec.supplyChain.unpinnedImages`", func(s *contract.Spec) { s.SupplyChain.UnpinnedImages = "allow" }},
		{"clusters hear of a promotion at once", "prod-b", func(s *contract.Spec) { s.Environments[1].Clusters[1].Webhook = "" }},
		{"clusters hear of a promotion at once", "`spec.ci.notify`", func(s *contract.Spec) { s.CI.Notify = "none" }},
		{"no cluster keeps a password for the registry", "`spec.flux.version`", func(s *contract.Spec) { s.Flux.Version = "2.9" }},
		{"the registry is reached over TLS", "`spec.registry.insecure`", func(s *contract.Spec) { s.Registry.Insecure = true }},
	} {
		c := completeContract(t)
		row.lack(&c.Spec)
		lines := readiness(model.Build(c), everything)
		if got := open(lines); !slices.Equal(got, []string{row.item}) {
			t.Errorf("lacking %s: open: %q, want %q", row.says, got, row.item)
			continue
		}
		for _, l := range lines {
			if !l.Done && !names(l, row.says) {
				t.Errorf("%s: does not name %s: %+v", l.Item, row.says, l)
			}
		}
	}
}

// names reports whether an open line says something, or lists it by name.
func names(l Line, what string) bool {
	return strings.Contains(l.Text, what) || slices.ContainsFunc(l.Lacks, func(l Lack) bool { return slices.Contains(l.Names, what) })
}

// TestLacks: what two lines lack is listed once, and only where it is.
func TestLacks(t *testing.T) {
	t.Parallel()
	a, b := Lack{What: "Apps", Names: []string{"x/y"}}, Lack{What: "Teams", Names: []string{"x"}}
	s := Platform{Readiness: []Line{
		look(Check{Item: "one", Lacks: []Lack{a, {What: "None"}}}, everything), look(Check{Item: "two", Lacks: []Lack{b, a}}, everything),
		look(Check{Item: "three", Lacks: []Lack{{What: "None"}}}, everything),
	}}
	if d := cmp.Diff([]Lack{a, b}, s.Lacks()); d != "" || !s.Readiness[2].Done {
		t.Error(d)
	}
}

// TestReadinessGitLab: what GitLab does not separate is open.
func TestReadinessGitLab(t *testing.T) {
	t.Parallel()
	c := completeContract(t)
	c.Spec.CI.Provider, c.Spec.Platform.Git.Provider = "gitlab-ci", "gitlab"
	want := map[string]string{
		"a person approves what goes to the last environment":                       "GitLab Premium",
		"only signed bundles run, and the identity is checked for each environment": "at publish",
	}
	lines := readiness(model.Build(c), everything)
	if got := open(lines); len(got) != len(want) {
		t.Errorf("open: %q", got)
	}
	for _, l := range lines {
		if !l.Done && (want[l.Item] == "" || !strings.Contains(l.Text, want[l.Item])) {
			t.Errorf("%s: %s", l.Item, l.Text)
		}
	}
	c.Spec.SupplyChain.Signing, c.Spec.SupplyChain.KeyRef = "key", "gitlab://acme/platform"
	if text := openSigning(model.Build(c)); !strings.Contains(text, "keep the key in a project with nothing else in it") {
		t.Error(text)
	}
	c.Spec.Environments[1].Reference = "pinned"
	if text := openApproval(model.Build(c)); !strings.Contains(text, "merging a pin") || strings.Contains(text, "Free") {
		t.Error(text)
	}
}
