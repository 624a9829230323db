package gen_test

import (
	"path"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/generate/tree"
	"github.com/penstock-dev/penstock/internal/model"
)

// delivery is a contract with the workspace that is generated from it.
type delivery struct {
	name  string
	m     *model.Model
	c     contract.Contract
	files tree.Tree
}

func deliver(t testing.TB, name string, source []byte) delivery {
	t.Helper()
	c := parse(t, name, source)
	return delivery{name: name, m: model.Build(c), c: c, files: workspace(t, c, source)}
}

// below returns the files below a folder, by their path from there.
func (d delivery) below(dir string) tree.Tree {
	files := tree.Tree{}
	for p, f := range d.files {
		if rest, ok := strings.CutPrefix(p, dir+"/"); ok {
			files[rest] = f
		}
	}
	return files
}

// disk puts files where kustomize can read them and returns their root. In
// memory kustomize refuses some names that it takes on a disk.
func disk(t testing.TB, files tree.Tree) root {
	t.Helper()
	r := root{filesys.MakeFsInMemory(), "/"}
	for p := range files {
		if strings.Contains(p, "@") || strings.Contains(p, "..") {
			r = root{filesys.MakeFsOnDisk(), t.TempDir()}
		}
	}
	for p, f := range files {
		file := path.Join(r.dir, p)
		if err := r.fs.MkdirAll(path.Dir(file)); err != nil {
			t.Fatal(err)
		}
		if err := r.fs.WriteFile(file, f.Data); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

type root struct {
	fs  filesys.FileSystem
	dir string
}

// build runs kustomize as Flux does: nothing outside of the folders that it
// names is read.
func build(t testing.TB, r root, dir string) []object {
	t.Helper()
	if !r.fs.Exists(path.Join(r.dir, dir, "kustomization.yaml")) {
		t.Errorf("%s: has no kustomization.yaml", dir)
		return nil
	}
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(r.fs, path.Join(r.dir, dir))
	if err != nil {
		t.Errorf("%s: %v", dir, err)
		return nil
	}
	data, err := built.AsYaml()
	if err != nil {
		t.Fatalf("%s: %v", dir, err)
	}
	return objects(t, dir, data)
}

// applied returns what Flux applies on each cluster: it starts where the sync
// objects point and follows every Kustomization to the folder that it names.
func (d delivery) applied(t testing.TB) map[string][]object {
	t.Helper()
	b := builder{d: d, disks: map[string]root{"platform": disk(t, d.below("platform"))}, done: map[string][]object{}}
	clusters := map[string][]object{}
	for _, c := range d.m.Clusters {
		clusters[c.Name] = b.follow(t, "platform", "clusters/"+c.Name)
	}
	return clusters
}

type builder struct {
	d     delivery
	disks map[string]root
	done  map[string][]object // by repository and folder
}

func (b builder) follow(t testing.TB, repo, dir string) []object {
	t.Helper()
	key := repo + " " + path.Clean(dir)
	if list, ok := b.done[key]; ok {
		return list
	}
	all := build(t, b.disks[repo], dir)
	b.done[key] = all
	for _, ks := range all {
		if !strings.HasPrefix(ks.text("apiVersion"), "kustomize.toolkit.fluxcd.io/") || ks.name() == "flux-system" {
			continue
		}
		for _, o := range b.follow(t, b.source(t, ks), ks.text("spec", "path")) {
			if ns := ks.text("spec", "targetNamespace"); ns != "" && o.namespace() == "" {
				o.raw["metadata"].(map[string]any)["namespace"] = ns
			}
			all = append(all, o)
		}
	}
	b.done[key] = all
	return all
}

// source returns the repository that a Kustomization builds from. A bundle's
// root is the app's deploy folder; with Git it is the repository.
func (b builder) source(t testing.TB, ks object) string {
	t.Helper()
	if ks.namespace() == b.d.m.Flux.Namespace {
		return "platform"
	}
	app := findApp(t, b.d.m, ks.namespace(), ks.text("spec", "sourceRef", "name"))
	repo := "apps/" + app.Team.Name + "/" + app.Name
	if app.OCI {
		repo += "/" + app.Path
	}
	if _, ok := b.disks[repo]; !ok {
		b.disks[repo] = disk(t, b.d.below(repo))
	}
	return repo
}

func findApp(t testing.TB, m *model.Model, team, name string) *model.App {
	t.Helper()
	for _, a := range m.Apps() {
		if a.Team.Name == team && a.Name == name {
			return a
		}
	}
	t.Fatalf("no app %s/%s", team, name)
	return nil
}
