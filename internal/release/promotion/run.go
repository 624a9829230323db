package promotion

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

const (
	maxLooks  = 20 // at an environment that other runs keep changing
	maxClaims = 3  // of a rollback that other rollbacks keep beating
)

// run is one call of Promote, Rollback, Hold or Lift.
type run struct {
	Registry
	o   Options
	out Outcome

	tags    []string          // the last listing of the environment's repository
	shown   string            // digest of the environment tag when last read; "" when there is none
	digests map[string]string // of claims, which never move
	stage   stage
	claimed Claim // the last claim that was or may have been written
	pinned  *Pin  // what the pin file says, where Git pins the environment
}

// stage is how far a run came, for the message when a request fails.
type stage int

const (
	stageLooked   stage = iota // nothing was written
	stageSetting               // the environment tag was being set to an earlier claim
	stageBringing              // digest and signatures were being copied
	stageClaiming              // record and claim were being written
	stageClaimed
)

func newRun(reg Registry, o Options, a Action) *run {
	return &run{Registry: reg, o: o, digests: map[string]string{}, out: Outcome{App: o.App, Environment: o.Env.Name, Action: a}}
}

// end completes an outcome, or says what a fault left.
func (r *run) end(message string, err error) (Outcome, error) {
	if err != nil {
		return Outcome{}, r.explain(err)
	}
	r.out.Message = message
	return r.out, nil
}

// look lists and folds.
func (r *run) look(ctx context.Context) (State, error) {
	tags, err := r.Tags(ctx, r.o.Env.Repository)
	if err != nil {
		return State{}, err
	}
	r.tags = tags
	claims, _ := Claims(tags, r.o.Env.Name)
	return Fold(claims), nil
}

// digestOf resolves a claim of the environment.
func (r *run) digestOf(ctx context.Context, c Claim) (string, error) {
	if d, ok := r.digests[c.Tag()]; ok {
		return d, nil
	}
	d, ok, err := r.Digest(ctx, r.o.Env.Repository, c.Tag())
	if err != nil {
		return "", err
	}
	if !ok {
		return "", fmt.Errorf("%s:%s: listed a moment ago, but does not exist", r.o.Env.Repository, c.Tag())
	}
	r.digests[c.Tag()] = d
	return d, nil
}

// begin finishes what a crashed run left, and claims what runs without a claim.
func (r *run) begin(ctx context.Context, hand byHand) (State, error) {
	s, err := r.settle(ctx, hand)
	if err != nil || s.Release != "" || r.shown == "" {
		return s, err
	}
	release, err := r.releaseOf(ctx, r.shown)
	if err != nil {
		return State{}, err
	}
	if release == "" {
		if hand == leave {
			return s, nil
		}
		return State{}, r.unknownRuns()
	}
	c, err := r.claim(ctx, s, wish{action: ActionPromotion, release: release, digest: r.shown, adopted: true})
	if err != nil {
		return State{}, err
	}
	r.out.Adopted, r.stage = c.Tag(), stageLooked
	return r.settle(ctx, hand)
}

// releaseOf finds the release of a digest, the newest first; "" when there is
// none.
func (r *run) releaseOf(ctx context.Context, digest string) (string, error) {
	releases, err := r.releases(ctx)
	if err != nil {
		return "", err
	}
	for _, release := range releases {
		d, ok, err := r.Digest(ctx, r.o.Env.Releases, release)
		if err != nil {
			return "", err
		}
		if ok && d == digest {
			return release, nil
		}
	}
	return "", nil
}

// releases lists all releases, newest first.
func (r *run) releases(ctx context.Context) ([]string, error) {
	tags, err := r.list(ctx, r.o.Env.Releases)
	if err != nil {
		return nil, err
	}
	list := slices.DeleteFunc(slices.Clone(tags), func(tag string) bool { return CheckRelease(tag) != nil })
	slices.SortFunc(list, func(a, b string) int { return compareReleases(b, a) })
	return list, nil
}

// list lists a repository, from memory when it is the environment's own.
func (r *run) list(ctx context.Context, repository string) ([]string, error) {
	if repository == r.o.Env.Repository {
		return r.tags, nil
	}
	return r.Tags(ctx, repository)
}

// wish is what a claim is to be about.
type wish struct {
	action     Action
	release    string
	digest     string
	copiedFrom string
	adopted    bool
	reason     string
}

// claim writes the record, then the claim, above every claim seen.
func (r *run) claim(ctx context.Context, s State, w wish) (Claim, error) {
	return r.claimAbove(ctx, s, s, w)
}

// claimAbove does so where the claims seen are more than the state's.
func (r *run) claimAbove(ctx context.Context, seen, s State, w wish) (Claim, error) {
	date, number := seen.next(r.o.Now)
	c := Claim{Environment: r.o.Env.Name, Date: date, Number: number, Action: w.action, Release: w.release}
	if back, ok := ParseClaim(c.Tag(), c.Environment); !ok || back != c || len(c.RecordTag()) > maxTag {
		return Claim{}, refuse(BadRelease, fmt.Sprintf("%q cannot be a promotion tag", c.Tag()), "use a shorter version")
	}
	record, err := r.record(ctx, s, c, w)
	if err != nil {
		return Claim{}, err
	}
	r.stage, r.claimed = stageClaiming, c
	if err := r.PutRecord(ctx, r.o.Env.Repository, c.RecordTag(), w.digest, record); err != nil {
		return Claim{}, err
	}
	if err := r.Tag(ctx, r.o.Env.Repository, w.digest, c.Tag()); err != nil {
		return Claim{}, err
	}
	r.stage, r.out.Changed = stageClaimed, true
	r.digests[c.Tag()] = w.digest
	return c, nil
}

func (r *run) record(ctx context.Context, s State, c Claim, w wish) ([]byte, error) {
	rec := Record{
		Tag: c.Tag(), App: r.o.App, Environment: c.Environment, Action: c.Action, Release: c.Release, Digest: w.digest,
		PreviousRelease: s.Release, Commit: r.o.Commit, Actor: r.o.who(), Pipeline: r.o.Pipeline,
		Time: r.o.Now.UTC().Format(time.RFC3339), Reason: w.reason, CopiedFrom: w.copiedFrom, Adopted: w.adopted,
	}
	if s.Release != "" {
		d, err := r.digestOf(ctx, s.Claim)
		if err != nil {
			return nil, err
		}
		rec.PreviousDigest = d
	}
	return rec.Encode()
}

// bring checks a digest where it comes from, copies it, with its signatures, to
// where the environment reads, and signs it there.
func (r *run) bring(ctx context.Context, from, digest string) error {
	if r.o.Check != nil {
		if err := r.o.Check(ctx, from, digest); err != nil {
			return err
		}
	}
	r.stage = stageBringing
	if from != r.o.Env.Repository {
		if err := r.Copy(ctx, from, r.o.Env.Repository, digest); err != nil {
			return err
		}
	}
	if r.o.Sign == nil {
		return nil
	}
	return r.o.Sign(ctx, r.o.Env.Repository, digest)
}

// explain says what a fault left; a Refusal says so itself.
func (r *run) explain(err error) error {
	if _, ok := errors.AsType[*Refusal](err); ok {
		return err
	}
	env, again := r.o.Env.Name, "run the same command again"
	switch r.stage {
	case stageLooked:
		return &Interrupted{err, "nothing was changed", again}
	case stageSetting:
		return &Interrupted{err, fmt.Sprintf("the tag %q may not show the newest claim yet", env), again + ": it finishes that first"}
	case stageBringing:
		return &Interrupted{err, env + " was not changed, at most the bundle or its signature was copied", again}
	case stageClaiming:
		return &Interrupted{err, r.claimed.Tag() + " may be claimed or not, and counts if it is", r.finish()}
	case stageClaimed:
		return &Interrupted{err, fmt.Sprintf("%s is claimed, but the tag %q may not show it yet", r.claimed.Tag(), env), r.finish()}
	}
	return err
}
