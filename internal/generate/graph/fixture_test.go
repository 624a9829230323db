package graph

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/model"
)

func load(t *testing.T, path string) *model.Model {
	t.Helper()
	return parse(t, string(read(t, path)))
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func parse(t *testing.T, text string) *model.Model {
	t.Helper()
	c, ds := contract.Parse("penstock.yaml", []byte(text))
	for _, d := range ds {
		t.Error(d)
	}
	if t.Failed() {
		t.FailNow()
	}
	return model.Build(c)
}

// size says how many there are of each, and how long the names are at least.
type size struct {
	envs, clusters, teams, apps int
	name                        int
	star                        bool   // all environments are promoted from the first
	text                        string // reason of freeze windows, of which each environment has three
}

// fleet writes a contract of that size. The first app of every tenth team is
// delivered by Git.
func fleet(s size) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	name := func(kind string, i int) string {
		n := fmt.Sprintf("%s-%d", kind, i)
		return n + strings.Repeat("x", max(0, s.name-len(n)))
	}
	line("apiVersion: penstock.dev/v1alpha1\nkind: DeliveryContract\nmetadata: {name: fleet}\nspec:")
	line("  platform: {git: {url: https://github.com/fleet/platform}, owners: [\"@fleet/platform\"]}")
	line("  registry: {provider: zot, host: registry.fleet.example}")
	line("  environments:")
	for i := range s.envs {
		line("    - name: %s", name("env", i))
		line("      promotion:")
		line("        mode: approval")
		line("        approvers: [\"@fleet/%s\", \"@fleet/%s\"]", name("approver", 1), name("approver", 2))
		if s.star && i > 0 {
			line("        from: %s", name("env", 0))
		}
		if s.text != "" {
			line("        freeze:")
			for n := range 3 {
				line("          - {from: 2026-0%d-01T10:00:00Z, to: 2026-0%d-02T10:00:00Z, reason: %q}", n+1, n+1, s.text)
			}
		}
		line("      clusters:")
		for j := range s.clusters {
			line("        - name: %s", name(fmt.Sprintf("c%d", i), j))
		}
	}
	if s.teams > 0 {
		line("  teams:")
	}
	for i := range s.teams {
		line("    - name: %s\n      owners: [\"@fleet/%s\"]\n      apps:", name("team", i), name("team", i))
		for j := range s.apps {
			line("        - name: %s\n          git: {url: https://github.com/fleet/%s-%d}", name("app", j), name("app", j), i)
			if i%10 == 0 && j == 0 {
				line("          delivery: git")
			}
		}
	}
	return b.String()
}
