package gen_test

import (
	"maps"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/generate/gen"
	"github.com/penstock-dev/penstock/internal/generate/tree"
)

// renderAll renders every target of the quickstart with other templates.
func renderAll(t *testing.T, c contract.Contract, templates map[string]string, flux tree.Tree) error {
	t.Helper()
	fsys := fstest.MapFS{}
	for p, text := range templates {
		fsys[p] = &fstest.MapFile{Data: []byte(text)}
	}
	g, err := gen.New(gen.Input{Contract: c, Source: []byte("x\n"), Version: "test", Flux: flux}, fsys)
	if err != nil {
		return err
	}
	for _, target := range gen.Targets(c) {
		for _, u := range g.Units(target) {
			if _, err := u.Render(); err != nil {
				return err
			}
		}
	}
	return nil
}

// TestRefused: what must not be generated is an error, and names the place.
func TestRefused(t *testing.T) {
	t.Parallel()
	c := parse(t, "quickstart", examples(t)["quickstart"])
	for _, row := range []struct {
		says      string
		templates map[string]string
		flux      tree.Tree
	}{
		{"unit platform: penstock.yaml: written by two sources", map[string]string{"platform/penstock.yaml.tmpl": "x"}, nil},
		{"unit app: .penstock/contract.yaml: written by two sources", map[string]string{"app/.penstock/contract.yaml.tmpl": "x"}, nil},
		{"unit cluster/dev: clusters/dev/x.yaml: written by two sources", map[string]string{"platform/clusters/_cluster_/x.yaml.tmpl": "x"}, tree.Tree{"clusters/dev/x.yaml": {}}},
		{"leaves its folder", nil, tree.Tree{"clusters/dev/../../x.yaml": {}}},
		{"inside Git's own folder", nil, tree.Tree{"clusters/dev/.git/config": {}}},
		{`platform/a.md.tmpl:1: function "env" not defined`, map[string]string{"platform/a.md.tmpl": `<% env "HOME" %>`}, nil},
		{`"now" not defined`, map[string]string{"platform/a.md.tmpl": `<% now %>`}, nil},
		{"unit platform: a.md: template: ", map[string]string{"platform/a.md.tmpl": `<% .Nothing %>`}, nil},
		{"toYaml: ", map[string]string{"platform/a.yaml.tmpl": `<% toYaml .Envs %>`}, nil},
		{"partials/none.tmpl", map[string]string{"platform/a.yaml.tmpl": `<% include "none" . %>`}, nil},
		{"platform/a.md.tmpl:1: missing value for if", map[string]string{"platform/a.md.tmpl": `<% if %>`}, nil},
	} {
		if err := renderAll(t, c, row.templates, row.flux); err == nil || !strings.Contains(err.Error(), row.says) {
			t.Errorf("got %v, want %s", err, row.says)
		}
	}
	if err := renderAll(t, c, map[string]string{"platform/a.md.tmpl": "x"}, nil); err != nil {
		t.Error(err)
	}
}

// TestPaths: every path stays in its repository, also where letter case does
// not count and where a name cannot be both file and folder.
func TestPaths(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d delivery) {
		folders, lower := map[string]bool{}, map[string]string{}
		for p := range d.files {
			if err := tree.CheckPath(p); err != nil || path.Clean(p) != p {
				t.Errorf("%s: %v", p, err)
			}
			if other, ok := lower[strings.ToLower(p)]; ok {
				t.Errorf("%s and %s", p, other)
			}
			lower[strings.ToLower(p)] = p
			for dir := path.Dir(p); dir != "."; dir = path.Dir(dir) {
				folders[dir] = true
			}
		}
		for dir := range maps.Keys(folders) {
			if _, ok := d.files[dir]; ok {
				t.Errorf("%s is a file and a folder", dir)
			}
		}
	})
}
