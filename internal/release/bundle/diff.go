package bundle

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"github.com/penstock-dev/penstock/internal/generate/tree"
)

// What became of a file or an object.
const (
	Added   = "added"
	Removed = "removed"
	Changed = "changed"
)

// Change is one file or object in which two bundles differ.
type Change struct {
	Name   string `json:"name"` // a file's path, or Kind/name
	Action string `json:"action"`
	// Diff is unified; for files it is empty.
	Diff string `json:"diff,omitempty"`
}

// Comparison is how two bundles differ for one environment.
type Comparison struct {
	Files   []Change `json:"files"`   // by path, without bundle.json
	Objects []Change `json:"objects"` // of the rendered overlay, by name
}

// Same reports whether nothing differs.
func (c Comparison) Same() bool { return len(c.Files) == 0 && len(c.Objects) == 0 }

// Compare says what changes in an environment that goes from bundle a to b. A
// bundle without that environment counts as one without objects.
func Compare(a, b Bundle, env string) (Comparison, error) {
	c := Comparison{Files: compareFiles(a.Files, b.Files), Objects: []Change{}}
	from, err := a.objects(env)
	if err != nil {
		return c, err
	}
	to, err := b.objects(env)
	if err != nil {
		return c, err
	}
	for _, name := range union(from, to) {
		old, was := from[name]
		text, is := to[name]
		if old == text {
			continue
		}
		left, right := "a/"+name, "b/"+name
		if !was {
			left = "/dev/null"
		}
		if !is {
			right = "/dev/null"
		}
		c.Objects = append(c.Objects, Change{name, action(was, is), udiff.Unified(left, right, old, text)})
	}
	return c, nil
}

func compareFiles(a, b tree.Tree) []Change {
	list := []Change{}
	for _, p := range union(a, b) {
		from, was := a[p]
		to, is := b[p]
		if p != ContentsFile && (!was || !is || !from.Equal(to)) {
			list = append(list, Change{Name: p, Action: action(was, is)})
		}
	}
	return list
}

func action(was, is bool) string {
	switch {
	case !was:
		return Added
	case !is:
		return Removed
	default:
		return Changed
	}
}

func union[V any](a, b map[string]V) []string {
	all := map[string]bool{}
	for k := range a {
		all[k] = true
	}
	for k := range b {
		all[k] = true
	}
	return slices.Sorted(maps.Keys(all))
}

// Render builds the overlay of an environment and returns it as YAML. Flux adds
// namespace and labels after that.
func (b Bundle) Render(env string) (string, error) {
	objects, err := b.objects(env)
	if err != nil {
		return "", err
	}
	texts := make([]string, 0, len(objects))
	for _, name := range slices.Sorted(maps.Keys(objects)) {
		texts = append(texts, objects[name])
	}
	return strings.Join(texts, "---\n"), nil
}

// objects returns the YAML of each object of an overlay by Kind/name, with the
// namespace where there is one.
func (b Bundle) objects(env string) (map[string]string, error) {
	texts := map[string]string{}
	if _, ok := kustomization(b.Files, overlayOf(env)); !ok {
		return texts, nil
	}
	overlays, err := newBuilder(b.Files)
	if err != nil {
		return nil, err
	}
	// A bundle from a registry need not be one of ours: no step may reach the network.
	if ds := (Source{Files: b.Files}).checkReferences(); len(ds) > 0 {
		return nil, fmt.Errorf("%s: does not build:\n%s", overlayOf(env), bytes.TrimSpace([]byte(ds.String())))
	}
	objects, err := overlays.build(overlayOf(env))
	if err != nil {
		return nil, fmt.Errorf("%s: does not build: %s", overlayOf(env), kustomizeProblem(err))
	}
	for _, r := range objects.Resources() {
		text, err := r.AsYAML()
		if err != nil {
			return nil, err
		}
		name := r.GetKind() + "/" + r.GetName()
		if ns := r.GetNamespace(); ns != "" {
			name = r.GetKind() + "/" + ns + "/" + r.GetName()
		}
		texts[name] += string(text) // two groups can have one kind
	}
	return texts, nil
}
