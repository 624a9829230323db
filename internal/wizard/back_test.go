package wizard

import (
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

// TestGoBack reopens every section; what was answered is the default then.
func TestGoBack(t *testing.T) {
	t.Parallel()
	c, _ := ask(t, `
		...
		environments: dev, prod
		environments[1].promotion.mode: automatic
		What now: environments
		environments: dev, qa, prod
		environments[1].promotion.mode: automatic
		environments[2].promotion.mode: automatic
		What now: teams
		The teams payments: add one
		teams[1].name: cards
		teams[1].owners: @acme/cards
		teams[1].apps[0]: no
		The teams payments, cards: change payments
		teams[0].contact: #payments
		The apps checkout: remove checkout
		The teams payments, cards: keep them
		What now: platform
		name: other
		What now: registry
		What now: ci
		What now: supply chain
		supplyChain.signing: none
		What now: decision
		decision.gitNativeAudit: yes
		What now: environments
		environments[2].promotion.mode: approval
		What now: decision
		delivery.pinned: prod
		decision.reviewBy: 2027-01-31
		What now: write`, Options{Seed: Seed{URL: "https://github.com/acme/platform"}})
	goldentest.File(t, "testdata/back.yaml", c.Written())
}

// TestMisfit: answers that do not fit together can be changed, not written.
func TestMisfit(t *testing.T) {
	t.Parallel()
	c, s := ask(t, `
		...
		What now: platform
		platform.git.url: https://gitlab.acme.example/a/b
		What now!: write -> choose one of
		What now: supply chain
		What now: ci
		What now: write`, Options{Seed: Seed{URL: "https://github.com/acme/platform"}})
	if !strings.Contains(s.intros.String(), "This does not fit together") || c.Spec.SupplyChain.Signing != "none" {
		t.Error(s.intros.String())
	}
}

// TestBack: "<" leads to the question before, over what flags answered, and the
// answers on the way are kept as what Enter takes.
func TestBack(t *testing.T) {
	t.Parallel()
	s := newScript(t, `
		...
		name: first
		platform.git.url: <
		name: second
		platform.git.branch: trunk
		platform.contact: #sre
		flux.install: <
		platform.contact: <`)
	c, err := Ask(&Preset{Prompter: s, Values: map[string]string{"owner": "@acme/x"}}, contract.Contract{}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.finish()
	p := c.Spec.Platform
	if c.Metadata.Name != "second" || p.Git.Branch != "trunk" || join(p.Owners) != "@acme/x" || p.Contact != "#sre" {
		t.Errorf("%s %+v", c.Metadata.Name, p)
	}
	if log := strings.Join(s.log, "\n"); !strings.Contains(log, "name [first]") || !strings.Contains(log, "platform.git.branch [trunk]") {
		t.Error(log)
	}
	s = newScript(t, "name: <\n...")
	if _, err := Ask(s, contract.Contract{}, Options{}); err != nil || !strings.Contains(s.intros.String(), "This is the first question") {
		t.Error(err)
	}
}

// TestBackFromSummary goes from the summary to the question before it, and from
// a section that was reopened back to the summary.
func TestBackFromSummary(t *testing.T) {
	t.Parallel()
	c, _ := ask(t, `
		...
		Give the real ones now: no
		What now: <
		Give the real ones now: no
		What now: supply chain
		supplyChain.signing: <
		What now: decision
		delivery.pinned: prod
		What now: write`, Options{Seed: Seed{URL: "https://github.com/acme/platform"}})
	if c.Spec.Environments[2].Reference != "pinned" {
		t.Errorf("%+v", c.Spec.Environments)
	}
}
