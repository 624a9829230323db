package promotion

import (
	"cmp"
	"context"
	"fmt"
)

// Rollback brings an earlier release back into an environment whose tag floats,
// and holds promotions until a lift. With To it also adopts an environment tag
// that was moved by hand.
func Rollback(ctx context.Context, reg Registry, o Options) (Outcome, error) {
	r := newRun(reg, o, ActionRollback)
	return r.end(r.rollback(ctx))
}

func (r *run) rollback(ctx context.Context) (string, error) {
	if err := r.place(false, ""); err != nil {
		return "", err
	}
	hand := stop
	if r.o.To != "" {
		hand = leave // undoing it would run what somebody just moved away from
	}
	s, err := r.begin(ctx, hand)
	if err != nil {
		return "", err
	}
	if r.o.To == "" && r.out.Finished != "" && s.Claim.Action == ActionRollback {
		return r.asItWas(ctx, s, fmt.Sprintf("finished the rollback to %s that %s began; %s is held", s.Release, s.Claim.Tag(), r.o.Env.Name))
	}
	t, err := r.target(ctx, s)
	if err != nil {
		return "", err
	}
	if t.copiedFrom != "" {
		if err := r.bring(ctx, r.o.Env.Releases, t.digest); err != nil {
			return "", err
		}
	}
	return r.goBack(ctx, s, t)
}

// goBack claims until the fold is the rollback's release.
func (r *run) goBack(ctx context.Context, s State, t target) (string, error) {
	r.out.Attempts = 0
	r.out.CopiedFrom = t.copiedFrom
	now := s
	for range cmp.Or(r.o.claims, maxClaims) {
		c, err := r.claim(ctx, now, wish{action: ActionRollback, release: t.release, digest: t.digest, copiedFrom: t.copiedFrom, reason: r.o.Reason})
		if err != nil {
			return "", err
		}
		if now, err = r.settle(ctx, undo); err != nil {
			return "", err
		}
		if now.Release != t.release {
			continue
		}
		if err := r.fill(ctx, s, now, c); err != nil {
			return "", err
		}
		held := "and is held until a lift"
		if !now.Held {
			held = "and was lifted since"
		}
		return fmt.Sprintf("%s runs %s again, %s", r.o.Env.Name, t.release, held), nil
	}
	return "", r.busy()
}

// target is what a rollback goes back to.
type target struct {
	release, digest string
	copiedFrom      string // "repository:tag" when it has to be copied in again
}

func (r *run) target(ctx context.Context, s State) (target, error) {
	if r.o.To == "" {
		return r.defaultTarget(ctx, s)
	}
	c, ok := ParseClaim(r.o.To, r.o.Env.Name)
	if _, known := r.digests[r.o.To]; r.pinned != nil && known { // perhaps from before a rename
		c, ok = Pin{Tag: r.o.To}.claim()
	}
	if ok {
		return r.targetClaim(ctx, s, c)
	}
	if CheckRelease(r.o.To) != nil || r.o.Env.fits(r.o.To) != nil {
		return target{}, r.unknownTarget("neither a promotion tag of " + r.o.Env.Name + " nor a release")
	}
	if counted, ok := s.Counted(r.o.To); ok {
		return r.targetClaim(ctx, s, counted.Claim)
	}
	return r.targetRelease(ctx, s)
}

func (r *run) defaultTarget(ctx context.Context, s State) (target, error) {
	if s.Release == "" {
		return target{}, r.nothingRuns()
	}
	c, ok := s.Back()
	if !ok {
		return target{}, refuse(NoCandidate, fmt.Sprintf("nothing older than %s counted in %s that no rollback left", s.Release, r.o.Env.Name),
			"name the release with "+r.o.Command("rollback", "--to", "RELEASE"))
	}
	d, err := r.digestOf(ctx, c.Claim)
	return target{release: c.Release, digest: d}, err
}

func (r *run) targetClaim(ctx context.Context, s State, c Claim) (target, error) {
	d, ok, err := r.Digest(ctx, r.o.Env.Repository, c.Tag())
	if err != nil {
		return target{}, err
	}
	if !ok {
		d, ok = r.digests[c.Tag()] // of a pin, whose tag somebody deleted
	}
	if !ok {
		return target{}, r.unknownTarget("no tag of " + r.o.Env.Repository)
	}
	return target{release: c.Release, digest: d}, r.checkRan(s, c.Release, d)
}

// targetRelease copies a release in again whose claims may be gone.
func (r *run) targetRelease(ctx context.Context, s State) (target, error) {
	d, ok, err := r.Digest(ctx, r.o.Env.Releases, r.o.To)
	if err != nil {
		return target{}, err
	}
	if !ok {
		return target{}, r.unknownTarget("no release in " + r.o.Env.Releases)
	}
	return target{release: r.o.To, digest: d, copiedFrom: r.o.Env.Releases + ":" + r.o.To}, r.checkRan(s, r.o.To, d)
}

// checkRan refuses what would be a promotion past all its checks: something
// newer that never was here and that nobody put here by hand.
func (r *run) checkRan(s State, release, digest string) error {
	if _, ok := s.Counted(release); ok || digest == r.shown || s.Release == "" || !Newer(release, s.Release) {
		return nil
	}
	return refuse(NeverRan, fmt.Sprintf("%s is newer than %s and never ran in %s: that is no rollback", release, s.Release, r.o.Env.Name),
		"run "+r.o.Command("promote", "--release", release))
}

func (r *run) unknownTarget(why string) error {
	return refuse(UnknownRelease, fmt.Sprintf("%q is %s", r.o.To, why), "run "+r.o.Command("history")+" to see what can be gone back to")
}
