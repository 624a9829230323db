// Package delivery moves what environments run, wherever that is said: in a
// registry's tags, in pin files, or in the overlays of an app's repository.
//
// What a move means is decided by promotion and gitdelivery. This package finds
// the checkouts, writes and commits what they change, and has it signed.
package delivery

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/penstock-dev/penstock/internal/ci"
	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/generate/site"
	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/internal/release/promotion"
)

// Mover changes what an environment runs, where that is said.
type Mover interface {
	Promote(ctx context.Context, o promotion.Options) (Done, error)
	Rollback(ctx context.Context, o promotion.Options) (Done, error)
	Hold(ctx context.Context, o promotion.Options) (Done, error)
	Lift(ctx context.Context, o promotion.Options) (Done, error)
}

// Done is what a move did.
type Done struct {
	promotion.Outcome
	// Notes say what makes it count, or what it lacks: lines for people.
	Notes string
}

// Request is a move that somebody asks for.
type Request struct {
	Clones
	In       site.Loaded
	Model    *model.Model
	Place    *model.AppEnv
	Registry promotion.Registry
	// Branch is the branch to make and commit on, where Git says what runs; ""
	// writes the file only.
	Branch          string
	Actor, Pipeline string // "" for what CI and this machine say
	Now             time.Time
}

// Move is a move that is prepared: the environment as the contract has it, and
// who asks for it. The caller fills in the other options.
type Move struct {
	promotion.Options
	mover    Mover
	model    *model.Model
	place    *model.AppEnv
	checkout *checkout // nil where Git says nothing of it
	change   *change   // nil where the move changes no file

	isSigned func(ctx context.Context, digest string) error // nil where Sign is
	signed   bool                                           // by this run
}

// Prepare reads what a move rests on, but for the registry.
func Prepare(r Request, what promotion.Action) (*Move, error) {
	app := r.Place.App
	m := &Move{model: r.Model, place: r.Place, mover: tags{r.Registry}, Options: promotion.Options{
		App: app.Team.Name + "/" + app.Name, Env: envOf(r.Place),
		Actor:    strings.TrimSpace(r.Actor),
		Pipeline: cmp.Or(r.Pipeline, ci.Pipeline()),
		Commit:   ci.Commit(),
		Now:      r.Now,
	}}
	from, promotes := before(r.Place), what == promotion.ActionPromotion
	var err error
	switch {
	case !app.OCI && what == promotion.ActionHold:
		m.mover = overlays{place: r.Place}
		return m, nil
	case !app.OCI:
		err = m.readOverlays(r, promotes)
	case r.Place.Pinned || promotes && from != nil && from.Pinned:
		err = m.readPins(r, from)
	}
	if err != nil {
		return nil, err
	}
	m.Actor = cmp.Or(m.Actor, actor(m.checkout))
	if app.OCI && what != promotion.ActionHold {
		m.signers()
	}
	switch {
	case r.Branch == "":
		return m, nil
	case m.change == nil:
		return nil, diag.Invalidf("--branch: the registry says what runs in %s, so there is nothing to commit; leave it out", r.Place.Env.Name)
	}
	if err := m.checkout.repo.Ready(r.Branch); err != nil {
		return nil, err
	}
	return m, m.checkout.repo.Takes([]string{m.checkout.at(m.change.path)})
}

// Promote promotes, and ends with what the release's signature lacks. A Done
// beside an error is what was done before it.
func (m *Move) Promote(ctx context.Context) (*Done, error) {
	done, err := m.mover.Promote(ctx, m.Options)
	if err != nil {
		return nil, err
	}
	if !m.place.OCI {
		return &done, nil
	}
	if done.Changed {
		done.Notes += m.unsigned(done.Outcome, "promote", "release")
	}
	if m.Repair && m.Release == "" {
		return &done, nil
	}
	return &done, m.seal(ctx, done.Outcome)
}

// Rollback goes back. What counted here before is signed; only what somebody
// named may not be, and even that must not make a rollback fail that did its
// work.
func (m *Move) Rollback(ctx context.Context) (*Done, error) {
	done, err := m.mover.Rollback(ctx, m.Options)
	if err != nil {
		return nil, err
	}
	if !m.place.OCI || m.To == "" {
		return &done, nil
	}
	if done.CopiedFrom != "" {
		done.Notes += m.unsigned(done.Outcome, "rollback", "to")
	}
	if err := m.seal(ctx, done.Outcome); err != nil {
		done.Notes += fmt.Sprintf("rolled back, but the signature that Flux asks for is not certain: %v\n", err)
	}
	return &done, nil
}

// Hold holds the environment, or lifts the hold.
func (m *Move) Hold(ctx context.Context, lift bool) (*Done, error) {
	move := m.mover.Hold
	if lift {
		move = m.mover.Lift
	}
	done, err := move(ctx, m.Options)
	if err != nil {
		return nil, err
	}
	return &done, nil
}

// tags is where a registry's tags say what runs.
type tags struct{ reg promotion.Registry }

func (t tags) Promote(ctx context.Context, o promotion.Options) (Done, error) {
	out, err := promotion.Promote(ctx, t.reg, o)
	return Done{Outcome: out}, err
}

func (t tags) Rollback(ctx context.Context, o promotion.Options) (Done, error) {
	out, err := promotion.Rollback(ctx, t.reg, o)
	return Done{Outcome: out}, err
}

func (t tags) Hold(ctx context.Context, o promotion.Options) (Done, error) {
	out, err := promotion.Hold(ctx, t.reg, o)
	return Done{Outcome: out}, err
}

func (t tags) Lift(ctx context.Context, o promotion.Options) (Done, error) {
	out, err := promotion.Lift(ctx, t.reg, o)
	return Done{Outcome: out}, err
}

// change is a file in a checkout that says what runs.
type change struct {
	checkout     *checkout
	path, branch string
}

// done writes and commits what a move changed, and says what makes it count.
func (c change) done(o promotion.Options) func([]byte, promotion.Outcome, error) (Done, error) {
	return func(data []byte, out promotion.Outcome, err error) (Done, error) {
		if err != nil || data == nil {
			return Done{Outcome: out}, err
		}
		message := promotion.Message(out, o)
		if out.GitCommit, err = c.checkout.write(c.path, data, message, c.branch, o.Now); err != nil {
			return Done{}, err
		}
		out.File, out.Branch = c.checkout.name(c.path), c.branch
		return Done{out, c.checkout.next(out, c.path, message)}, nil
	}
}

func (c change) noRepair(o promotion.Options) error {
	return diag.Invalidf("--repair: Git says what runs in %s; revert the commit that changed it", o.Env.Name)
}

// Environment finds an environment of an app.
func Environment(app *model.App, name string) (*model.AppEnv, error) {
	var names []string
	for _, ae := range app.Envs {
		names = append(names, ae.Env.Name)
		if ae.Env.Name == name {
			return ae, nil
		}
	}
	return nil, diag.Invalidf("environment %q: %s/%s has no such environment; it has %v", name, app.Team.Name, app.Name, names)
}

// before is the environment that releases come from, or nil.
func before(ae *model.AppEnv) *model.AppEnv {
	for _, f := range ae.Envs {
		if f.Env == ae.Env.From {
			return f
		}
	}
	return nil
}

// envOf is an environment as the protocol needs it, but for what Git says.
func envOf(ae *model.AppEnv) promotion.Env {
	env := promotion.Env{Name: ae.Env.Name, Repository: ae.Repository, Releases: ae.Releases, Freeze: ae.Env.Freeze, Pinned: ae.Pinned}
	if f := before(ae); f != nil {
		env.From = &promotion.From{Name: f.Env.Name, Repository: f.Repository}
	}
	return env
}
