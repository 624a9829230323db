package apply

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"syscall"

	"github.com/penstock-dev/penstock/internal/generate/plan"
	"github.com/penstock-dev/penstock/internal/generate/state"
	"github.com/penstock-dev/penstock/internal/generate/tree"
)

// check stops a run whose plan was made from something else than what is there
// now, or that could not be completed.
func (r *run) check() error {
	if err := r.checkFiles(); err != nil {
		return err
	}
	if err := r.checkState(); err != nil {
		return err
	}
	return r.checkAccess()
}

func (r *run) checkFiles() error {
	paths := make([]string, len(r.writes))
	deletes := map[string]bool{}
	for i, c := range r.writes {
		paths[i] = c.Path
		if c.Action == plan.Delete {
			deletes[c.Path] = true
		}
	}
	now, err := r.Target.Current(paths)
	if err != nil {
		return err
	}
	for _, c := range r.writes {
		f, there := now.Files[c.Path]
		o, hindered := now.Obstacles[c.Path]
		same := there && c.Current != nil && f.Equal(*c.Current) && bytes.Equal(f.Bytes(), c.Current.Bytes()) ||
			!there && c.Current == nil && (!hindered || cleared(o, deletes))
		if !same {
			return r.stale(c.Path)
		}
	}
	return nil
}

// cleared reports whether the plan deletes all that stands in the way.
func cleared(o plan.Obstacle, deletes map[string]bool) bool {
	return o.Holds != nil && !slices.ContainsFunc(o.Holds, func(p string) bool { return !deletes[p] })
}

func (r *run) checkState() error {
	var names []string
	for _, s := range r.Plan.States {
		names = append(names, s.Name)
	}
	if len(names) == 0 {
		return nil
	}
	now, damaged, err := r.Target.State(names...)
	if err != nil {
		return err
	}
	if len(damaged) > 0 {
		return fmt.Errorf("%s", damaged.Sorted()[0])
	}
	for _, s := range r.Plan.States {
		u, there := now[s.Name]
		if there != (s.Was != nil) || there && !same(u, *s.Was) {
			return r.stale(state.Path(s.Name))
		}
	}
	return nil
}

func same(a, b tree.Unit) bool {
	return a.Inputs == b.Inputs && slices.Equal(a.Seeded, b.Seeded) && a.Files.Equal(b.Files)
}

func (r *run) stale(path string) error {
	return fmt.Errorf(`%s: changed while this run was planning; nothing was written, run "penstock generate" again`, r.Target.name(path))
}

// checkAccess looks at every existing folder in which something will change.
func (r *run) checkAccess() error {
	seen := map[string]bool{}
	for _, c := range r.writes {
		for dir, _ := split(c.Path); !seen[dir]; dir, _ = split(dir) {
			seen[dir] = true
			err := writable(r.Target.root, dir)
			if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
				continue // made by this run, in the folder above
			}
			if err != nil && !errors.Is(err, fs.ErrInvalid) {
				return r.Target.explain(c.Path, err)
			}
			break
		}
	}
	return nil
}
