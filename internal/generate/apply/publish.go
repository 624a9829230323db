package apply

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/generate/plan"
	"github.com/penstock-dev/penstock/internal/generate/state"
)

// publish renames the temporary files into place and deletes what goes. Files
// are deleted after the others are there, unless they are in the way: a file
// that moved is always in one place at least.
func (r *run) publish() error {
	if r.idle {
		return nil
	}
	way := func(c plan.Change) bool { return c.Action == plan.Delete && c.MakesWay }
	rest := func(c plan.Change) bool { return c.Action == plan.Delete && !c.MakesWay || c.Action == plan.Forget }
	if err := r.remove(way); err != nil {
		return err
	}
	var files []placed
	for _, c := range r.writes {
		if c.Result != nil {
			files = append(files, placed{path: c.Path, replace: c.Current != nil})
		}
	}
	if err := r.place(files, stageTree, ""); err != nil {
		return err
	}
	return r.remove(rest)
}

// publishState does the same with the state and the files beside it.
func (r *run) publishState() error {
	if r.idle {
		return nil
	}
	var files []placed
	var gone, marks []string
	for _, s := range r.Plan.States {
		path := state.Path(s.Name)
		if s.Was != nil {
			marks = append(marks, state.Marks(*s.Was)...)
		}
		if s.Unit == nil {
			gone = append(gone, path)
			continue
		}
		files = append(files, placed{path: path[len(state.Folder)+1:], replace: s.Was != nil})
		for _, mark := range state.Marks(*s.Unit) {
			files = append(files, placed{path: mark[len(state.Folder)+1:]})
		}
	}
	// A unit without a mark is looked at again, so that a crash from here on
	// leaves none that says too much; the new one comes after its state.
	if err := r.removeAll(marks, nil); err != nil {
		return err
	}
	for _, f := range r.own {
		if err := r.placeFile(stageOwn+f.path, join(state.Dir, f.path), f.replace); err != nil {
			return err
		}
	}
	slices.SortFunc(files, func(a, b placed) int { return strings.Compare(a.path, b.path) })
	done, err := r.placeFolder(len(files), stageState, state.Folder)
	if err == nil && !done {
		err = r.place(files, stageState, state.Folder)
	}
	if err != nil {
		return err
	}
	return r.removeAll(gone, gone)
}

// placed is a file to rename; its path is relative to both folders.
type placed struct {
	path    string
	replace bool
}

// place renames sorted files from one folder to the other. A folder that is
// new in the target is renamed as a whole.
func (r *run) place(files []placed, from, to string) error {
	for len(files) > 0 {
		name, _, deeper := strings.Cut(files[0].path, "/")
		src, dst := join(from, name), join(to, name)
		if !deeper {
			if err := r.placeFile(src, dst, files[0].replace); err != nil {
				return err
			}
			files = files[1:]
			continue
		}
		n := 1
		for n < len(files) && strings.HasPrefix(files[n].path, name+"/") {
			n++
		}
		done, err := r.placeFolder(n, src, dst)
		if err != nil {
			return err
		}
		if done {
			files = files[n:]
			continue
		}
		below := make([]placed, n)
		for i, f := range files[:n] {
			below[i] = placed{path: f.path[len(name)+1:], replace: f.replace}
		}
		if err := r.place(below, src, dst); err != nil {
			return err
		}
		files = files[n:]
	}
	return nil
}

// placeFolder renames a folder with n files as a whole, when the target has
// none there.
func (r *run) placeFolder(n int, src, dst string) (bool, error) {
	if n == 0 {
		return true, nil
	}
	root := r.Target.root
	_, err := root.Lstat(dst)
	if errors.Is(err, fs.ErrNotExist) {
		if err = root.Rename(src, dst); err == nil {
			return true, nil
		}
		if _, now := root.Lstat(dst); now == nil {
			err = nil // it appeared meanwhile
		}
	}
	return false, r.Target.explain(dst, err)
}

func (r *run) placeFile(src, dst string, replace bool) error {
	root := r.Target.root
	if !replace {
		// rename(2) would replace what somebody made there since the check.
		switch info, err := root.Lstat(dst); {
		case err == nil && info.IsDir():
			if err := root.Remove(dst); err != nil {
				return r.Target.explain(dst, err)
			}
		case err == nil:
			return fmt.Errorf(`%s: appeared while this run was writing, and was left alone; run "penstock generate" again`, r.Target.name(dst))
		case !errors.Is(err, fs.ErrNotExist):
			return r.Target.explain(dst, err)
		}
	}
	return r.Target.explain(dst, root.Rename(src, dst))
}

// remove deletes the chosen files, and the folders that this leaves empty.
func (r *run) remove(chosen func(plan.Change) bool) error {
	var files, all []string
	for _, c := range r.Plan.Changes {
		if !chosen(c) {
			continue
		}
		all = append(all, c.Path)
		if c.Action == plan.Delete {
			files = append(files, c.Path)
		}
	}
	return r.removeAll(files, all)
}

// removeAll deletes files, then the folders around emptied that hold nothing.
func (r *run) removeAll(files, emptied []string) error {
	root := r.Target.root
	for _, p := range files {
		if err := root.Remove(p); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return r.Target.explain(p, err)
		}
	}
	dirs := map[string]bool{}
	for _, p := range emptied {
		for dir, _ := split(p); dir != "" && dir != state.Dir && !dirs[dir]; dir, _ = split(dir) {
			dirs[dir] = true
		}
	}
	deepest := make([]string, 0, len(dirs))
	for dir := range dirs {
		deepest = append(deepest, dir)
	}
	slices.SortFunc(deepest, func(a, b string) int { return strings.Compare(b, a) })
	for _, dir := range deepest {
		// A link there is the user's. A folder that is not empty stays.
		if info, err := root.Lstat(dir); err == nil && info.IsDir() {
			_ = root.Remove(dir)
		}
	}
	return nil
}
