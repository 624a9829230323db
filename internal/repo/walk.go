package repo

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/penstock-dev/penstock/internal/model"
)

// step is a folder or file on the way to the files that are asked for.
type step struct {
	path  string // of a file that is asked for, else ""
	below map[string]*step
}

func (s *step) add(p string) {
	at := s
	for name := range strings.SplitSeq(p, "/") {
		if at.below == nil {
			at.below = map[string]*step{}
		}
		if at.below[name] == nil {
			at.below[name] = &step{}
		}
		at = at.below[name]
	}
	at.path = p
}

// sighting is a commit of the branch that changed a file.
type sighting struct {
	blob   plumbing.Hash // zero: it took the file away
	branch *object.Commit
	wrote  *object.Commit // nil where the history is cut
}

type entriesByName map[string]object.TreeEntry

type walk struct {
	repo  *Repo
	root  *step
	found map[string][]sighting // by path, newest first
	// now holds the trees of this commit and its parent: a parent's are looked at
	// again, as the next commit's.
	before, now map[plumbing.Hash]entriesByName
	shallow     []plumbing.Hash // commits whose parents the clone lacks
}

// run walks from the branch's newest commit to its first.
func (w *walk) run(tip plumbing.Hash) (cut bool, err error) {
	if w.shallow, err = w.repo.git.Storer.Shallow(); err != nil {
		return false, err
	}
	c, err := w.commit(tip)
	for err == nil {
		w.before, w.now = w.now, map[plumbing.Hash]entriesByName{}
		if slices.Contains(w.shallow, c.Hash) {
			return true, w.compare(c, nil, true)
		}
		var parent *object.Commit
		if c.NumParents() > 0 {
			if parent, err = w.commit(c.ParentHashes[0]); err != nil {
				return false, err
			}
		}
		if err = w.compare(c, parent, false); err != nil || parent == nil {
			return false, err
		}
		c = parent
	}
	return false, err
}

func (w *walk) commit(h plumbing.Hash) (*object.Commit, error) {
	c, err := w.repo.git.CommitObject(h)
	if err != nil {
		return nil, w.repo.missing("commit", h, err)
	}
	return c, nil
}

// missing names an object that cannot be read.
func (r *Repo) missing(kind string, h plumbing.Hash, err error) error {
	if errors.Is(err, plumbing.ErrObjectNotFound) {
		return fmt.Errorf("%s: the %s %s is missing in this clone; where it was made with --filter, get all with \"git -C %s fetch --refetch --no-filter\"%w",
			r.root, kind, h, model.ShellQuote(r.root), quiet{err})
	}
	return fmt.Errorf("%s: %s %s: %w", r.root, kind, h, err)
}

// quiet is a cause that is there for errors.Is and not for people.
type quiet struct{ error }

func (quiet) Error() string   { return "" }
func (q quiet) Unwrap() error { return q.error }

// compare notes the files that differ between a commit and its parent.
func (w *walk) compare(c, parent *object.Commit, cut bool) error {
	before := plumbing.ZeroHash
	if parent != nil {
		before = parent.TreeHash
	}
	return w.diff(w.root, c.TreeHash, before, func(p string, blob plumbing.Hash) error {
		s := sighting{blob: blob, branch: c}
		var err error
		if !cut {
			s.wrote, err = w.writer(c, p, blob)
		}
		w.found[p] = append(w.found[p], s)
		return err
	})
}

func (w *walk) diff(at *step, now, before plumbing.Hash, changed func(string, plumbing.Hash) error) error {
	if now == before {
		return nil
	}
	if at.path != "" {
		if err := changed(at.path, now); err != nil {
			return err
		}
	}
	if at.below == nil {
		return nil
	}
	is, err := w.entries(now)
	if err != nil {
		return err
	}
	was, err := w.entries(before)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(at.below)) {
		next := at.below[name]
		if err := w.diff(next, next.hash(is[name]), next.hash(was[name]), changed); err != nil {
			return err
		}
	}
	return nil
}

// hash is an entry's, if it is of the kind that the step is; else zero.
func (s *step) hash(e object.TreeEntry) plumbing.Hash {
	if (e.Mode == dirMode) != (s.below != nil) {
		return plumbing.ZeroHash
	}
	return e.Hash
}

func (w *walk) entries(tree plumbing.Hash) (entriesByName, error) {
	if tree == plumbing.ZeroHash {
		return nil, nil
	}
	es, ok := w.now[tree]
	if !ok {
		es, ok = w.before[tree]
	}
	if !ok {
		t, err := object.GetTree(w.repo.git.Storer, tree)
		if err != nil {
			return nil, w.repo.missing("tree", tree, err)
		}
		es = make(entriesByName, len(t.Entries))
		for _, e := range t.Entries {
			es[e.Name] = e
		}
	}
	w.now[tree] = es
	return es, nil
}

// writer finds the commit that wrote a version: the one itself or, where it is
// a merge, the first one of the merged line that has it.
func (w *walk) writer(c *object.Commit, p string, blob plumbing.Hash) (*object.Commit, error) {
	for {
		at, err := w.merged(c, p, blob)
		if err != nil || at == nil {
			return c, err
		}
		if c, err = w.first(at, p, blob); err != nil {
			return nil, err
		}
	}
}

// merged returns the parent that a merge took the version from, or nil.
func (w *walk) merged(c *object.Commit, p string, blob plumbing.Hash) (*object.Commit, error) {
	for n := 1; n < c.NumParents(); n++ {
		at, err := w.commit(c.ParentHashes[n])
		if err != nil {
			return nil, err
		}
		if has, err := w.has(at, p, blob); err != nil || has {
			return at, err
		}
	}
	return nil, nil
}

// first goes back while the version is the same.
func (w *walk) first(c *object.Commit, p string, blob plumbing.Hash) (*object.Commit, error) {
	for c.NumParents() > 0 && !slices.Contains(w.shallow, c.Hash) {
		parent, err := w.commit(c.ParentHashes[0])
		if err != nil {
			return nil, err
		}
		if has, err := w.has(parent, p, blob); err != nil || !has {
			return c, err
		}
		c = parent
	}
	return c, nil
}

func (w *walk) has(c *object.Commit, p string, blob plumbing.Hash) (bool, error) {
	e, err := w.repo.lookup(c.TreeHash, p)
	if e.Mode == dirMode {
		e.Hash = plumbing.ZeroHash
	}
	return err == nil && e.Hash == blob, err
}
