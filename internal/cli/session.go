package cli

import (
	"context"
	"errors"
	"os"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/penstock-dev/penstock/internal/apply"
	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/flux"
	"github.com/penstock-dev/penstock/internal/gen"
	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/internal/plan"
	"github.com/penstock-dev/penstock/internal/tree"
	"github.com/penstock-dev/penstock/templates"
)

// job is one repository with what would be done to it.
type job struct {
	place
	target *apply.Target
	plan   plan.Plan
}

// session is all repositories of one call.
type session struct{ jobs []*job }

// plans reads the contract and the repositories and decides about every file.
// It writes nothing. The caller closes the session.
func plans(ctx context.Context, o targetOptions) (*session, error) {
	in, err := loadContract(o.contract, o.workspace)
	if err != nil {
		return nil, err
	}
	places, err := o.places(in.contract)
	if err != nil {
		return nil, err
	}
	s := &session{}
	for _, p := range places {
		target, err := apply.Open(p.dir)
		if err != nil {
			return s, err
		}
		s.jobs = append(s.jobs, &job{place: p, target: target})
	}
	g, err := generator(in, o, s)
	if err != nil {
		return s, err
	}
	all, ctx := errgroup.WithContext(ctx)
	all.SetLimit(workers)
	for _, j := range s.jobs {
		all.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return j.compute(g)
		})
	}
	return s, all.Wait()
}

// workers is how many repositories are planned at once: reading and rendering
// take turns.
const workers = 4

func generator(in loaded, o targetOptions, s *session) (*gen.Generator, error) {
	input := gen.Input{Contract: in.contract, Source: in.data, Version: Version()}
	if len(s.jobs) > 0 && s.jobs[0].App == "" {
		files, err := flux.Files(model.Build(in.contract), o.fluxManifests, s.jobs[0].kept)
		if err != nil {
			return nil, err
		}
		input.Flux = files
	}
	return gen.New(input, templates.FS)
}

// kept returns a file as the last run wrote it.
func (j *job) kept(unit, path string) (tree.File, bool, error) {
	units, ds, err := j.target.State(unit)
	if err != nil || len(ds) > 0 {
		return tree.File{}, false, errors.Join(err, asError(ds))
	}
	f, ok := units[unit].Files[path]
	return f, ok, nil
}

// compute plans one repository. Units whose inputs did not change since the
// last run are neither rendered nor read: what the user did to them stays.
func (j *job) compute(g *gen.Generator) error {
	known, ds, err := j.target.Inputs()
	if err != nil || len(ds) > 0 {
		return errors.Join(err, asError(ds))
	}
	var in plan.Input
	var changed []string
	for _, u := range g.Units(j.Target) {
		was, ok := known[u.Name]
		delete(known, u.Name)
		if ok && was == u.Inputs {
			continue
		}
		if ok {
			changed = append(changed, u.Name)
		}
		desired, err := u.Render()
		if err != nil {
			return err
		}
		in.Desired = append(in.Desired, desired)
	}
	for name := range known { // no longer in the contract
		changed = append(changed, name)
	}
	if len(changed) > 0 {
		units, ds, err := j.target.State(changed...)
		if err != nil || len(ds) > 0 {
			return errors.Join(err, asError(ds))
		}
		for _, u := range units {
			in.Pristine = append(in.Pristine, u)
		}
	}
	if in.Current, err = j.target.Current(in.Paths()); err != nil {
		return err
	}
	j.plan = plan.Compute(in)
	return nil
}

func asError(ds diag.List) error {
	if len(ds) == 0 {
		return nil
	}
	return problems(ds)
}

func (s *session) close() error {
	var errs []error
	for _, j := range s.jobs {
		errs = append(errs, j.target.Close())
	}
	return errors.Join(errs...)
}

func (s *session) apply(ctx context.Context) error {
	jobs := make([]apply.Job, len(s.jobs))
	for i, j := range s.jobs {
		jobs[i] = apply.Job{Target: j.target, Plan: j.plan}
	}
	return apply.Run(ctx, jobs, apply.Options{Command: strings.Join(os.Args, " "), Started: now()})
}

// now is the time that a lock names for people; no output depends on it.
func now() time.Time { return time.Now() } //nolint:forbidigo // see above
