package gen_test

import (
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/generate/gen"
	"github.com/penstock-dev/penstock/internal/generate/tree"
	"github.com/penstock-dev/penstock/internal/registry/table"
	"github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

// TestRegistryPolicies renders registry/ of a small platform at every provider.
func TestRegistryPolicies(t *testing.T) {
	t.Parallel()
	const base = `apiVersion: penstock.dev/v1alpha1
kind: DeliveryContract
metadata: {name: acme}
spec:
  platform:
    git: {url: https://github.com/acme/platform}
    owners: ["@acme/platform"]
  registry: {REGISTRY}
  supplyChain: {signing: none}
  environments:
    - name: dev
    - name: prod
      promotion: {mode: approval, approvers: ["@acme/release-managers"]}
  teams:
    - name: payments
      owners: ["@acme/payments"]
      apps:
        - name: checkout
          git: {url: https://github.com/acme/checkout}
`
	at := map[string]string{
		"zot": "host: registry.acme.example", "ecr": "host: 111122223333.dkr.ecr.eu-west-1.amazonaws.com, account: \"111122223333\", region: eu-west-1",
		"ghcr": "host: ghcr.io, prefix: acme", "gar": "host: europe-west1-docker.pkg.dev, project: acme, location: europe-west1",
		"acr":    "host: acme.azurecr.io, subscription: 11111111-2222-3333-4444-555555555555, resourceGroup: delivery",
		"harbor": "host: harbor.acme.example, project: acme", "gitlab": "host: registry.gitlab.com, project: acme/delivery",
	}
	render := func(provider, fields string) tree.Tree {
		data := []byte(strings.Replace(base, "REGISTRY", "provider: "+provider+", "+fields, 1))
		files := target1(t, generator(t, parse(t, provider, data), data), gen.Target{})
		kept := tree.Tree{}
		for p, f := range files {
			if rest, ok := strings.CutPrefix(p, gen.PolicyDir+"/"); ok {
				kept[rest] = f
			}
		}
		return kept
	}
	for _, p := range table.All() {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			files := render(p.Name, at[p.Name])
			if len(files) < 2 {
				t.Fatalf("%d files", len(files))
			}
			goldentest.Tree(t, "testdata/registry/"+p.Name, files)
			if !p.Counts {
				return
			}
			counted := render(p.Name, at[p.Name]+", retention: {releases: 50}")
			same := true
			for name, f := range files {
				same = same && (name == "README.md" || string(counted[name].Data) == string(f.Data))
			}
			if same {
				t.Error("a count of releases changes no policy file")
			}
		})
	}
}
