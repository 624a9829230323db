package policytest

import (
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/generate/gen"
	"github.com/penstock-dev/penstock/internal/generate/tree"
	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/templates"
)

// workspace is what an example generates.
type workspace struct {
	model    *model.Model
	platform tree.Tree
	apps     map[gen.Target]tree.Tree
}

// eachExample runs the test on every example, and on the contracts of testdata
// that show what no example does.
func eachExample(t *testing.T, test func(*testing.T, workspace)) {
	t.Helper()
	files, err := filepath.Glob("../../../examples/*/penstock.yaml")
	more, err2 := filepath.Glob("testdata/*.yaml")
	if err != nil || err2 != nil || len(files) == 0 || len(more) == 0 {
		t.Fatalf("%d examples, %d contracts, %v, %v", len(files), len(more), err, err2)
	}
	for _, f := range append(files, more...) {
		t.Run(f, func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			test(t, generate(t, f, data))
		})
	}
}

func generate(t *testing.T, name string, data []byte) workspace {
	t.Helper()
	c, ds := contract.Parse(name, data)
	if len(ds) > 0 {
		t.Fatalf("%s", ds)
	}
	g, err := gen.New(gen.Input{Contract: c, Source: data, Version: "test"}, templates.FS)
	if err != nil {
		t.Fatal(err)
	}
	w := workspace{model: model.Build(c), apps: map[gen.Target]tree.Tree{}}
	for _, target := range gen.Targets(c) {
		files := tree.Tree{}
		for _, u := range g.Units(target) {
			unit, err := u.Render()
			if err != nil {
				t.Fatal(err)
			}
			for p, f := range unit.Files {
				if err := files.Add(p, f); err != nil {
					t.Fatal(err)
				}
			}
		}
		if target == (gen.Target{}) {
			w.platform = files
		} else {
			w.apps[target] = files
		}
	}
	return w
}

// build is "kustomize build" of a folder.
func build(t *testing.T, files tree.Tree, dir string) []*unstructured.Unstructured {
	t.Helper()
	fsys := filesys.MakeFsInMemory()
	for p, f := range files {
		if err := fsys.WriteFile("/"+p, f.Data); err != nil {
			t.Fatal(err)
		}
	}
	resources, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(fsys, path.Join("/", dir))
	if err != nil {
		t.Fatalf("%s: %v", dir, err)
	}
	var objects []*unstructured.Unstructured
	for _, r := range resources.Resources() {
		content, err := r.Map()
		if err != nil {
			t.Fatal(err)
		}
		objects = append(objects, &unstructured.Unstructured{Object: content})
	}
	return objects
}

// under lists the files in a folder, sorted.
func under(files tree.Tree, dir string) []string {
	var list []string
	for _, p := range files.Paths() {
		if strings.HasPrefix(p, dir+"/") {
			list = append(list, p)
		}
	}
	return list
}
