package repo

import (
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// replace puts, for each path, the given entries in the place of all that the
// index has of it; none removes it. A path that becomes a folder, or was one,
// takes the entries that it can't stand beside along.
func (x *index) replace(paths map[string][]entry) {
	folders := map[string]bool{}
	for p, es := range paths {
		for dir := path.Dir(p); len(es) > 0 && dir != "."; dir = path.Dir(dir) {
			folders[dir] = true
		}
	}
	kept := make([]entry, 0, len(x.entries)+len(paths))
	for _, e := range x.entries {
		if _, ok := paths[e.path]; ok || folders[e.path] {
			continue
		}
		covered := false
		for dir := path.Dir(e.path); dir != "." && !covered; dir = path.Dir(dir) {
			covered = len(paths[dir]) > 0
		}
		if !covered {
			kept = append(kept, e)
		}
	}
	for _, es := range paths {
		kept = append(kept, es...)
	}
	slices.SortFunc(kept, func(a, b entry) int {
		if c := strings.Compare(a.path, b.path); c != 0 {
			return c
		}
		return a.stage() - b.stage()
	})
	x.entries = kept
}

// move renames a folder: all that the index has below it.
func (x *index) move(from, to string) {
	for i := range x.entries {
		e := &x.entries[i]
		if rest, ok := strings.CutPrefix(e.path, from+"/"); ok {
			e.path = to + "/" + rest
			flags := e.flags()&^maxName | uint16(min(len(e.path), maxName))
			binary.BigEndian.PutUint16(e.fixed[flagsAt:], flags)
		}
	}
}

// unmerged lists the paths that have a conflict.
func (x *index) unmerged() []string {
	var paths []string
	for _, e := range x.entries {
		if e.stage() > 0 && !slices.Contains(paths, e.path) {
			paths = append(paths, e.path)
		}
	}
	return paths
}

// changeIndex reads, changes and replaces the index under Git's own lock.
func (r *Repo) changeIndex(change func(*index) error) (err error) {
	lock := filepath.Join(r.gitDir, "index.lock")
	f, err := os.OpenFile(lock, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return errLocked(lock)
	}
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(lock)
		}
	}()
	defer f.Close()
	x, err := r.readIndex()
	if err != nil {
		return err
	}
	if err := change(x); err != nil {
		return err
	}
	if _, err := f.Write(x.encode()); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(lock, filepath.Join(r.gitDir, "index"))
}
