package promotion

import (
	"context"
	"fmt"
	"slices"
)

// FoldPins is the state that the versions of a pin file, oldest first, add up
// to. Git is the state there: each version counts, in the order of the log, and
// one that is older than what it follows went back, whoever wrote it.
func FoldPins(pins []Pin) State {
	var s State
	for _, p := range pins {
		c, ok := p.claim()
		if ok && c != s.Claim {
			m := Move{Claim: c, Counts: true}
			s.set(&m)
			s.Moves = append(s.Moves, m)
		}
		switch {
		case !p.Held:
			s.HoldClaim = Claim{}
		case !s.Held:
			s.HoldClaim = s.Claim
		}
		s.Held = p.Held
	}
	return s
}

func pinDigests(pins []Pin) map[string]string {
	digests := map[string]string{}
	for _, p := range pins {
		if p.Tag != "" && p.Digest != "" {
			digests[p.Tag] = p.Digest
		}
	}
	return digests
}

// PinLog is a pin file and its earlier versions.
type PinLog struct {
	// File is the file as it is on the platform repository's branch.
	File []byte
	// Before are its earlier versions, oldest first.
	Before []Pin
}

// PromotePin changes the pin file so that it runs a release. The merge of the
// change is the promotion. The registry gets the promotion tag, which keeps the
// digest from being deleted, and the record. nil data: nothing is to change.
func PromotePin(ctx context.Context, reg Registry, o Options, log PinLog) (data []byte, out Outcome, err error) {
	r := newRun(reg, o, ActionPromotion)
	data, message, err := r.promotePin(ctx, log)
	out, err = r.end(message, err)
	return data, out, err
}

// RollbackPin changes the pin file back to an earlier release, and holds it.
func RollbackPin(ctx context.Context, reg Registry, o Options, log PinLog) (data []byte, out Outcome, err error) {
	r := newRun(reg, o, ActionRollback)
	data, message, err := r.rollbackPin(ctx, log)
	out, err = r.end(message, err)
	return data, out, err
}

// HoldPin writes the hold into the pin file. It needs no registry.
func HoldPin(o Options, log PinLog) (data []byte, out Outcome, err error) {
	r := newRun(nil, o, ActionHold)
	data, message, err := r.holdPin(log, true)
	out, err = r.end(message, err)
	return data, out, err
}

// LiftPin takes it out.
func LiftPin(o Options, log PinLog) (data []byte, out Outcome, err error) {
	r := newRun(nil, o, ActionLift)
	data, message, err := r.holdPin(log, false)
	out, err = r.end(message, err)
	return data, out, err
}

// beginPin folds the pins.
func (r *run) beginPin(log PinLog, release string) (State, error) {
	if err := r.place(true, release); err != nil {
		return State{}, err
	}
	p, err := ReadPin(log.File)
	if err != nil {
		return State{}, err
	}
	pins := append(slices.Clip(log.Before), p)
	r.pinned, r.digests, r.shown = &p, pinDigests(pins), p.Digest
	return FoldPins(pins), nil
}

func (r *run) promotePin(ctx context.Context, log PinLog) ([]byte, string, error) {
	s, err := r.beginPin(log, r.o.Release)
	if err != nil {
		return nil, "", err
	}
	if r.pinned.byHand() {
		return nil, "", refuse(MovedByHand, fmt.Sprintf("the pin of %s holds %q, which is no promotion tag: somebody wrote it by hand", r.o.Env.Name, r.pinned.Tag),
			"run "+r.o.Command("rollback", "--to", "RELEASE", "--reason", "TEXT")+" to say what should run, then lift the hold")
	}
	if err := r.open(ctx, s); err != nil {
		return nil, "", err
	}
	seen, err := r.look(ctx)
	if err != nil {
		return nil, "", err
	}
	src, err := r.choose(ctx, s)
	if err != nil {
		return nil, "", err
	}
	if src.release == s.Release {
		message, err := r.asItWas(ctx, s, fmt.Sprintf("the pin of %s holds %s already (%s)", r.o.Env.Name, s.Release, s.Claim.Tag()))
		return nil, message, err
	}
	if err := r.bring(ctx, src.repository, src.digest); err != nil {
		return nil, "", err
	}
	data, err := r.pin(ctx, log, seen, s, wish{action: ActionPromotion, release: src.release, digest: src.digest, reason: r.o.Reason})
	return data, fmt.Sprintf("merging the changed pin makes %s run %s, %s", r.o.Env.Name, src.release, before(s)), err
}

func (r *run) rollbackPin(ctx context.Context, log PinLog) ([]byte, string, error) {
	s, err := r.beginPin(log, "")
	if err != nil {
		return nil, "", err
	}
	seen, err := r.look(ctx)
	if err != nil {
		return nil, "", err
	}
	t, err := r.target(ctx, s)
	if err != nil {
		return nil, "", err
	}
	if t.copiedFrom != "" {
		r.out.CopiedFrom = t.copiedFrom
		if err := r.bring(ctx, r.o.Env.Releases, t.digest); err != nil {
			return nil, "", err
		}
	}
	data, err := r.pin(ctx, log, seen, s, wish{action: ActionRollback, release: t.release, digest: t.digest, copiedFrom: t.copiedFrom, reason: r.o.Reason})
	if err != nil {
		return nil, "", err
	}
	reason := "rolled back from " + s.Release
	if r.o.Reason != "" {
		reason += ": " + r.o.Reason
	}
	r.out.Held = true
	data, err = SetHold(data, reason)
	return data, fmt.Sprintf("merging the changed pin makes %s run %s again, held until a lift", r.o.Env.Name, t.release), err
}

// pin makes the promotion tag, above the claims in the registry and in the log,
// and the file with it.
func (r *run) pin(ctx context.Context, log PinLog, seen, s State, w wish) ([]byte, error) {
	claims := make([]Claim, 0, len(seen.Moves)+len(s.Moves))
	for _, m := range append(seen.Moves, s.Moves...) {
		claims = append(claims, m.Claim)
	}
	c, err := r.claimAbove(ctx, Fold(claims), s, w)
	if err != nil {
		return nil, err
	}
	r.out.Release, r.out.Claim, r.out.Digest = c.Release, c.Tag(), w.digest
	r.out.PreviousRelease, r.out.PreviousDigest = s.Release, r.digests[s.Claim.Tag()]
	return SetPin(log.File, c.Tag(), w.digest)
}

func (r *run) holdPin(log PinLog, held bool) ([]byte, string, error) {
	s, err := r.beginPin(log, "")
	if err != nil {
		return nil, "", err
	}
	r.out.Release, r.out.Claim, r.out.Digest, r.out.Held = s.Release, s.Claim.Tag(), r.digests[s.Claim.Tag()], held
	switch {
	case s.Release == "":
		return nil, "", r.nothingRuns()
	case s.Held && held:
		return nil, r.o.Env.Name + " is held already by its pin: " + r.pinned.Reason, nil
	case !s.Held && !held:
		return nil, r.o.Env.Name + " is not held", nil
	}
	r.out.Changed = true
	if !held {
		data, err := DropHold(log.File)
		return data, "merging the changed pin lets " + r.o.Env.Name + " take promotions again", err
	}
	reason := r.o.Reason
	if reason == "" {
		reason = "by " + r.o.who()
	}
	data, err := SetHold(log.File, reason)
	return data, "merging the changed pin holds " + r.o.Env.Name + " at " + s.Release, err
}
