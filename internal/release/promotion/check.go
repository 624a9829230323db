package promotion

import (
	"fmt"
	"time"

	"github.com/penstock-dev/penstock/internal/diag"
)

// Promise is what "history --check" holds a history against.
type Promise struct {
	// Candidates is the contract's spec.registry.retention.promotions.
	Candidates int
	// HoldAge is how old a hold may get; 0 for any age.
	HoldAge time.Duration
	Now     time.Time
}

// Check lists broken promises. History must have been read in full.
func (h History) Check(p Promise) diag.List {
	var list diag.List
	where := diag.Where{File: h.App + " in " + h.Environment}
	add := func(fix, format string, args ...any) { list.Add(where, fmt.Sprintf(format, args...), fix) }
	o := Options{App: h.App, Env: Env{Name: h.Environment}}
	h.checkTag(add, o)
	h.checkHold(add, o, p)
	if n, lost := h.Available(), h.lost(); n < p.Candidates && lost != "" {
		add("find out what deleted promotion tags: the registry's retention must keep them",
			"%d releases can be gone back to, %d are promised, and there was one before them: %s", n, p.Candidates, lost)
	}
	for _, e := range h.Entries {
		if !e.Available {
			add("find out what deleted it", "%s is listed, but its digest is gone", e.Tag)
		}
		if !e.Recorded {
			add("nothing breaks by it; write down who moved it by hand, if somebody did", "%s has no record, so nobody knows who, when and why", e.Tag)
		}
	}
	for _, tag := range h.Odd {
		add("delete it if it was made by hand, or make the claim that was meant", "the tag %q looks like a claim and is none, so it does not count", tag)
	}
	return list.Sorted()
}

type adder func(fix, format string, args ...any)

func (h History) checkTag(add adder, o Options) {
	e, ok := h.entry(h.State.Claim)
	switch {
	case h.byHand != "":
		add("run "+o.Command("rollback", "--to", "RELEASE", "--reason", "TEXT")+" to say what should run", "the pin holds %q, which is no promotion tag, so nobody knows which release runs", h.byHand)
	case h.State.Release == "" && h.Shown != "":
		add("run any promote, rollback or hold: it claims what runs", "the tag %q shows %s, and nothing was ever claimed", h.Environment, h.Shown)
	case ok && e.Available && e.Digest != h.Shown:
		shows := h.Shown
		if shows == "" {
			shows = "nothing"
		}
		add("run "+o.Command("promote", "--repair")+" to make it so, or "+o.Command("rollback", "--to", "RELEASE")+" to keep what it shows",
			"the tag %q shows %s, but %s should run (%s)", h.Environment, shows, h.State.Release, e.Tag)
	}
}

func (h History) checkHold(add adder, o Options, p Promise) {
	if !h.State.Held || p.HoldAge <= 0 {
		return
	}
	since, err := time.Parse(dateLayout, h.State.HoldClaim.Date)
	if e, ok := h.entry(h.State.HoldClaim); ok && e.Time != nil {
		since, err = *e.Time, nil
	}
	if old := p.Now.Sub(since); err == nil && old > p.HoldAge {
		add("run "+o.Command("hold", "--lift")+" when its reason is gone", "held by %s for %s, longer than %s", h.State.HoldClaim.Tag(), age(old), age(p.HoldAge))
	}
}

// lost is a digest that ran before the oldest claim that is left and that no
// candidate has; "" when nothing says that there was one.
func (h History) lost() string {
	candidates := h.State.Candidates()
	for _, m := range h.State.Moves {
		if !m.Counts || m.Action == ActionHold || m.Action == ActionLift {
			continue
		}
		e, _ := h.entry(m.Claim)
		if e.PreviousDigest == "" || h.available()[e.PreviousDigest] || len(candidates) == 0 {
			return ""
		}
		return e.PreviousDigest
	}
	return ""
}
