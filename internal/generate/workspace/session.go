// Package workspace plans all repositories that a contract describes as one:
// where each is, what would change in it, what a person must decide first. It
// writes, and commits, what was planned.
//
// It asks nobody and prints nothing.
package workspace

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/generate/apply"
	"github.com/penstock-dev/penstock/internal/generate/effect"
	"github.com/penstock-dev/penstock/internal/generate/flux"
	"github.com/penstock-dev/penstock/internal/generate/gen"
	"github.com/penstock-dev/penstock/internal/generate/plan"
	"github.com/penstock-dev/penstock/internal/generate/site"
	"github.com/penstock-dev/penstock/internal/generate/tree"
	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/internal/repo"
	"github.com/penstock-dev/penstock/templates"
)

// Job is one repository with what would be done to it.
type Job struct {
	Place
	Plan     plan.Plan
	Previous []byte // the contract of the last run; nil when it is not known
	// Strangers are files of the user's that a rename leaves behind.
	Strangers []Note

	target *apply.Target
	first  bool              // nothing was generated here before
	moved  *tree.File        // where generated files were moved to, as kept in the target
	units  []string          // that state was kept of before the run
	inputs map[string]string // of these units
	// left is what earlier runs wrote and nobody committed; sinceHead is then
	// the whole way from HEAD.
	left      leftover
	sinceHead plan.Plan
	away      *repo.Away // what Git has here and did not check out
}

// Note is something that a run leaves alone, and why.
type Note struct{ Path, Reason string }

// Session is all repositories of one call. The platform's, when it is one of
// them, comes first.
type Session struct {
	Options
	Jobs     []*Job
	Contract contract.Contract
	Effect   effect.Effect
	Unnamed  []Place // app repositories that the contract does not name

	file string // of the contract
}

// Open reads the contract and the repositories and decides about every file.
// It writes nothing. The caller closes the session, also beside an error.
func Open(ctx context.Context, o Options) (*Session, error) {
	in, err := o.Locate()
	if err != nil {
		return nil, err
	}
	return Plan(ctx, in, o)
}

// Plan is Open for a contract that is at hand.
func Plan(ctx context.Context, in site.Loaded, o Options) (*Session, error) {
	places, err := o.Places(in)
	if err != nil {
		return nil, err
	}
	s := &Session{Options: o, Contract: in.Contract, file: in.File}
	if len(o.Only) == 0 && o.Site.Kind == site.None && !o.named {
		if s.Unnamed, err = o.unnamedApps(gen.Targets(in.Contract), places); err != nil {
			return nil, err
		}
	}
	for _, p := range places {
		s.Jobs = append(s.Jobs, &Job{Place: p})
	}
	if err := apply.Each(ctx, workers, s.Jobs, (*Job).open); err != nil {
		return s, err
	}
	g, err := s.generator(in)
	if err != nil {
		return s, err
	}
	if err := apply.Each(ctx, workers, s.Jobs, func(j *Job) error { return s.compute(j, g) }); err != nil {
		return s, err
	}
	if p := s.Platform(); p != nil {
		s.Effect = effect.Compute(in.Contract, p.Plan)
	}
	return s, nil
}

// Platform is the platform repository's job; nil when it is not one of them.
func (s *Session) Platform() *Job {
	if len(s.Jobs) > 0 && s.Jobs[0].App == "" {
		return s.Jobs[0]
	}
	return nil
}

// workers is how many repositories are worked on at once: reading and rendering
// take turns.
const workers = 4

func (j *Job) open() (err error) {
	j.target, err = apply.Open(j.At)
	return err
}

func (s *Session) generator(in site.Loaded) (*gen.Generator, error) {
	input := gen.Input{Contract: in.Contract, Source: in.Data, Version: s.Version}
	if s.Platform() != nil {
		platform := in.Contract
		platform.Spec.Teams = nil // Flux's own files are the same whoever the teams are
		files, err := flux.Files(model.Build(platform), s.FluxManifests, s.kept)
		if err != nil {
			return nil, err
		}
		input.Flux = files
	}
	return gen.New(input, templates.FS)
}

// compute plans one repository. Units whose inputs did not change since the
// last run are neither rendered nor read: what the user did to them stays.
func (s *Session) compute(j *Job, g *gen.Generator) error {
	known, err := j.target.Inputs()
	if err != nil {
		return err
	}
	if err := j.readAway(known); err != nil {
		return err
	}
	j.first, j.units, j.inputs = len(known) == 0, slices.Sorted(maps.Keys(known)), maps.Clone(known)
	in := plan.Input{Markers: s.Markers}
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
			return errors.Join(err, ds.Err())
		}
		for _, u := range units {
			in.Pristine = append(in.Pristine, u)
		}
		in.Moves = g.Moves(j.Target)
		j.Previous = previousContract(in.Pristine)
		if err := j.stranger(j.Previous, s.Contract, s.file); err != nil {
			return err
		}
	}
	if err := j.read(&in); err != nil {
		return err
	}
	j.Plan = plan.Compute(in)
	j.pin()
	j.Strangers = j.findStrangers()
	return nil
}

// Close lets go of the repositories.
func (s *Session) Close() error {
	var errs []error
	for _, j := range s.Jobs {
		if j.target != nil {
			errs = append(errs, j.target.Close())
		}
	}
	return errors.Join(errs...)
}
