package promotion

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"
)

// PinHistory is the history that the versions of a pin file, oldest first, tell.
// What the registry still holds is not known from them; see Resolve.
func PinHistory(app string, env Env, pins []Pin) History {
	h := History{App: app, Environment: env.Name, State: FoldPins(pins)}
	var before Pin
	for _, p := range pins {
		if e, ok := pinEntry(before, p); ok {
			h.Entries = append(h.Entries, e)
		}
		if _, ok := p.claim(); !ok {
			p.Tag, p.Digest = before.Tag, before.Digest
		}
		before = p
	}
	slices.Reverse(h.Entries)
	i := slices.IndexFunc(h.Entries, func(e Entry) bool {
		return e.Tag == h.State.Claim.Tag() && e.Action != ActionHold && e.Action != ActionLift
	})
	if i >= 0 {
		h.Entries[i].Current = true
	}
	if n := len(pins); n > 0 {
		h.Shown = pins[n-1].Digest
		if pins[n-1].byHand() {
			h.byHand = strings.TrimSuffix(pins[n-1].Tag+"@"+pins[n-1].Digest, "@")
		}
	}
	return h
}

// pinEntry is what a version did to the one before it; ok is false when it
// changed nothing that counts.
func pinEntry(before, p Pin) (e Entry, ok bool) {
	c, ok := p.claim()
	if !ok {
		return e, false
	}
	was, _ := before.claim()
	e = Entry{
		Tag: p.Tag, Action: c.Action, Release: c.Release, Digest: p.Digest, PreviousDigest: before.Digest,
		Commit: p.Commit, Actor: p.Actor, Pipeline: p.Pipeline, Time: p.Time, Reason: p.Why,
		Counts: true, Available: true, Recorded: true,
	}
	switch {
	case was.Release != "" && Newer(was.Release, c.Release): // also by "git revert"
		e.Action = ActionRollback
	case c != was || p.Digest != before.Digest:
	case p.Held && !before.Held:
		e.Action, e.PreviousDigest = ActionHold, ""
	case !p.Held && before.Held:
		e.Action, e.PreviousDigest = ActionLift, ""
	default:
		return e, false
	}
	if e.Reason == "" && p.Held && !before.Held {
		e.Reason = p.Reason
	}
	return e, true
}

// Resolve asks the registry which promotion tags of a pin file's history are
// still there, as what they were.
func (h *History) Resolve(ctx context.Context, reg Registry, repository string) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(parallel)
	for i := range h.Entries {
		e := &h.Entries[i]
		group.Go(func() error {
			digest, ok, err := reg.Digest(ctx, repository, e.Tag)
			if err == nil {
				e.Available = ok && digest == e.Digest
			}
			return err
		})
	}
	return group.Wait()
}
