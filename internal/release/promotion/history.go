package promotion

import (
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

// parallel is how many requests History has under way at once.
const parallel = 8

// Entry is a line of the history; "history -o json" prints a list of them.
// Unknown times are null, unknown texts are empty.
type Entry struct {
	Tag            string     `json:"tag"`
	Action         Action     `json:"action"`
	Release        string     `json:"release"`
	Digest         string     `json:"digest"`
	PreviousDigest string     `json:"previousDigest"`
	Commit         string     `json:"commit"`
	Actor          string     `json:"actor"`
	Pipeline       string     `json:"pipeline"`
	Time           *time.Time `json:"time"`
	Reason         string     `json:"reason"`
	// Current: this claim set what should run now.
	Current bool `json:"current"`
	// Counts is false for a void promotion and for a lift that found no hold.
	Counts bool `json:"counts"`
	// Available: the digest is there, so that it can be gone back to.
	Available bool `json:"available"`

	// Recorded: a record explains the claim.
	Recorded bool `json:"-"`
}

// History is what happened in an environment, and what it shows.
type History struct {
	App, Environment string
	State            State
	Entries          []Entry // newest first
	// Shown is the digest of the environment tag; "" when there is none.
	Shown string
	// Odd are tags that look like claims and are none.
	Odd []string

	byHand string // the tag of a pin that names no promotion
}

// ReadHistory reads the newest claims with their records, limit of them or all
// when it is 0. It changes nothing. It costs one listing, one request for the
// environment tag and two for each claim.
func ReadHistory(ctx context.Context, reg Registry, app string, env Env, limit int) (History, error) {
	h := History{App: app, Environment: env.Name}
	tags, err := reg.Tags(ctx, env.Repository)
	if err != nil {
		return History{}, err
	}
	claims, odd := Claims(tags, env.Name)
	h.State, h.Odd = Fold(claims), odd
	if h.Shown, _, err = reg.Digest(ctx, env.Repository, env.Name); err != nil {
		return History{}, err
	}
	moves := slices.Clone(h.State.Moves)
	slices.Reverse(moves)
	if limit > 0 && len(moves) > limit {
		moves = moves[:limit]
	}
	h.Entries = make([]Entry, len(moves))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(parallel)
	for i, m := range moves {
		group.Go(func() (err error) {
			h.Entries[i], err = readEntry(ctx, reg, env.Repository, m)
			h.Entries[i].Current = m.Claim == h.State.Claim
			return err
		})
	}
	return h, group.Wait()
}

func readEntry(ctx context.Context, reg Registry, repository string, m Move) (Entry, error) {
	e := Entry{Tag: m.Tag(), Action: m.Action, Release: m.Release, Counts: m.Counts}
	digest, ok, err := reg.Digest(ctx, repository, e.Tag)
	if err != nil {
		return Entry{}, err
	}
	e.Digest, e.Available = digest, ok
	data, ok, err := reg.Record(ctx, repository, m.RecordTag())
	if err != nil || !ok {
		return e, err
	}
	rec, err := DecodeRecord(data)
	if err != nil || rec.Tag != e.Tag {
		return e, nil // shown without a record, and reported by Check
	}
	e.explain(rec)
	return e, nil
}

// explain fills in what only the record knows.
func (e *Entry) explain(rec Record) {
	e.Recorded = true
	e.PreviousDigest, e.Commit, e.Actor, e.Pipeline, e.Reason = rec.PreviousDigest, rec.Commit, rec.Actor, rec.Pipeline, rec.Reason
	if t, ok := rec.time(); ok {
		e.Time = &t
	}
	if e.Digest == "" {
		e.Digest = rec.Digest
	}
}

// Available counts the distinct digests that counted and are still there: what
// runs and what could be gone back to. History must have been read in full.
func (h History) Available() int { return len(h.available()) }

func (h History) available() map[string]bool {
	digests := map[string]bool{}
	for _, c := range h.State.Candidates() {
		if e, ok := h.entry(c.Claim); ok && e.Available {
			digests[e.Digest] = true
		}
	}
	return digests
}

func (h History) entry(c Claim) (Entry, bool) {
	i := slices.IndexFunc(h.Entries, func(e Entry) bool { return e.Tag == c.Tag() })
	if i < 0 {
		return Entry{}, false
	}
	return h.Entries[i], true
}
