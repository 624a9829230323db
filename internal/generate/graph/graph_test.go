package graph

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

// formats prints a Graph in every format, by file ending.
func formats(g Graph) map[string]string {
	return map[string]string{"mmd": g.Mermaid(), "dot": g.DOT(), "svg": g.SVG()}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	models := map[string]*model.Model{
		"quickstart":  load(t, "../../../examples/quickstart/penstock.yaml"),
		"shop-aws":    load(t, "../../../examples/shop-aws/penstock.yaml"),
		"bank-gitlab": load(t, "../../../examples/bank-gitlab/penstock.yaml"),
		"tree":        load(t, "testdata/tree.yaml"),
		"hostile":     load(t, "testdata/hostile.yaml"),
		"only-git":    parse(t, fleet(size{envs: 2, clusters: 1, teams: 1, apps: 1})),
		"fleet":       parse(t, fleet(size{envs: 3, clusters: 2, teams: 1000, apps: 3})),
		"steps":       parse(t, fleet(size{envs: 40, clusters: 1, teams: 1, apps: 2})),
	}
	for name, m := range models {
		for ending, text := range formats(Build(m)) {
			goldentest.File(t, filepath.Join("testdata", name+"."+ending), []byte(text))
		}
	}
}

// Each environment, cluster, team and app is there as long as there are not
// too many.
func TestComplete(t *testing.T) {
	t.Parallel()
	m := load(t, "../../../examples/bank-gitlab/penstock.yaml")
	for ending, text := range formats(Build(m)) {
		var want []string
		for _, e := range m.Envs {
			want = append(want, e.Name)
		}
		for _, c := range m.Clusters {
			want = append(want, c.Name)
		}
		for _, team := range m.Teams {
			want = append(want, team.Name)
			for _, a := range team.Apps {
				want = append(want, a.Name)
			}
		}
		want = append(want, "merge request", "platform/release", "risk/change-board", "pinned in Git", "harbor.bank.example")
		if ending == "svg" {
			want = slices.DeleteFunc(want, func(s string) bool { return s == "merge request" })
		}
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: %q is missing", ending, w)
			}
		}
	}
}

// Each environment and cluster is in the pattern, and no team or app.
func TestPattern(t *testing.T) {
	t.Parallel()
	m := load(t, "../../../examples/bank-gitlab/penstock.yaml")
	text := Pattern(m)
	for _, e := range m.Envs {
		if !strings.Contains(text, `["`+e.Name+"<br/>") {
			t.Errorf("environment %s is missing", e.Name)
		}
		for _, c := range e.Clusters {
			if n := strings.Count(text, " on_"+ident(c.Name)+"[") + strings.Count(text, "at_"+ident(e.Name)+` -->|"Flux"| on_`+ident(c.Name)+"\n"); n != 2 {
				t.Errorf("cluster %s is not once in its environment and once in the box of all", c.Name)
			}
		}
	}
	for _, team := range m.Teams {
		if strings.Contains(text, team.Name) {
			t.Errorf("team %s is in the pattern", team.Name)
		}
	}
}

func TestSummary(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		size size
		note string
	}{
		{"one app", size{envs: 3, clusters: 1, teams: 1, apps: 1}, ""},
		{"as many apps as can be drawn", size{envs: 4, clusters: 6, teams: 24, apps: 1}, ""},
		{"by team", size{envs: 3, clusters: 1, teams: 20, apps: 3}, "apps are counted by team"},
		{"overall", size{envs: 3, clusters: 1, teams: 100, apps: 3}, "teams and apps are counted"},
		{"many environments", size{envs: 100, clusters: 1, teams: 1, apps: 1}, "environments are counted by step"},
		{"many of the same step", size{envs: 100, clusters: 1, teams: 1, apps: 1, star: true}, "environments are counted by step"},
	} {
		g := Build(parse(t, fleet(c.size)))
		if (g.note == "") != (c.note == "") || !strings.Contains(g.note, c.note) {
			t.Errorf("%s: the note is %q, not %q", c.name, g.note, c.note)
		}
		for ending, text := range formats(g) {
			if !strings.Contains(text, c.note) {
				t.Errorf("%s: %s does not say that it is summarised", c.name, ending)
			}
		}
	}
}

// Mermaid's own defaults are 50,000 characters and 500 edges.
func TestMermaidLimits(t *testing.T) {
	t.Parallel()
	hostile := strings.Repeat("<&>\"", 100)
	for _, s := range []size{
		{envs: 3, clusters: 1, teams: 1000, apps: 3},
		{envs: 12, clusters: 50, teams: 8, apps: 1, name: 40, text: hostile},
		{envs: 4, clusters: 50, teams: 24, apps: 1, name: 40, text: hostile},
		{envs: 12, clusters: 50, teams: 90, apps: 1, name: 40, text: hostile},
		{envs: 200, clusters: 7, teams: 24, apps: 24, name: 40, text: hostile},
		{envs: 200, clusters: 7, teams: 4, apps: 2, name: 40, text: hostile, star: true},
	} {
		m := parse(t, fleet(s))
		g, p := Build(m), Pattern(m)
		if len(p) > 50000 || strings.Count(p, "-->") > 500 {
			t.Errorf("%+v: the pattern has %d bytes", s, len(p))
		}
		if n := len(g.Mermaid()); n > 50000 {
			t.Errorf("%+v: %d bytes", s, n)
		}
		if n := len(g.diagram().edges); n > 500 {
			t.Errorf("%+v: %d edges", s, n)
		}
	}
}

func TestOrderHasNoMeaning(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"../../../examples/shop-aws/penstock.yaml", "testdata/hostile.yaml"} {
		want := formats(Build(load(t, path)))
		for ending, got := range formats(Build(shuffled(t, path))) {
			if got != want[ending] {
				t.Errorf("%s: %s depends on the order of lists", path, ending)
			}
		}
	}
}

// shuffled reverses the lists whose order has no meaning.
func shuffled(t *testing.T, path string) *model.Model {
	t.Helper()
	c, ds := contract.Parse(path, read(t, path))
	if len(ds) > 0 {
		t.Fatal(ds)
	}
	s := &c.Spec
	slices.Reverse(s.Platform.Owners)
	slices.Reverse(s.Teams)
	for i := range s.Teams {
		slices.Reverse(s.Teams[i].Apps)
		for j := range s.Teams[i].Apps {
			slices.Reverse(s.Teams[i].Apps[j].Environments)
		}
	}
	for i := range s.Environments {
		slices.Reverse(s.Environments[i].Clusters)
		slices.Reverse(s.Environments[i].Promotion.Approvers)
		slices.Reverse(s.Environments[i].Promotion.Freeze)
	}
	return model.Build(c)
}
