package apply

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"

	"github.com/penstock-dev/penstock/internal/generate/plan"
	"github.com/penstock-dev/penstock/internal/generate/state"
	"github.com/penstock-dev/penstock/internal/generate/tree"
)

// stage writes everything to temporary files: two folders that mirror the
// target and Penstock's own folder.
func (r *run) stage(ctx context.Context) error {
	if r.idle {
		return nil
	}
	w := &walker{base: r.Target.root, create: true}
	defer w.close()
	r.staged = []string{stageTree, stageState}
	for _, c := range r.writes {
		if err := ctx.Err(); err != nil {
			return err
		}
		if c.Result == nil {
			continue
		}
		perm, err := r.permissions(c)
		if err != nil {
			return r.Target.explain(c.Path, err)
		}
		tmp := join(stageTree, c.Path)
		if err := create(w, tmp, c.Result.Bytes(), perm); err != nil {
			return r.Target.explain(c.Path, err)
		}
		if c.Current != nil {
			r.replaces = append(r.replaces, tmp)
		}
	}
	return r.stageState(ctx, w)
}

func (r *run) stageState(ctx context.Context, w *walker) error {
	for _, s := range r.Plan.States {
		if err := ctx.Err(); err != nil {
			return err
		}
		if s.Unit == nil {
			continue
		}
		path := state.Path(s.Name)
		data := state.Encode(*s.Unit)
		if s.Was != nil && r.returns(path) {
			data = bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n"))
		}
		if err := create(w, stageState+path[len(state.Folder):], data, 0o644); err != nil {
			return r.Target.explain(path, err)
		}
		for _, mark := range state.Marks(*s.Unit) {
			if err := create(w, stageState+mark[len(state.Folder):], nil, 0o644); err != nil {
				return r.Target.explain(mark, err)
			}
		}
	}
	if len(r.Plan.States) == 0 {
		return nil
	}
	for _, f := range ownFiles() {
		replace := false
		if !r.fresh {
			was, err := readFile(r.Target.root, join(state.Dir, f.name))
			if replace = err == nil && slices.Contains(f.former, string(was.Data)); !replace && !errors.Is(err, fs.ErrNotExist) {
				continue
			}
		}
		r.own = append(r.own, placed{path: f.name, replace: replace})
		r.staged = append(r.staged, stageOwn+f.name)
		if err := create(w, stageOwn+f.name, []byte(f.content), 0o644); err != nil {
			return r.Target.explain(join(state.Dir, f.name), err)
		}
	}
	return nil
}

// returns reports whether a state file has CRLF here. Every line then has: none
// has a carriage return of its own.
func (r *run) returns(path string) bool {
	f, err := r.Target.root.OpenFile(path, readOnly, 0)
	if err != nil {
		return false
	}
	defer f.Close()
	line, _ := bufio.NewReaderSize(f, 64).ReadSlice('\n') // for its end only
	return bytes.HasSuffix(line, []byte("\r\n"))
}

// ownFile is a file beside the state; former is what earlier versions wrote.
type ownFile struct {
	name, content string
	former        []string
}

// ownFiles are written where they are missing, or as an earlier version left
// them.
func ownFiles() []ownFile {
	return []ownFile{{".gitattributes", state.Attributes, state.FormerAttributes()}, {".gitignore", state.Ignore, nil}}
}

// permissions returns those of the file that is replaced, so that a group's
// write access, say, survives; only being executable is the plan's.
func (r *run) permissions(c plan.Change) (fs.FileMode, error) {
	perm := fs.FileMode(c.Result.Mode)
	if c.Current == nil {
		return perm, nil
	}
	info, err := r.Target.root.Lstat(c.Path)
	if err != nil {
		return 0, err
	}
	perm = info.Mode().Perm()
	switch c.Result.Mode {
	case tree.Executable:
		perm |= perm & 0o444 >> 2
	default:
		perm &^= 0o111
	}
	return perm | keepExact, nil
}

// keepExact marks permissions that the process's umask must not reduce.
const keepExact = fs.ModeSticky

// create writes a new file.
func create(w *walker, path string, data []byte, perm fs.FileMode) error {
	dir, name := split(path)
	root, err := w.at(dir)
	if err != nil {
		return err
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm.Perm())
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil && perm&keepExact != 0 {
		err = f.Chmod(perm.Perm())
	}
	return errors.Join(err, f.Close())
}

// syncFile brings one temporary file to disk.
func (r *run) syncFile(path string) error {
	f, err := r.Target.root.OpenFile(path, os.O_RDWR, 0)
	if err == nil {
		err = errors.Join(f.Sync(), f.Close())
	}
	return r.Target.explain(path, err)
}
