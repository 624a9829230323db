package promotion

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Command is a penstock command line about this app and environment.
func (o Options) Command(verb string, flags ...string) string {
	env := "--env"
	if verb == "promote" {
		env = "--to"
	}
	words := append([]string{"penstock", verb, "--app", o.App, env, o.Env.Name}, flags...)
	return `"` + strings.Join(words, " ") + `"`
}

// finish names what finishes a claimed run. A rollback is not simply run
// again: without --to it would go back one release further.
func (r *run) finish() string {
	switch c := r.claimed; c.Action {
	case ActionPromotion:
		return "run " + r.o.Command("promote", "--release", c.Release) + ": it finishes what is left"
	case ActionRollback:
		return "run " + r.o.Command("rollback", "--to", c.Release) + ": it finishes what is left"
	default:
		return "run the same command again: it finishes what is left"
	}
}

func (r *run) movedByHand(s State) error {
	return refuse(MovedByHand,
		fmt.Sprintf("the tag %q shows %s, but by its claims %s runs %s (%s): it was moved by hand, or another run has not ended",
			r.o.Env.Name, r.shown, r.o.Env.Name, s.Release, s.Claim.Tag()),
		fmt.Sprintf("run %s to keep what it shows, or %s to undo the move", r.o.Command("rollback", "--to", "RELEASE", "--reason", "TEXT"), r.o.Command("promote", "--repair"))).by(s.Claim)
}

func (r *run) unknownRuns() error {
	return refuse(UnknownRelease,
		fmt.Sprintf("the tag %q shows %s, which no release tag of %s names, and nothing was ever claimed", r.o.Env.Name, r.shown, r.o.Env.Releases),
		"run "+r.o.Command("rollback", "--to", "RELEASE", "--reason", "TEXT")+" to say what should run")
}

func (r *run) nothingRuns() error {
	return refuse(NothingRuns, "nothing was promoted to "+r.o.Env.Name+" yet", "run "+r.o.Command("promote")+" first")
}

func (r *run) busy() error {
	now := "other runs keep changing " + r.o.Env.Name
	next := "run the same command again when they have ended"
	if r.stage == stageClaimed {
		now += fmt.Sprintf("; %s is claimed", r.claimed.Tag())
		next = r.finish()
	}
	return refuse(Busy, now, next)
}

// held explains a hold with what its record says. The record is for the
// message alone: the hold stands without one.
func (r *run) held(ctx context.Context, s State) error {
	no := refuse(OnHold, r.o.Env.Name+" runs "+s.Release+" and is held by "+r.holdOf(ctx, s),
		"run "+r.o.Command("hold", "--lift")+" when the reason is gone")
	if r.pinned != nil {
		return no
	}
	return no.by(s.HoldClaim)
}

func (r *run) holdOf(ctx context.Context, s State) string {
	if r.pinned != nil {
		return "its pin: " + oneLine(r.pinned.Reason)
	}
	text := s.HoldClaim.Tag()
	data, ok, err := r.Record(ctx, r.o.Env.Repository, s.HoldClaim.RecordTag())
	if err != nil || !ok {
		return text + " (no record of it can be read)"
	}
	rec, err := DecodeRecord(data)
	if err != nil {
		return text + " (its record cannot be read)"
	}
	if t, ok := rec.time(); ok {
		text += " since " + age(r.o.Now.Sub(t)) + ", by " + rec.Actor
	}
	if rec.Reason != "" {
		text += ": " + oneLine(rec.Reason)
	}
	return text
}

// age rounds down to what a person wants to know.
func age(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	default:
		return fmt.Sprintf("%d days", int(d.Hours()/24))
	}
}

// oneLine folds line breaks, tabs and runs of spaces.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// beaten says which claim makes the run's own one not the state.
func (r *run) beaten(s State, c Claim) error {
	by, what := s.Claim, "has since"
	for _, m := range s.Moves {
		if m.Claim == c && !m.Counts {
			by, what = m.By, "stands before it and"
		}
	}
	now := fmt.Sprintf("%s was claimed, but %s %s %s; %s runs %s", c.Tag(), by.Tag(), what, r.did(by), r.o.Env.Name, s.Release)
	return refuse(Beaten, now, "run "+r.o.Command("history")+" and decide whether to try again").by(by)
}

func (r *run) did(c Claim) string {
	env := r.o.Env.Name
	switch c.Action {
	case ActionPromotion:
		return "promoted " + c.Release
	case ActionRollback:
		return "rolled " + env + " back to " + c.Release + " and holds it"
	case ActionLift:
		return "lifted the hold"
	default:
		return "holds " + env + " at " + c.Release
	}
}
