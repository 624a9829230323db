package gen_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/internal/generate/gen"
	"github.com/penstock-dev/penstock/internal/generate/tree"
	"github.com/penstock-dev/penstock/templates"
)

const renamed = `
apiVersion: penstock.dev/v1alpha1
kind: DeliveryContract
metadata: {name: acme}
spec:
  platform:
    git: {url: https://github.com/acme/platform}
    owners: ["@acme/platform"]
  registry: {provider: zot, host: registry.acme.example}
  environments:
    - {name: dev}
    - {name: live, formerly: prod, clusters: [{name: eu, formerly: europe}]}
  teams:
    - name: billing
      formerly: payments
      owners: ["@acme/payments"]
      apps:
        - {name: cart, formerly: checkout, git: {url: https://github.com/acme/checkout}}
        - {name: ledger, git: {url: https://github.com/acme/ledger}}
    - name: other
      owners: ["@acme/other"]
`

func TestMoves(t *testing.T) {
	t.Parallel()
	c := parse(t, "renamed", []byte(renamed))
	g, err := gen.New(gen.Input{Contract: c, Source: []byte(renamed), Flux: tree.Tree{
		"clusters/eu/flux-system/gotk-sync.yaml": {}, "clusters/dev/flux-system/gotk-sync.yaml": {},
	}}, templates.FS)
	if err != nil {
		t.Fatal(err)
	}
	platform := g.Moves(gen.Target{})
	for was, want := range map[string]string{
		"clusters/europe/tenants.yaml":               "clusters/eu/tenants.yaml",
		"clusters/europe/flux-system/gotk-sync.yaml": "clusters/eu/flux-system/gotk-sync.yaml",
		"tenants/payments/base/namespace.yaml":       "tenants/billing/base/namespace.yaml",
		"tenants/payments/dev/kustomization.yaml":    "tenants/billing/dev/kustomization.yaml",
		"tenants/payments/prod/checkout.yaml":        "tenants/billing/live/cart.yaml",
		"tenants/payments/live/checkout.yaml":        "tenants/billing/live/cart.yaml",
		"tenants/billing/prod/cart.yaml":             "tenants/billing/live/cart.yaml",
		"tenants/payments/dev/ledger.yaml":           "tenants/billing/dev/ledger.yaml",
		"tenants/other/prod/kustomization.yaml":      "tenants/other/live/kustomization.yaml",
		"clusters/dev/tenants.yaml":                  "",
		"tenants/other/dev/kustomization.yaml":       "",
		"README.md":                                  "",
	} {
		if got := platform[was]; got != want {
			t.Errorf("%s moves to %q, want %q", was, got, want)
		}
	}
	for was, is := range platform {
		if strings.Contains(is, "payments") || strings.Contains(is, "europe") || strings.Contains(is, "prod/") {
			t.Errorf("%s moves to the former name %s", was, is)
		}
	}
	app := map[string]string{"deploy/overlays/prod/kustomization.yaml": "deploy/overlays/live/kustomization.yaml"}
	if diff := cmp.Diff(app, g.Moves(gen.Target{Team: "billing", App: "cart"})); diff != "" {
		t.Error(diff)
	}
	dirs := map[gen.Target][]string{
		{Team: "billing", App: "cart"}:   {"apps/billing/checkout", "apps/payments/cart", "apps/payments/checkout"},
		{Team: "billing", App: "ledger"}: {"apps/payments/ledger"},
	}
	if diff := cmp.Diff(dirs, gen.FormerDirs(c)); diff != "" {
		t.Error(diff)
	}
}
