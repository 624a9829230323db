package bundle

import (
	"fmt"
	slashpath "path"
	"strings"
	"sync"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/penstock-dev/penstock/internal/generate/tree"
)

// building is held while kustomize builds: it keeps schemas in global
// variables, so that two builds at once can panic. Flux does the same.
var building sync.Mutex //nolint:gochecknoglobals // guards kustomize's own global variables

// overlayOf is the folder of an environment in a bundle.
func overlayOf(env string) string { return "overlays/" + env }

// builder builds overlays of one bundle, in memory.
type builder struct{ fs filesys.FileSystem }

func newBuilder(files tree.Tree) (builder, error) {
	fs := filesys.MakeFsInMemory()
	for _, p := range files.Paths() {
		if err := fs.WriteFile("/"+p, files[p].Data); err != nil {
			return builder{}, fmt.Errorf("%s: %w", p, err)
		}
	}
	return builder{fs}, nil
}

// build runs kustomize as Flux does, without plugins and Helm.
func (b builder) build(dir string) (objects resmap.ResMap, err error) {
	building.Lock()
	defer building.Unlock()
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("kustomize stopped: %v", r)
		}
	}()
	return krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(b.fs, "/"+dir)
}

// kustomizeProblem shortens what kustomize says: each step of its way down
// repeats the message.
func kustomizeProblem(err error) string {
	text := err.Error()
	if i := strings.LastIndex(text, "invalid Kustomization: "); i >= 0 {
		text = text[i:]
	}
	return strings.ReplaceAll(text, "'/", "'")
}

// kustomization returns the path of a folder's kustomization; ok is false when
// there is none.
func kustomization(files tree.Tree, dir string) (path string, ok bool) {
	for _, name := range kustomizationNames() {
		path = slashpath.Join(dir, name)
		if _, ok = files[path]; ok {
			return path, true
		}
	}
	return "", false
}
