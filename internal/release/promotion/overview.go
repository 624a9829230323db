package promotion

import (
	"context"
	"errors"
	"time"
)

// Place is an app in an environment.
type Place struct {
	App string // "team/app"
	Env Env
	// Pins are all versions of the pin file, oldest first, where Git pins it.
	Pins []Pin
	// Known is a place that was read elsewhere.
	Known *Standing
	// Unknown is why the place cannot be read, with what to do; usually empty.
	Unknown string
	// Elsewhere is set where it is unknown only because nobody named the clone
	// that knows.
	Elsewhere bool
}

// Standing is what should run in a place; "history -o json" without --env
// prints a list of them.
type Standing struct {
	App         string     `json:"app"`
	Environment string     `json:"environment"`
	Release     string     `json:"release"`
	Claim       string     `json:"claim"`
	Digest      string     `json:"digest"`
	Since       *time.Time `json:"since"`
	By          string     `json:"by"`
	Held        bool       `json:"held"`
	HeldBy      string     `json:"heldBy"`
	HeldSince   *time.Time `json:"heldSince"`
	HoldReason  string     `json:"holdReason"`
	// Candidates is how many releases could be gone back to, the current one left
	// out.
	Candidates int `json:"candidates"`
	// Shown is the digest of the environment tag. Off: it is not Digest.
	Shown string `json:"shown"`
	Off   bool   `json:"off"`
	// Error is why nothing is known of this place.
	Error string `json:"error,omitempty"`
}

// Overview says what should run in each place, in the order of places. One that
// cannot be read has its Error, and does not hide the others. Each repository
// is listed once; a place costs two requests more and one for each record.
func Overview(ctx context.Context, reg Registry, places []Place) []Standing {
	listings := map[string][]string{}
	list := make([]Standing, 0, len(places))
	for _, p := range places {
		if p.Known != nil {
			list = append(list, *p.Known)
			continue
		}
		s, err := standing(ctx, reg, p, listings)
		if err != nil {
			s = Standing{App: p.App, Environment: p.Env.Name, Error: err.Error()}
		}
		list = append(list, s)
	}
	return list
}

func standing(ctx context.Context, reg Registry, p Place, listings map[string][]string) (Standing, error) {
	if p.Env.Pinned || p.Unknown != "" {
		return standingPin(p)
	}
	tags, ok := listings[p.Env.Repository]
	if !ok {
		var err error
		if tags, err = reg.Tags(ctx, p.Env.Repository); err != nil {
			return Standing{}, err
		}
		listings[p.Env.Repository] = tags
	}
	claims, _ := Claims(tags, p.Env.Name)
	s := Fold(claims)
	st := describe(p, s)
	var err error
	if st.Shown, _, err = reg.Digest(ctx, p.Env.Repository, p.Env.Name); err != nil || s.Release == "" {
		st.Off = st.Shown != ""
		return st, err
	}
	e, err := readEntry(ctx, reg, p.Env.Repository, Move{Claim: s.Claim})
	if err != nil {
		return Standing{}, err
	}
	st.Digest, st.Since, st.By, st.Off = e.Digest, e.Time, e.Actor, e.Digest != st.Shown
	if !s.Held {
		return st, nil
	}
	if s.HoldClaim != s.Claim {
		if e, err = readEntry(ctx, reg, p.Env.Repository, Move{Claim: s.HoldClaim}); err != nil {
			return Standing{}, err
		}
	}
	st.HeldBy, st.HeldSince, st.HoldReason = e.Actor, e.Time, e.Reason
	return st, nil
}

func describe(p Place, s State) Standing {
	st := Standing{App: p.App, Environment: p.Env.Name, Release: s.Release, Held: s.Held, Candidates: max(0, len(s.Candidates())-1)}
	if s.Release != "" {
		st.Claim = s.Claim.Tag()
	}
	return st
}

// standingPin knows what the pins and the log of their file know.
func standingPin(p Place) (Standing, error) {
	if p.Unknown != "" {
		return Standing{}, errors.New(p.Unknown)
	}
	h := PinHistory(p.App, p.Env, p.Pins)
	st := describe(p, h.State)
	st.Shown, st.Off = h.Shown, h.byHand != ""
	for _, e := range h.Entries {
		if e.Current {
			st.Digest, st.Since, st.By = e.Digest, e.Time, e.Actor
		}
	}
	if e, ok := h.entry(h.State.HoldClaim); ok && h.State.Held {
		st.HeldBy, st.HeldSince, st.HoldReason = e.Actor, e.Time, p.Pins[len(p.Pins)-1].Reason
	}
	return st, nil
}
