package promotion

import (
	"errors"
	"fmt"
)

// Kind says why something is refused, for a caller that branches on it.
type Kind string

// The kinds of Refusal.
const (
	BadRelease     Kind = "bad release"     // no version, or too long for a tag: the command was called wrongly
	UnknownRelease Kind = "unknown release" // no such release or promotion tag
	ReleaseMoved   Kind = "release moved"   // the release tag is not what the preceding environment ran
	Frozen         Kind = "frozen"          // in a window without promotions
	OnHold         Kind = "held"            // promotions wait for a lift
	Older          Kind = "older"           // older than what runs
	NotBefore      Kind = "not before"      // it never counted in the preceding environment
	LeftBefore     Kind = "left before"     // the preceding environment was rolled back from it since
	NeverRan       Kind = "never ran"       // a rollback to something newer that was never here
	NoCandidate    Kind = "no candidate"    // nothing to go back to by default
	NothingRuns    Kind = "nothing runs"    // nothing was promoted yet
	MovedByHand    Kind = "moved by hand"   // the environment tag is neither the state nor the one before: a person must decide
	Beaten         Kind = "beaten"          // claimed, but another claim stands above
	Busy           Kind = "busy"            // other runs kept changing the environment
	WrongPlace     Kind = "wrong place"     // Git pins this environment, or it does not
	Unproven       Kind = "unproven"        // of Check or Sign: nobody, or somebody else, stands for the release
)

// Refusal is a request that was not carried out, or not to its end, for a
// reason that is no fault.
type Refusal struct {
	Kind Kind
	// Now is what is true now, Next what to run next.
	Now, Next string
	// Claim is the tag of the claim that stands in the way, where one does.
	Claim string
}

func (r *Refusal) Error() string { return r.Now + "; " + r.Next }

func refuse(kind Kind, now, next string) *Refusal { return &Refusal{Kind: kind, Now: now, Next: next} }

// by notes the claim that stands in the way.
func (r *Refusal) by(c Claim) *Refusal {
	r.Claim = c.Tag()
	return r
}

// KindOf returns the Kind of an error that is or wraps a Refusal, else "".
func KindOf(err error) Kind {
	if r, ok := errors.AsType[*Refusal](err); ok {
		return r.Kind
	}
	return ""
}

// Interrupted is a request that the registry did not answer. What was done
// before it stays done; the next run finishes it.
type Interrupted struct {
	Err error
	// Now is what is true now, Next what to run next.
	Now, Next string
}

func (e *Interrupted) Error() string { return fmt.Sprintf("%v; %s; %s", e.Err, e.Now, e.Next) }

func (e *Interrupted) Unwrap() error { return e.Err }
