package index

import (
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Replace puts, for each path, the given entries in the place of all that the
// index has of it; none removes it. A path that becomes a folder, or was one,
// takes the entries that it can't stand beside along.
func (x *Index) Replace(paths map[string][]Entry) {
	x.keepFlags(paths)
	folders := map[string]bool{}
	for p, es := range paths {
		for dir := path.Dir(p); len(es) > 0 && dir != "."; dir = path.Dir(dir) {
			folders[dir] = true
		}
	}
	kept := make([]Entry, 0, len(x.Entries)+len(paths))
	for _, e := range x.Entries {
		if _, ok := paths[e.Path]; ok || folders[e.Path] {
			continue
		}
		covered := false
		for dir := path.Dir(e.Path); dir != "." && !covered; dir = path.Dir(dir) {
			covered = len(paths[dir]) > 0
		}
		if !covered {
			kept = append(kept, e)
		}
	}
	for _, es := range paths {
		kept = append(kept, es...)
	}
	x.Entries = kept
	x.sort()
}

// keepFlags gives entries that replace others what the user told Git of those:
// that they are assumed unchanged, or not to be checked out.
func (x *Index) keepFlags(paths map[string][]Entry) {
	for _, was := range x.Entries {
		now := paths[was.Path]
		if len(now) != 1 || now[0].Stage() != 0 || was.Stage() != 0 {
			continue
		}
		now[0].setFlags(now[0].flags() | was.flags()&flagAssumed)
		if was.Skipped() {
			now[0].Skip()
		}
	}
}

// Skip marks an entry as not to be checked out.
func (e *Entry) Skip() {
	e.setFlags(e.flags() | flagExtended)
	e.extended = binary.BigEndian.AppendUint16(nil, flagSkip)
}

// Move renames a folder: all that the index has below it.
func (x *Index) Move(from, to string) {
	for i := range x.Entries {
		e := &x.Entries[i]
		if rest, ok := strings.CutPrefix(e.Path, from+"/"); ok {
			e.Path = to + "/" + rest
			e.setFlags(e.flags()&^maxName | uint16(min(len(e.Path), maxName)))
		}
	}
}

// Unfold puts, in a sparse index, what list says is in a folder, one level of
// it, in the place of each folder that is chosen; none of it is checked out.
func (x *Index) Unfold(chosen func(Entry) bool, list func(Entry) ([]Entry, error)) error {
	for {
		i := slices.IndexFunc(x.Entries, func(e Entry) bool { return e.Folder() && chosen(e) })
		if i < 0 {
			return nil
		}
		files, err := list(x.Entries[i])
		if err != nil {
			return err
		}
		for n := range files {
			files[n].Skip()
		}
		x.Entries = slices.Replace(x.Entries, i, i+1, files...)
		x.sort()
	}
}

// Unmerged lists the paths that have a conflict.
func (x *Index) Unmerged() []string {
	var paths []string
	for _, e := range x.Entries {
		if e.Stage() > 0 && !slices.Contains(paths, e.Path) {
			paths = append(paths, e.Path)
		}
	}
	return paths
}

// Change reads, changes and replaces the index of a work tree, under Git's own
// lock.
func Change(gitDir string, change func(*Index) error) (err error) {
	lock := filepath.Join(gitDir, "index.lock")
	f, err := os.OpenFile(lock, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return Locked(lock)
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
	x, err := Read(gitDir, sha1.Size)
	if err != nil {
		return err
	}
	if err := change(x); err != nil {
		return err
	}
	if slices.ContainsFunc(x.Entries, func(e Entry) bool { return e.extended != nil }) {
		x.version = max(x.version, 3)
	}
	if _, err := f.Write(x.encode()); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(lock, filepath.Join(gitDir, "index"))
}

// Find returns the place of a file without a conflict.
func (x *Index) Find(p string) (int, bool) {
	i, ok := slices.BinarySearchFunc(x.Entries, p, func(e Entry, p string) int { return strings.Compare(e.Path, p) })
	return i, ok && x.Entries[i].Stage() == 0
}

// Locked is the error for a lock of Git's that is there.
func Locked(lock string) error {
	return fmt.Errorf("%s: another git command is at work here; when none is, remove the file and run again", lock)
}
