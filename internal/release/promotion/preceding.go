package promotion

import (
	"context"
	"fmt"
)

// preceding is the state of the environment that a release comes from.
type preceding struct {
	from  From
	state State
	pins  map[string]string // digest of a promotion tag, where Git pins
}

// preceding reads it: from its own listing, or from the pins.
func (r *run) preceding(ctx context.Context) (preceding, error) {
	from := *r.o.Env.From
	if from.Pins != nil {
		return preceding{from: from, state: FoldPins(from.Pins), pins: pinDigests(from.Pins)}, nil
	}
	tags, err := r.list(ctx, from.Repository)
	if err != nil {
		return preceding{}, err
	}
	claims, _ := Claims(tags, from.Name)
	return preceding{from: from, state: Fold(claims)}, nil
}

// digest is what the preceding environment ran under the release's name. It
// refuses a release that never counted there or was rolled back from since.
func (p preceding) digest(ctx context.Context, r *run, release string) (string, error) {
	c, ok := p.state.Counted(release)
	if !ok {
		return "", r.neverBefore(p.state, release)
	}
	if c.LeftSince {
		return "", refuse(LeftBefore, fmt.Sprintf("%s was rolled back from %s to %s since it ran there", p.from.Name, release, p.state.Release),
			"release a version above it with the repair").by(p.state.Claim)
	}
	if p.pins != nil {
		return p.pins[c.Claim.Tag()], nil
	}
	d, ok, err := r.Digest(ctx, p.from.Repository, c.Claim.Tag())
	if err == nil && !ok {
		err = fmt.Errorf("%s:%s: listed a moment ago, but does not exist", p.from.Repository, c.Claim.Tag())
	}
	return d, err
}

func (r *run) neverBefore(s State, release string) error {
	from := *r.o.Env.From
	runs := "where nothing was promoted yet"
	if s.Release != "" {
		runs = "which runs " + s.Release
	}
	return refuse(NotBefore, fmt.Sprintf("%s never ran in %s, %s", release, from.Name, runs), r.promoteBefore("--release", release))
}

func (r *run) precedingEmpty() error {
	return refuse(NothingRuns, "nothing was promoted to "+r.o.Env.From.Name+" yet, from which "+r.o.Env.Name+" takes its releases", r.promoteBefore())
}

func (r *run) promoteBefore(flags ...string) string {
	o := r.o
	o.Env.Name = r.o.Env.From.Name
	return "run " + o.Command("promote", flags...) + " first"
}
