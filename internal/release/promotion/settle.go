package promotion

import (
	"context"
	"slices"
)

// byHand says what settle does about a tag that was moved by hand.
type byHand int

const (
	stop byHand = iota
	leave
	undo
)

// settle makes the environment tag equal to the fold, and repeats until it is.
// Where nothing was ever claimed it changes nothing.
//
// Other runs may claim and set the tag between any two requests. So a value
// without explanation is only held against a listing that did not change while
// the tag was read, and after its own first write a run asks no more: what the
// tag shows then is its own or another run's.
func (r *run) settle(ctx context.Context, hand byHand) (State, error) {
	var seen []Move
	for range maxLooks {
		r.out.Attempts++
		s, err := r.look(ctx)
		if err != nil {
			return State{}, err
		}
		want, same, err := r.compare(ctx, s)
		if err != nil || same {
			return s, err
		}
		if hand != undo {
			known, err := r.explained(ctx, s)
			switch {
			case err != nil:
				return State{}, err
			case known: // a run has not ended: finish it
			case !slices.Equal(seen, s.Moves):
				seen = s.Moves
				continue
			case hand == leave:
				return s, nil
			default:
				return State{}, r.movedByHand(s)
			}
		}
		if err := r.set(ctx, s, want); err != nil {
			return State{}, err
		}
		hand = undo
	}
	return State{}, r.busy()
}

// compare reads the environment tag. same is true when it shows the state, or
// when there is no state to show.
func (r *run) compare(ctx context.Context, s State) (want string, same bool, err error) {
	// The tag does not exist yet when ok is false: then shown is "".
	if r.shown, _, err = r.Digest(ctx, r.o.Env.Repository, r.o.Env.Name); err != nil {
		return "", false, err
	}
	if s.Release == "" {
		return "", true, nil
	}
	want, err = r.digestOf(ctx, s.Claim)
	return want, r.shown == want, err
}

// explained reports whether the tag shows what a run that has not ended may
// have left.
func (r *run) explained(ctx context.Context, s State) (bool, error) {
	if r.shown == "" {
		return true, nil
	}
	for _, c := range s.unfinished() {
		d, err := r.digestOf(ctx, c)
		if err != nil || d == r.shown {
			return err == nil, err
		}
	}
	return false, nil
}

func (r *run) set(ctx context.Context, s State, digest string) error {
	if r.stage < stageClaimed {
		r.stage = stageSetting
	}
	if err := r.Tag(ctx, r.o.Env.Repository, digest, r.o.Env.Name); err != nil {
		return err
	}
	r.out.Changed = true
	if r.stage == stageSetting {
		r.stage, r.out.Finished = stageLooked, s.Claim.Tag()
	}
	return nil
}
