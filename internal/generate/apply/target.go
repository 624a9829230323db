// Package apply reads what stands in target repositories and carries plans
// out in them.
//
// In go a directory and a plan.Plan; out come files and state on disk. Every
// path is resolved below an os.Root, so no link leads a write out of the
// target. It decides nothing: it re-checks what the plan saw, writes all of it
// to temporary files, and only then renames them into place, state last.
package apply

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/penstock-dev/penstock/internal/generate/state"
)

// Places of a run's own files in a target, as slash paths. All of them are
// gone when the run has ended. Temporary files are where one rename of a folder
// can bring all of a new target's files, or state, into place.
const (
	lockPath   = state.Dir + "/lock"
	temporary  = "tmp"                       // prefix of all names below
	stageTree  = state.Dir + "/tmp"          // mirrors the target
	stageState = state.Dir + "/tmp-state"    // mirrors state.Folder
	stageOwn   = state.Dir + "/" + temporary // plus the name of one of ownFiles
)

// Target is the root folder of one repository that Penstock writes to.
type Target struct {
	dir  string
	root *os.Root // nil while the folder does not exist
	// leftovers is set when a run that was killed left something behind.
	leftovers bool
	// modeless is set where the file system's executable bits say nothing.
	modeless bool
}

// IgnoreModes takes every file for one that can't be executed: on some file
// systems all can, and Git is told not to look.
func (t *Target) IgnoreModes() { t.modeless = true }

// Open opens the target at dir, a path of the operating system. A folder that
// does not exist is an empty target; nothing is created. The caller must Close
// the target.
func Open(dir string) (*Target, error) {
	t := &Target{dir: dir}
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return t, nil
	}
	if err != nil {
		return nil, t.explain("", err)
	}
	t.root = root
	if err := t.look(); err != nil {
		root.Close()
		return nil, err
	}
	return t, nil
}

// look checks Penstock's own folder and notices what a killed run left there.
func (t *Target) look() error {
	info, err := t.root.Lstat(state.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return t.explain(state.Dir, err)
	}
	if !info.IsDir() {
		return fmt.Errorf("%s: is not a folder; penstock keeps its state there, move it away", t.name(state.Dir))
	}
	left, locked, err := t.temporaries()
	t.leftovers = len(left) > 0 || locked
	return err
}

// temporaries returns the slash paths of all temporary files and folders, and
// whether there is a lock.
func (t *Target) temporaries() (paths []string, locked bool, err error) {
	entries, err := t.names(state.Dir)
	if err != nil {
		return nil, false, t.explain(state.Dir, err)
	}
	for _, e := range entries {
		path := join(state.Dir, e.Name())
		locked = locked || path == lockPath
		if strings.HasPrefix(e.Name(), temporary) {
			paths = append(paths, path)
		}
	}
	return paths, locked, nil
}

// names lists a folder of the target's own. It goes by the path, since a Root
// asks for the kind of each entry one by one; files are read through the Root.
func (t *Target) names(dir string) ([]fs.DirEntry, error) {
	return os.ReadDir(filepath.Join(t.dir, filepath.FromSlash(dir)))
}

// clean removes temporary files.
func (t *Target) clean(paths ...string) error {
	for _, p := range paths {
		if err := t.root.RemoveAll(p); err != nil {
			return t.explain(p, err)
		}
	}
	return nil
}

// Exists reports whether the target's folder exists.
func (t *Target) Exists() bool { return t.root != nil }

// Close frees the target. It removes nothing.
func (t *Target) Close() error {
	if t.root == nil {
		return nil
	}
	return t.root.Close()
}

// name returns how messages call a slash path of the target.
func (t *Target) name(path string) string {
	return filepath.ToSlash(filepath.Join(t.dir, filepath.FromSlash(path)))
}

// sync brings the target's file system to disk.
func (t *Target) sync() error { return syncDisk(t.root) }
