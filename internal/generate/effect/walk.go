package effect

import (
	"path"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/generate/plan"
	"github.com/penstock-dev/penstock/internal/generate/tree"
)

// trees are the platform repository's files before and after a run, as far as
// its plan knows them. A unit that did not change is in neither.
type trees struct {
	before, after map[string][]byte
	// loaded holds the folders that have a kustomization.yaml in one of them.
	loaded map[string]bool
	// same holds, by file, the documents that Flux applies before and after.
	same map[string]map[string]bool
	// parsed keeps what was read: most documents are on several clusters.
	parsed map[string]parsedObject
	listed map[string]listing
}

type parsedObject struct {
	object
	ok bool
}

type listing struct {
	paths []string
	rest  string
	ok    bool
}

func newTrees(p plan.Plan) trees {
	t := trees{
		before: map[string][]byte{}, after: map[string][]byte{}, loaded: map[string]bool{},
		same: map[string]map[string]bool{}, parsed: map[string]parsedObject{}, listed: map[string]listing{},
	}
	for _, c := range p.Changes {
		if f := current(c); f != nil {
			t.before[c.Path] = f.Data
		}
		if f := result(c); f != nil {
			t.after[c.Path] = f
		}
		if path.Base(c.Path) == "kustomization.yaml" {
			t.loaded[path.Dir(c.Path)] = true
		}
	}
	return t
}

// list reads a folder's kustomization.yaml.
func (t trees) list(dir string, data []byte) listing {
	key := dir + "\n" + string(data)
	l, ok := t.listed[key]
	if !ok {
		l.paths, l.rest, l.ok = resources(dir, data)
		t.listed[key] = l
	}
	return l
}

func (t trees) parse(doc string) (object, bool) {
	p, ok := t.parsed[doc]
	if !ok {
		p.object, p.ok = parse(doc)
		t.parsed[doc] = p
	}
	return p.object, p.ok
}

// unchanged returns the documents of a file that are in it before and after
// the run, when its folder lists it both times. They need not be parsed.
func (t trees) unchanged(file string) map[string]bool {
	if docs, ok := t.same[file]; ok {
		return docs
	}
	docs := map[string]bool{}
	t.same[file] = docs
	for _, files := range []map[string][]byte{t.before, t.after} {
		kustomization := files[path.Dir(file)+"/kustomization.yaml"]
		if files[file] == nil || !slices.Contains(t.list(path.Dir(file), kustomization).paths, file) {
			return docs
		}
	}
	was := map[string]bool{}
	for _, d := range documents(t.before[file]) {
		was[d] = true
	}
	for _, d := range documents(t.after[file]) {
		if was[d] {
			docs[d] = true
		}
	}
	return docs
}

// current is what a path holds before the run. Where a file stays that can't
// be read here, as in a sparse checkout, that is most likely what was generated.
func current(c plan.Change) *tree.File {
	if c.Current == nil && c.Action == plan.Keep {
		return c.Pristine
	}
	return c.Current
}

// result is what a path holds after the run, and once its conflicts are
// resolved; nil for nothing.
func result(c plan.Change) []byte {
	f := current(c)
	switch {
	case c.Action == plan.Conflict || c.Action == plan.Mark:
		f = c.Desired
	case c.Action.Writes():
		f = c.Result
	case c.Action == plan.Delete:
		f = nil
	}
	if f == nil {
		return nil
	}
	return f.Data
}

// walker collects what Flux applies on one cluster.
type walker struct {
	trees
	files   map[string][]byte
	objects map[Object]*object
	seen    map[string]bool
}

// applied returns what Flux applies from a cluster's folder on, by identity.
// What is the same before and after and leads nowhere is left out.
func (t trees) applied(files map[string][]byte, dir string) map[Object]*object {
	w := walker{trees: t, files: files, objects: map[Object]*object{}, seen: map[string]bool{}}
	w.folder(dir, nil)
	return w.objects
}

// folder reads what a folder's kustomization.yaml lists, as applied by by.
func (w *walker) folder(dir string, by *object) {
	data, ok := w.files[dir+"/kustomization.yaml"]
	if !ok || w.seen[dir] {
		return
	}
	w.seen[dir] = true
	list := w.list(dir, data)
	if !list.ok {
		return
	}
	if by != nil {
		by.rest += list.rest
	}
	for _, p := range list.paths {
		if data, ok := w.files[p]; ok {
			w.file(p, data, by)
		} else {
			w.folder(p, by)
		}
	}
	if by == nil {
		return
	}
	delete(w.seen, dir) // another Kustomization may build it, too: a base
}

func (w *walker) file(file string, data []byte, by *object) {
	same := w.unchanged(file)
	for _, doc := range documents(data) {
		if same[doc] && !w.leads(doc) {
			continue
		}
		o, ok := w.parse(doc)
		if !ok || w.objects[o.Object] != nil {
			continue
		}
		o.file, o.by = file, by
		w.objects[o.Object] = &o
		if dir := o.folder(); dir != "" {
			w.folder(dir, &o)
		}
	}
}

// leads reports whether a document names a folder that the plan knows. It is
// a quick look: most of a fleet's Kustomizations need not be parsed.
func (w *walker) leads(doc string) bool {
	for line := range strings.Lines(doc) {
		if dir, ok := strings.CutPrefix(strings.TrimSpace(line), "path:"); ok {
			if w.loaded[path.Clean(strings.Trim(dir, ` "'`))] {
				return true
			}
		}
	}
	return false
}
