package table_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/forge/table"
	_ "github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

const madeUp = `apiVersion: penstock.dev/v1alpha1
kind: DeliveryContract
metadata: {name: acme}
spec:
  platform:
    git: {url: https://madeup.example/acme/platform}
    owners: ["@acme/platform"]
  registry: {provider: harbor, host: harbor.acme.example, project: delivery}
  supplyChain: {signing: none}
  environments: [{name: dev, clusters: [{name: dev, webhook: "https://dev.example"}]}, {name: prod}]
  teams:
    - name: payments
      owners: ["@acme/payments"]
      apps: [{name: checkout, git: {url: https://madeup.example/acme/checkout}}]
`

// TestAddingAForge adds one, as a commit would: a folder here, its templates and
// a line of the table, and no other file. Then it has contract, model, setup,
// pipelines and documents.
func TestAddingAForge(t *testing.T) {
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := os.ReadFile("table.go")
	if err != nil {
		t.Fatal(err)
	}
	added := strings.NewReplacer("\t\tgitlab.Forge(),\n", "\t\tgitlab.Forge(),\n\t\tmadeup.Forge(),\n",
		"internal/forge/gitlab\"\n", "internal/forge/gitlab\"\n\t\"github.com/penstock-dev/penstock/internal/forge/madeup\"\n").Replace(string(rows))
	dir := t.TempDir()
	here := root + "/internal/forge/table/"
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{
		here + "table.go":                                 dir + "/table.go",
		root + "/internal/forge/madeup/madeup.go":         here + "testdata/madeup/madeup.go",
		root + "/templates/partials/madeup/login.tmpl":    here + "testdata/madeup/login.tmpl",
		root + "/templates/platform/.madeup/run.yml.tmpl": here + "testdata/madeup/run.yml.tmpl",
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
	walk := root + "/internal/registry/table/testdata/walk/main.go"
	if out, err := exec.Command("go", "build", "-overlay", dir+"/overlay.json", "-o", program, walk).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, s := range []struct{ contract, shows string }{
		{madeUp, "Ask for runners for acme/platform"},
		{madeUp, "Lock acme/checkout"},
		{madeUp, "madeup set REGISTRY_PASSWORD for publish"},
		{madeUp, "runner: \"made up by acme\"\nlog-in: harbor.acme.example"},
		{madeUp, "issuerURL: https://madeup.example/tokens"},
		{madeUp, "claims.of == 'acme/checkout'"},
		{madeUp, "madeup run rollback prod"},
		{madeUp, "/.madeup/apps.txt merge=union"},
		{madeUp, "https://madeup.example/acme/platform/read/main/"},
		{madeUp, "runs are made up"},
		{madeUp, "by Made-up Runs"},
		{strings.Replace(madeUp, "platform}", "platform, provider: other}", 1), "write github, gitlab or madeup"},
		{strings.Replace(madeUp, "  supplyChain", "  ci: {provider: gitlab-ci}\n  supplyChain", 1), "write madeup-runs"},
		{strings.Replace(madeUp, "https://madeup", "https://code", 1), "nor a Made-up host"},
	} {
		cmd := exec.Command(program)
		cmd.Stdin = strings.NewReader(s.contract)
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), s.shows) {
			t.Errorf("%v: does not show %q:\n%.3000s", err, s.shows, out)
		}
	}
}

func TestEachForgeIsWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range table.All() {
		if f.Name == "" || seen[f.Name] || seen[f.CI] || f.CI == "" || f.Title == "" || f.Owners == "" || f.Files == "" || len(f.Hosts) == 0 || f.Tokens.Start == "" || f.Tokens.Whole == "" ||
			f.Commands.Create == nil || f.Commands.Propose == nil || f.Commands.Operate == nil || f.SignsPerEnv != (f.Tokened.Promoter != nil) || f.SignsPerEnv != (f.Commands.Start != nil) {
			t.Errorf("%q lacks something, or is there twice", f.Name)
		}
		seen[f.Name], seen[f.CI] = true, true
	}
}
