package promotion

import (
	"context"
	"fmt"
	"slices"
)

// Promote brings a release into an environment whose tag floats. The same
// release again is a quiet success. With Repair it first sets the environment
// tag to what the claims say.
func Promote(ctx context.Context, reg Registry, o Options) (Outcome, error) {
	r := newRun(reg, o, ActionPromotion)
	return r.end(r.promote(ctx))
}

func (r *run) promote(ctx context.Context) (string, error) {
	if err := r.place(false, r.o.Release); err != nil {
		return "", err
	}
	hand := stop
	if r.o.Repair {
		hand = undo
	}
	s, err := r.begin(ctx, hand)
	if err != nil {
		return "", err
	}
	if r.o.Repair && r.o.Release == "" {
		return r.repaired(ctx, s)
	}
	if err := r.open(ctx, s); err != nil {
		return "", err
	}
	src, err := r.choose(ctx, s)
	if err != nil {
		return "", err
	}
	if src.release == s.Release {
		return r.asItWas(ctx, s, fmt.Sprintf("%s runs %s already (%s)", r.o.Env.Name, s.Release, s.Claim.Tag()))
	}
	return r.move(ctx, s, src)
}

// place refuses, before any request, the wrong kind of environment and what
// cannot be a release.
func (r *run) place(pinned bool, release string) error {
	switch {
	case r.o.Env.Pinned && !pinned:
		return refuse(WrongPlace, "Git pins what runs in "+r.o.Env.Name, "pass --platform-dir DIR, a checkout of the platform repository")
	case pinned && !r.o.Env.Pinned:
		return refuse(WrongPlace, "the registry says what runs in "+r.o.Env.Name+", no pin", "leave out --platform-dir")
	}
	if release == "" {
		return nil
	}
	if err := CheckRelease(release); err != nil {
		return refuse(BadRelease, err.Error(), "run "+r.o.Command("promote", "--release", "VERSION"))
	}
	return r.o.Env.fits(release)
}

// open refuses a promotion while the environment takes none.
func (r *run) open(ctx context.Context, s State) error {
	if err := r.o.CheckFreeze(); err != nil {
		return err
	}
	if s.Held {
		return r.held(ctx, s)
	}
	return nil
}

// move claims the release and makes it what runs.
func (r *run) move(ctx context.Context, s State, src source) (string, error) {
	if err := r.bring(ctx, src.repository, src.digest); err != nil {
		return "", err
	}
	r.out.Attempts = 0
	c, err := r.claim(ctx, s, wish{action: ActionPromotion, release: src.release, digest: src.digest, reason: r.o.Reason})
	if err != nil {
		return "", err
	}
	after, err := r.settle(ctx, undo)
	if err != nil {
		return "", err
	}
	if after.Release != src.release {
		return "", r.beaten(after, c)
	}
	if err := r.fill(ctx, s, after, c); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s runs %s now, %s", r.o.Env.Name, src.release, before(s)), nil
}

func before(s State) string {
	if s.Release == "" {
		return "the first release there"
	}
	return "before it was " + s.Release
}

// fill completes the outcome of a run that found s and left after with claim c.
func (r *run) fill(ctx context.Context, s, after State, c Claim) (err error) {
	r.out.Release, r.out.Claim, r.out.Held = after.Release, c.Tag(), after.Held
	if r.out.Digest, err = r.digestOf(ctx, after.Claim); err != nil || s.Release == "" {
		return err
	}
	r.out.PreviousRelease = s.Release
	r.out.PreviousDigest, err = r.digestOf(ctx, s.Claim)
	return err
}

// asItWas is the outcome when nothing was to be done.
func (r *run) asItWas(ctx context.Context, s State, message string) (string, error) {
	return message, r.fill(ctx, State{}, s, s.Claim)
}

func (r *run) repaired(ctx context.Context, s State) (string, error) {
	if s.Release == "" {
		return "", r.nothingRuns()
	}
	message := fmt.Sprintf("the tag %q shows %s, as its claims say; nothing was to repair", r.o.Env.Name, s.Release)
	if r.out.Finished != "" {
		message = fmt.Sprintf("the tag %q shows %s again, as its claims say", r.o.Env.Name, s.Release)
	}
	return r.asItWas(ctx, s, message)
}

// source is a bundle to promote and where it is copied from.
type source struct{ release, digest, repository string }

// choose finds the release and checks that it may be promoted.
func (r *run) choose(ctx context.Context, s State) (source, error) {
	if r.o.Env.From == nil {
		return r.chooseFirst(ctx, s)
	}
	prev, err := r.preceding(ctx)
	if err != nil {
		return source{}, err
	}
	release := r.o.Release
	if release == "" {
		release = prev.state.Release
	}
	if release == "" {
		return source{}, r.precedingEmpty()
	}
	if done, err := r.checkNewer(s, release); done || err != nil {
		return source{release: release}, err
	}
	digest, err := prev.digest(ctx, r, release)
	if err != nil {
		return source{}, err
	}
	return r.fromReleases(ctx, source{release, digest, r.o.Env.From.Repository})
}

func (r *run) chooseFirst(ctx context.Context, s State) (source, error) {
	release := r.o.Release
	if release == "" {
		all, err := r.releases(ctx)
		if err != nil {
			return source{}, err
		}
		i := slices.IndexFunc(all, func(v string) bool { return version(v).Prerelease() == "" })
		if i < 0 {
			return source{}, refuse(UnknownRelease, r.o.Env.Releases+" holds no release that is no pre-release",
				"push one with \"penstock bundle push\", or name one with --release")
		}
		release = all[i]
	}
	if done, err := r.checkNewer(s, release); done || err != nil {
		return source{release: release}, err
	}
	digest, ok, err := r.Digest(ctx, r.o.Env.Releases, release)
	if err == nil && !ok {
		err = r.unknownRelease(release)
	}
	return source{release, digest, r.o.Env.Releases}, err
}

func (r *run) unknownRelease(release string) error {
	return refuse(UnknownRelease, fmt.Sprintf("%s has no release %s", r.o.Env.Releases, release), "push it with \"penstock bundle push\", or name another with --release")
}

// checkNewer refuses an older release; done is true for the one that runs.
func (r *run) checkNewer(s State, release string) (done bool, err error) {
	if release == s.Release {
		return true, nil
	}
	if !Newer(release, s.Release) {
		return false, refuse(Older, fmt.Sprintf("%s is older than %s, which runs in %s", release, s.Release, r.o.Env.Name),
			"run "+r.o.Command("rollback", "--to", release, "--reason", "TEXT")+" if it is meant to go back").by(s.Claim)
	}
	return false, r.o.Env.fits(release)
}

// fromReleases prefers the releases repository as the place to copy from, and
// refuses a release tag that no longer is what was tested before.
func (r *run) fromReleases(ctx context.Context, src source) (source, error) {
	digest, ok, err := r.Digest(ctx, r.o.Env.Releases, src.release)
	if err != nil || !ok {
		return src, err
	}
	if digest != src.digest {
		return source{}, refuse(ReleaseMoved, fmt.Sprintf("the release tag %s shows %s, but %s ran %s under that name: the tag was moved", src.release, digest, r.o.Env.From.Name, src.digest),
			"find out who moved it, and release the change under a new version")
	}
	src.repository = r.o.Env.Releases
	return src, nil
}
