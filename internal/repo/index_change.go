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
	x.keepFlags(paths)
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
	x.entries = kept
	x.sort()
}

// keepFlags gives entries that replace others what the user told Git of those:
// that they are assumed unchanged, or not to be checked out.
func (x *index) keepFlags(paths map[string][]entry) {
	for _, was := range x.entries {
		now := paths[was.path]
		if len(now) != 1 || now[0].stage() != 0 || was.stage() != 0 {
			continue
		}
		now[0].setFlags(now[0].flags() | was.flags()&flagAssumed)
		if was.skipped() {
			now[0].skip()
		}
	}
}

// skip marks an entry as not to be checked out.
func (e *entry) skip() {
	e.setFlags(e.flags() | flagExtended)
	e.extended = binary.BigEndian.AppendUint16(nil, flagSkip)
}

// move renames a folder: all that the index has below it.
func (x *index) move(from, to string) {
	for i := range x.entries {
		e := &x.entries[i]
		if rest, ok := strings.CutPrefix(e.path, from+"/"); ok {
			e.path = to + "/" + rest
			e.setFlags(e.flags()&^maxName | uint16(min(len(e.path), maxName)))
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
	if slices.ContainsFunc(x.entries, func(e entry) bool { return e.extended != nil }) {
		x.version = max(x.version, 3)
	}
	if _, err := f.Write(x.encode()); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(lock, filepath.Join(r.gitDir, "index"))
}
