package promotion

import (
	"context"
	"fmt"
)

// Hold makes promotions void until a lift. An environment that is held
// already stays so, without a new claim.
func Hold(ctx context.Context, reg Registry, o Options) (Outcome, error) {
	r := newRun(reg, o, ActionHold)
	return r.end(r.hold(ctx, true))
}

// Lift lets promotions count again.
func Lift(ctx context.Context, reg Registry, o Options) (Outcome, error) {
	r := newRun(reg, o, ActionLift)
	return r.end(r.hold(ctx, false))
}

func (r *run) hold(ctx context.Context, held bool) (string, error) {
	if err := r.place(false, ""); err != nil {
		return "", err
	}
	s, err := r.begin(ctx, stop)
	if err != nil {
		return "", err
	}
	if s.Release == "" {
		return "", r.nothingRuns()
	}
	if s.Held == held {
		return r.asItWas(ctx, s, r.heldAlready(ctx, s))
	}
	digest, err := r.digestOf(ctx, s.Claim)
	if err != nil {
		return "", err
	}
	r.out.Attempts = 0
	c, err := r.claim(ctx, s, wish{action: r.out.Action, release: s.Release, digest: digest, reason: r.o.Reason})
	if err != nil {
		return "", err
	}
	after, err := r.settle(ctx, undo)
	if err != nil {
		return "", err
	}
	if after.Held != held {
		return "", r.holdBeaten(after, c)
	}
	if err := r.fill(ctx, s, after, c); err != nil {
		return "", err
	}
	if held {
		return fmt.Sprintf("%s is held at %s: promotions are refused until a lift", r.o.Env.Name, after.Release), nil
	}
	return fmt.Sprintf("%s runs %s and takes promotions again", r.o.Env.Name, after.Release), nil
}

func (r *run) heldAlready(ctx context.Context, s State) string {
	if s.Held {
		return r.o.Env.Name + " is held already by " + r.holdOf(ctx, s)
	}
	return r.o.Env.Name + " is not held"
}

// holdBeaten names the claim after which a hold or lift no longer stands.
func (r *run) holdBeaten(s State, c Claim) error {
	by := s.HoldClaim
	for _, m := range s.Moves {
		if !s.Held && m.Action == ActionLift {
			by = m.Claim
		}
	}
	now := fmt.Sprintf("%s was claimed, but %s stands above it and %s", c.Tag(), by.Tag(), r.did(by))
	return refuse(Beaten, now, "run "+r.o.Command("history")+" and decide whether to try again").by(by)
}
