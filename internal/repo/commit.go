package repo

import (
	"cmp"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/penstock-dev/penstock/internal/repo/index"
)

// File is one file of a commit. Path is a slash path in the work tree; Data is
// what stands there. Committed is what "git add" would take of it.
type File struct {
	Path       string
	Data       []byte
	Executable bool
	// Removed is set when the file goes.
	Removed bool
}

// Folder is a folder that was renamed with all that is in it.
type Folder struct{ From, To string }

// Commit is what to commit.
type Commit struct {
	Message string
	// Branch is made and switched to; empty for the current one.
	Branch string
	// Folders are moved first; Files are at their paths after that.
	Folders []Folder
	Files   []File
	When    time.Time
}

// Commit commits the named files on top of HEAD and makes the index agree about
// them. Other changes, staged or not, stay what they are. It returns the
// commit's hash, or "" when HEAD has all of it already.
func (r *Repo) Commit(c Commit) (string, error) {
	hash := ""
	err := index.Change(r.gitDir, func(x *index.Index) error {
		to, err := r.destination(c.Branch)
		if err != nil {
			return err
		}
		if err := r.unfold(x, c.Files); err != nil {
			return err
		}
		a, err := r.attributes(x)
		if err != nil {
			return err
		}
		w := newWriter(r, a)
		before, after, err := r.trees(w, to.parent, c)
		if err != nil {
			return err
		}
		if before == after {
			return r.stage(x, c, w.hashes)
		}
		id, err := r.object(w, to.parent, after, c)
		if err != nil {
			return err
		}
		if err := w.close(); err != nil {
			return err
		}
		if err := r.stage(x, c, w.hashes); err != nil {
			return err
		}
		hash = id.String()
		return r.publish(to, id, c)
	})
	return hash, err
}

// object writes the commit.
func (r *Repo) object(w *writer, parent, root plumbing.Hash, c Commit) (plumbing.Hash, error) {
	author, err := r.signature("author", c.When)
	if err != nil {
		return plumbing.ZeroHash, err
	}
	committer, err := r.signature("committer", c.When)
	if err != nil {
		return plumbing.ZeroHash, err
	}
	o := &object.Commit{Author: author, Committer: committer, Message: strings.TrimRight(c.Message, "\n") + "\n", TreeHash: root}
	if parent != plumbing.ZeroHash {
		o.ParentHashes = []plumbing.Hash{parent}
	}
	enc := &plumbing.MemoryObject{}
	if err := o.Encode(enc); err != nil {
		return plumbing.ZeroHash, err
	}
	data, err := content(enc)
	if err != nil {
		return plumbing.ZeroHash, err
	}
	return w.put(plumbing.CommitObject, data)
}

func content(o *plumbing.MemoryObject) ([]byte, error) {
	r, err := o.Reader()
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// trees writes the blobs and trees, and returns the tree of the parent and the
// new one.
func (r *Repo) trees(w *writer, parent plumbing.Hash, c Commit) (before, after plumbing.Hash, err error) {
	var root []object.TreeEntry
	if parent != plumbing.ZeroHash {
		commit, err := r.git.CommitObject(parent)
		if err != nil {
			return before, after, fmt.Errorf("%s: commit %s: %w", r.root, parent, err)
		}
		before = commit.TreeHash
		if root, err = r.entries(w, before); err != nil {
			return before, after, err
		}
	}
	var edits []edit
	for _, f := range c.Folders {
		e, found, err := r.find(w, root, f.From)
		if err != nil {
			return before, after, err
		}
		if found {
			edits = append(edits, edit{path: f.From}, edit{path: f.To, entry: e})
		}
	}
	files, err := r.blobs(w, c.Files)
	if err != nil {
		return before, after, err
	}
	after = before
	for _, step := range [][]edit{edits, files} {
		slices.SortFunc(step, func(a, b edit) int { return cmp.Compare(a.path, b.path) })
		if after, _, err = r.tree(w, after, step, 0); err != nil {
			return before, after, err
		}
	}
	return before, after, nil
}

// edit is a path and what it holds in the new tree; an entry without a hash
// removes it.
type edit struct {
	path  string
	entry object.TreeEntry
}

func (r *Repo) blobs(w *writer, files []File) ([]edit, error) {
	edits := make([]edit, 0, len(files))
	for _, f := range files {
		e := edit{path: f.Path}
		if !f.Removed {
			hash, err := w.blob(f)
			if err != nil {
				return nil, err
			}
			e.entry.Hash, e.entry.Mode = hash, r.mode(w.from.index, f)
		}
		edits = append(edits, e)
	}
	return edits, nil
}

// tree writes a changed folder and returns its hash; empty is set when nothing
// is left in it. edits are sorted and begin at the folder, whose path is skip
// bytes long.
func (r *Repo) tree(w *writer, old plumbing.Hash, edits []edit, skip int) (hash plumbing.Hash, empty bool, err error) {
	var entries []object.TreeEntry
	if old != plumbing.ZeroHash {
		if entries, err = r.entries(w, old); err != nil {
			return hash, false, err
		}
	}
	at := make(map[string]int, len(entries))
	for i, e := range entries {
		at[e.Name] = i
	}
	changed := false
	for len(edits) > 0 {
		name, _, deeper := strings.Cut(edits[0].path[skip:], "/")
		n := 1
		if deeper {
			for n < len(edits) && strings.HasPrefix(edits[n].path[skip:], name+"/") {
				n++
			}
		}
		i, exists := at[name]
		e := edits[0].entry
		if deeper {
			if e, err = r.below(w, entries, i, exists, edits[:n], skip+len(name)+1); err != nil {
				return hash, false, err
			}
		}
		e.Name = name
		switch {
		case exists:
			changed = changed || entries[i] != e
			entries[i] = e
		case e.Hash != plumbing.ZeroHash:
			changed = true
			at[name] = len(entries)
			entries = append(entries, e)
		}
		edits = edits[n:]
	}
	if !changed {
		return old, len(entries) == 0, nil
	}
	entries = slices.DeleteFunc(entries, func(e object.TreeEntry) bool { return e.Hash == plumbing.ZeroHash })
	hash, err = w.tree(entries)
	return hash, len(entries) == 0, err
}

// below is the entry of a folder after the edits below it.
func (r *Repo) below(w *writer, entries []object.TreeEntry, i int, exists bool, edits []edit, skip int) (object.TreeEntry, error) {
	var old object.TreeEntry
	if exists {
		old = entries[i]
	}
	if !slices.ContainsFunc(edits, func(e edit) bool { return e.entry.Hash != plumbing.ZeroHash }) && old.Mode != dirMode {
		return old, nil // removed from a folder that is not there
	}
	base := old.Hash
	if old.Mode != dirMode {
		base = plumbing.ZeroHash // a file, a link or a submodule becomes a folder
	}
	hash, empty, err := r.tree(w, base, edits, skip)
	if err != nil || empty {
		return object.TreeEntry{}, err
	}
	return object.TreeEntry{Mode: dirMode, Hash: hash}, nil
}

// entries returns a copy of a tree's entries, also of one that is only about to
// be written.
func (r *Repo) entries(w *writer, tree plumbing.Hash) ([]object.TreeEntry, error) {
	if es, ok := w.trees[tree]; ok {
		return slices.Clone(es), nil
	}
	t, err := object.GetTree(r.git.Storer, tree)
	if err != nil {
		return nil, r.missing("folder", tree, err)
	}
	w.trees[tree] = t.Entries
	return slices.Clone(t.Entries), nil
}

// find returns the entry at a path of a tree.
func (r *Repo) find(w *writer, entries []object.TreeEntry, p string) (object.TreeEntry, bool, error) {
	name, rest, deeper := strings.Cut(path.Clean(p), "/")
	i := slices.IndexFunc(entries, func(e object.TreeEntry) bool { return e.Name == name })
	if i < 0 || deeper && entries[i].Mode != dirMode {
		return object.TreeEntry{}, false, nil
	}
	if !deeper {
		return entries[i], true, nil
	}
	below, err := r.entries(w, entries[i].Hash)
	if err != nil {
		return object.TreeEntry{}, false, err
	}
	return r.find(w, below, rest)
}
