package apply

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/penstock-dev/penstock/internal/generate/plan"
)

// Job is one target and what to do with it. The Target must be open.
type Job struct {
	Target *Target
	Plan   plan.Plan
}

// Options say who runs, for the text of the locks.
type Options struct {
	Command string
	Started time.Time
}

// Run carries out the plans of any number of targets. Before the first file
// changes, all targets are locked and checked, and everything is written to
// temporary files; so a full disk, a stale plan or a missing permission leaves
// all of them as they were. After a crash at any instant each file is old or
// new, and running again completes. A target whose plan is empty is not
// touched, except to remove what a killed run left there.
func Run(ctx context.Context, jobs []Job, o Options) error {
	var runs []*run
	for _, j := range jobs {
		if blocked := j.Plan.Blocked(); len(blocked) > 0 {
			c := blocked[0]
			return fmt.Errorf("%s: %s", j.Target.name(c.Path), c.Reason)
		}
		if !j.Plan.Empty() || j.Target.leftovers {
			runs = append(runs, newRun(j, o))
		}
	}
	// Each run keeps two files open. Where few are allowed, targets are done
	// in groups.
	group := max(1, (openFiles()-64)/4)
	for len(runs) > 0 {
		n := min(group, len(runs))
		if err := together(ctx, runs[:n]); err != nil {
			return err
		}
		runs = runs[n:]
	}
	return nil
}

// together takes several targets through the phases of a run.
func together(ctx context.Context, runs []*run) (err error) {
	defer func() { err = errors.Join(err, each(runs, func(r *run) error { return r.end(err == nil) })) }()
	if err := each(runs, (*run).begin); err != nil {
		return err
	}
	if err := each(runs, func(r *run) error { return r.stage(ctx) }); err != nil {
		return err
	}
	if err := settle(runs); err != nil {
		return err
	}
	// From here on the run is not interrupted: it only renames.
	if err := each(runs, (*run).publish); err != nil {
		return err
	}
	if err := flush(runs); err != nil {
		return err
	}
	return each(runs, (*run).publishState)
}

func each(runs []*run, do func(*run) error) error {
	return Each(context.Background(), runtime.GOMAXPROCS(0), runs, do)
}

// Each calls do for all of a list, some at once. After an error, or the end of
// the context, it starts no more; it returns the error of the first in order.
func Each[T any](ctx context.Context, workers int, list []T, do func(T) error) error {
	errs := make([]error, len(list), len(list)+1)
	all, running := errgroup.WithContext(ctx)
	all.SetLimit(workers)
	for i, x := range list {
		all.Go(func() error {
			if running.Err() == nil {
				errs[i] = do(x)
			}
			return errs[i]
		})
	}
	_ = all.Wait() // errs has it in order
	return cmp.Or(append(errs, ctx.Err())...)
}

// manyReplaced is how many replaced files are brought to disk one by one; for
// more, one call for the whole file system is cheaper.
const manyReplaced = 16

// settle brings the content of files that will replace others to disk, so
// that a power failure can't leave an empty file where the old one was.
func settle(runs []*run) error {
	replaced := 0
	for _, r := range runs {
		replaced += len(r.replaces)
	}
	if replaced > manyReplaced {
		return onDisks(runs, func(r *run) bool { return len(r.replaces) > 0 })
	}
	for _, r := range runs {
		for _, p := range r.replaces {
			if err := r.syncFile(p); err != nil {
				return err
			}
		}
	}
	return nil
}

// flush brings everything to disk that the new state tells of.
func flush(runs []*run) error {
	return onDisks(runs, func(r *run) bool { return len(r.writes) > 0 || len(r.Plan.States) > 0 })
}

// onDisks syncs each file system that one of the runs is on, once.
func onDisks(runs []*run, concerned func(*run) bool) error {
	done := map[uint64]bool{}
	for _, r := range runs {
		if !concerned(r) || done[r.device] {
			continue
		}
		done[r.device] = true
		if err := r.Target.sync(); err != nil {
			return r.Target.explain("", err)
		}
	}
	return nil
}
