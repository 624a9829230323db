package cli

import (
	"context"
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/generate/apply"
	"github.com/penstock-dev/penstock/internal/generate/effect"
	"github.com/penstock-dev/penstock/internal/generate/flux"
	"github.com/penstock-dev/penstock/internal/generate/gen"
	"github.com/penstock-dev/penstock/internal/generate/plan"
	"github.com/penstock-dev/penstock/internal/generate/tree"
	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/internal/repo"
	"github.com/penstock-dev/penstock/templates"
)

// job is one repository with what would be done to it.
type job struct {
	place
	target   *apply.Target
	plan     plan.Plan
	previous []byte            // the contract of the last run; nil when it is not known
	first    bool              // nothing was generated here before
	moved    *tree.File        // where generated files were moved to, as kept in the target
	units    []string          // that state was kept of before the run
	inputs   map[string]string // of these units
	// left is what earlier runs wrote and nobody committed; sinceHead is then
	// the whole way from HEAD.
	left      leftover
	sinceHead plan.Plan
	away      *repo.Away // what Git has here and did not check out
	// strangers are files of the user's that a rename leaves behind.
	strangers []entry
}

// session is all repositories of one call. The platform's, when it is one of
// them, comes first.
type session struct {
	targetOptions
	jobs     []*job
	contract contract.Contract
	file     string // of the contract
	effect   effect.Effect
	unnamed  []entry // app repositories that the contract does not name
}

// plans reads the contract and the repositories and decides about every file.
// It writes nothing. The caller closes the session.
func plans(ctx context.Context, o targetOptions) (*session, error) {
	in, err := o.locate()
	if err != nil {
		return nil, err
	}
	return plansOf(ctx, in, o)
}

// plansOf is plans for a contract that is at hand.
func plansOf(ctx context.Context, in loaded, o targetOptions) (*session, error) {
	places, err := o.places(in)
	if err != nil {
		return nil, err
	}
	s := &session{targetOptions: o, contract: in.contract, file: in.file}
	if len(o.only) == 0 && o.site.kind == noKind && !o.named {
		if s.unnamed, err = o.unnamedApps(gen.Targets(in.contract), places); err != nil {
			return nil, err
		}
	}
	for _, p := range places {
		s.jobs = append(s.jobs, &job{place: p})
	}
	if err := s.each(ctx, (*job).open); err != nil {
		return s, err
	}
	g, err := generator(in, o, s)
	if err != nil {
		return s, err
	}
	if err := s.each(ctx, func(j *job) error { return s.compute(j, g) }); err != nil {
		return s, err
	}
	if len(s.jobs) > 0 && s.jobs[0].App == "" {
		s.effect = effect.Compute(in.contract, s.jobs[0].plan)
	}
	return s, nil
}

func (j *job) open() (err error) {
	j.target, err = apply.Open(j.dir)
	return err
}

func generator(in loaded, o targetOptions, s *session) (*gen.Generator, error) {
	input := gen.Input{Contract: in.contract, Source: in.data, Version: Version()}
	if len(s.jobs) > 0 && s.jobs[0].App == "" {
		platform := in.contract
		platform.Spec.Teams = nil // Flux's own files are the same whoever the teams are
		files, err := flux.Files(model.Build(platform), o.fluxManifests, s.kept)
		if err != nil {
			return nil, err
		}
		input.Flux = files
	}
	return gen.New(input, templates.FS)
}

// compute plans one repository. Units whose inputs did not change since the
// last run are neither rendered nor read: what the user did to them stays.
func (s *session) compute(j *job, g *gen.Generator) error {
	known, err := j.target.Inputs()
	if err != nil {
		return err
	}
	if err := j.readAway(known); err != nil {
		return err
	}
	j.first, j.units, j.inputs = len(known) == 0, slices.Sorted(maps.Keys(known)), maps.Clone(known)
	in := plan.Input{Markers: s.markers()}
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
		in.Moves = g.Moves(j.Target)
		j.previous = previousContract(in.Pristine)
		if err := j.stranger(j.previous, s.contract, s.file); err != nil {
			return err
		}
	}
	if err := j.read(&in); err != nil {
		return err
	}
	j.plan = plan.Compute(in)
	j.pin()
	j.strangers = j.findStrangers()
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
		if j.target != nil {
			errs = append(errs, j.target.Close())
		}
	}
	return errors.Join(errs...)
}

func (s *session) apply(ctx context.Context) error {
	jobs := make([]apply.Job, len(s.jobs))
	for i, j := range s.jobs {
		jobs[i] = apply.Job{Target: j.target, Plan: j.plan}
	}
	if err := apply.Run(ctx, jobs, apply.Options{Command: strings.Join(os.Args, " "), Started: now()}); err != nil {
		return err
	}
	return errors.Join(s.conflicts(), s.move())
}

// now is the time that a lock names for people; no output depends on it.
func now() time.Time { return time.Now() } //nolint:forbidigo // see above
