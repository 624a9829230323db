package gen_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/generate/flux"
	"github.com/penstock-dev/penstock/internal/generate/gen"
	"github.com/penstock-dev/penstock/internal/generate/tree"
	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/internal/testkit/goldentest"
	"github.com/penstock-dev/penstock/templates"
)

// workspace renders all repositories of a contract, at their places in a
// workspace.
func workspace(t testing.TB, c contract.Contract, source []byte) tree.Tree {
	t.Helper()
	g := generator(t, c, source)
	files := tree.Tree{}
	for _, target := range gen.Targets(c) {
		for p, f := range target1(t, g, target) {
			if err := files.Add(target.Dir()+"/"+p, f); err != nil {
				t.Fatal(err)
			}
		}
	}
	return files
}

// target1 renders one repository.
func target1(t testing.TB, g *gen.Generator, target gen.Target) tree.Tree {
	t.Helper()
	files := tree.Tree{}
	for _, u := range g.Units(target) {
		unit, err := u.Render()
		if err != nil {
			t.Fatal(err)
		}
		if err := files.Merge(unit.Files); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

func generator(t testing.TB, c contract.Contract, source []byte) *gen.Generator {
	t.Helper()
	files, err := flux.Files(model.Build(c), "", func(string, string) (tree.File, bool, error) {
		return tree.File{Data: components(c.Spec.Flux.Version, c.Spec.Flux.Namespace), Mode: tree.Regular}, true, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	g, err := gen.New(gen.Input{Contract: c, Source: source, Version: "dev", Flux: files}, templates.FS)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// parse reads a contract that must be without problems.
func parse(t testing.TB, name string, data []byte) contract.Contract {
	t.Helper()
	c, ds := contract.Parse(name, data)
	if len(ds) > 0 {
		t.Fatalf("%s", ds)
	}
	return c
}

// examples returns the contracts of all examples by name.
func examples(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("../../../examples/*/penstock.yaml")
	if err != nil || len(files) < 4 {
		t.Fatalf("examples: %v, %d files", err, len(files))
	}
	all := map[string][]byte{}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(filepath.Dir(f))] = data
	}
	return all
}

// TestGolden compares each example's workspace with golden/: content, modes,
// missing and extra files. What Penstock keeps about its last run is not in
// there: it repeats every file.
func TestGolden(t *testing.T) {
	all := examples(t)
	for name, data := range all {
		t.Run(name, func(t *testing.T) {
			goldentest.Tree(t, "../../../golden/"+name, workspace(t, parse(t, name, data), data))
		})
	}
	entries, err := os.ReadDir("../../../golden")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if all[e.Name()] == nil {
			t.Errorf("golden/%s: has no example", e.Name())
		}
	}
}

// TestGoldenIsInGit finds golden files that a .gitignore hides from Git.
func TestGoldenIsInGit(t *testing.T) {
	err := filepath.WalkDir("../../../golden", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == ".gitignore" && !strings.Contains(path, "/.penstock/") {
			t.Errorf("%s: can hide golden files from Git", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
