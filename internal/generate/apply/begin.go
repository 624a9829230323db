package apply

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/penstock-dev/penstock/internal/generate/plan"
	"github.com/penstock-dev/penstock/internal/generate/state"
)

// run is one target on its way through the phases.
type run struct {
	Job
	options  Options
	writes   []plan.Change // those that write or delete
	own      []placed      // ownFiles to write, by their name
	staged   []string      // what stage made and publish may leave
	replaces []string      // temporary files that will replace a file
	lockFile *os.File
	device   uint64
	created  []string // folders above and in the target that were made, outermost first
	fresh    bool     // the target did not exist
	idle     bool     // nothing to do, or not ours to do
}

func newRun(j Job, o Options) *run {
	return &run{Job: j, options: o, writes: j.Plan.Writes()}
}

// begin makes the target ready: its folders, the lock, no leftovers, and
// everything as the plan saw it.
func (r *run) begin() error {
	t := r.Target
	cleaning := r.Plan.Empty()
	if t.root == nil {
		if err := r.create(); err != nil {
			return err
		}
	}
	info, err := t.root.Stat(".")
	if err != nil {
		return t.explain("", err)
	}
	r.device = device(info)
	switch err := t.root.Mkdir(state.Dir, 0o755); {
	case err == nil:
		r.created = append(r.created, filepath.Join(t.dir, state.Dir))
	case !errors.Is(err, fs.ErrExist):
		return t.explain(state.Dir, err)
	}
	r.lockFile, err = t.lock(r.options)
	if locked := (*lockedError)(nil); cleaning && errors.As(err, &locked) {
		r.idle = true // what looked left behind belongs to a living run
		return nil
	}
	if err != nil {
		return err
	}
	if r.fresh {
		return nil
	}
	left, _, err := t.temporaries()
	if err == nil {
		err = t.clean(left...)
	}
	if err != nil || cleaning {
		return err
	}
	return r.check()
}

// create makes the target's folder. Another process may have done so since.
func (r *run) create() error {
	t := r.Target
	var missing []string
	for dir := filepath.Clean(t.dir); ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) || dir == filepath.Dir(dir) {
			break
		}
		missing = append([]string{dir}, missing...)
	}
	for _, dir := range missing {
		switch err := os.Mkdir(dir, 0o755); {
		case err == nil:
			r.created = append(r.created, dir)
		case !errors.Is(err, fs.ErrExist):
			return t.explain("", err)
		}
	}
	root, err := os.OpenRoot(t.dir)
	if err != nil {
		return t.explain("", err)
	}
	t.root = root
	r.fresh = len(r.created) > 0 && r.created[len(r.created)-1] == filepath.Clean(t.dir)
	return nil
}

// end removes what only a run needs. Where it failed, it also removes the
// folders that it made and that are empty.
func (r *run) end(ok bool) error {
	t := r.Target
	if r.lockFile != nil {
		err := errors.Join(t.clean(r.staged...), t.unlock(r.lockFile))
		r.lockFile = nil
		if err != nil {
			return err
		}
		t.leftovers = false
	}
	if ok {
		return nil
	}
	for _, v := range slices.Backward(r.created) {
		if os.Remove(v) != nil {
			break // not empty: a phase got further than that
		}
	}
	return nil
}
