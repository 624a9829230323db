package table_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/registry/table"
	_ "github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

const madeUp = `apiVersion: penstock.dev/v1alpha1
kind: DeliveryContract
metadata: {name: acme}
spec:
  platform:
    git: {url: https://github.com/acme/platform}
    owners: ["@acme/platform"]
  registry: {provider: madeup, host: madeup.example, region: here}
  supplyChain: {signing: none}
  environments: [{name: dev}, {name: prod}]
  teams:
    - name: payments
      owners: ["@acme/payments"]
      apps: [{name: checkout, git: {url: https://github.com/acme/checkout}}]
`

// TestAddingAProvider adds one, as a commit would: a folder here, a folder of
// templates and a line of the table, and no other file. Then it has contract,
// model, setup, pipelines and documents.
func TestAddingAProvider(t *testing.T) {
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	row, err := os.ReadFile("table.go")
	if err != nil {
		t.Fatal(err)
	}
	added := strings.NewReplacer("\t\tzot.Provider(),\n", "\t\tzot.Provider(),\n\t\tmadeup.Provider(),\n", "internal/registry/zot\"\n", "internal/registry/zot\"\n\t\"github.com/penstock-dev/penstock/internal/registry/madeup\"\n").Replace(string(row))
	dir := t.TempDir()
	here := root + "/internal/registry/table/"
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{
		here + "table.go": dir + "/table.go",
		root + "/internal/registry/madeup/madeup.go":                   here + "testdata/madeup/madeup.go",
		root + "/templates/partials/registry/madeup/github-login.tmpl": here + "testdata/madeup/github-login.tmpl",
	}})
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"table.go": []byte(added), "overlay.json": overlay} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	program := filepath.Join(dir, "walk")
	if out, err := exec.Command("go", "build", "-overlay", dir+"/overlay.json", "-o", program, here+"testdata/walk/main.go").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, s := range []struct{ contract, shows string }{
		{madeUp, "providers [zot madeup ecr"},
		{madeUp, "AWS region (madeup, ecr)."},
		{madeUp, "Open an account for acme"},
		{madeUp, "Make delivery/releases/payments/checkout"},
		{madeUp, "run: madeup login madeup.example"},
		{madeUp, "madeup.example/delivery/channels/prod/payments/checkout"},
		{madeUp, "madeup, layout per-environment"},
		{strings.Replace(madeUp, ", region: here", ", location: here", 1), `write region instead`},
		{strings.Replace(madeUp, "region: here", "region: here, layout: single", 1), "but madeup cannot say who may move which tag"},
	} {
		cmd := exec.Command(program)
		cmd.Stdin = strings.NewReader(s.contract)
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), s.shows) {
			t.Errorf("%v: does not show %q:\n%.2000s", err, s.shows, out)
		}
	}
}

func TestEachProviderIsWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range table.All() {
		if p.Name == "" || seen[p.Name] || p.Words == "" || len(p.Layouts) == 0 || p.Hosts.Propose == nil || p.Setup.Platform == nil || p.Setup.App == nil || p.Hosts.Only && p.Hosts.Own == nil {
			t.Errorf("%q lacks something, or is there twice", p.Name)
		}
		seen[p.Name] = true
	}
}
