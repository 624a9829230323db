// Package plan decides what a run does with every file of one target.
//
// In go the pristine, the current and the desired files; out comes a Plan: a
// value with one Change a file and the state to keep. It reads and writes no
// disk, and apply adds no decision of its own.
package plan

import (
	"bytes"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/generate/merge"
	"github.com/penstock-dev/penstock/internal/generate/tree"
)

// contractPath is the contract in the platform repository. It is what people
// edit, so it is never deleted, whatever is generated.
const contractPath = "penstock.yaml"

// slicePath is the contract in an app's repository.
const slicePath = ".penstock/contract.yaml"

// attributesPath is a file that many repositories have before Penstock comes.
const attributesPath = ".gitattributes"

// decide is the decision table. B, C and D are the pristine, the current and
// the desired file; "-" means that there is none.
func (c *computation) decide(r row) Change {
	b, cur, d := r.Pristine, r.edited, r.Desired
	if r.obstacle != nil && cur == nil {
		return c.obstructed(r)
	}
	switch {
	// - - D: new.
	case b == nil && cur == nil:
		return r.write(Create, *d, "new")
	// - C D, seeded: the user's file is what the seed would have started.
	case b == nil && r.seeded:
		return r.is(Keep, "exists already; it is a starting point, so yours is kept")
	// - C D, C = D: taken up, as after a crashed run. The mode stays the user's.
	case b == nil && equalData(cur, d):
		return r.is(Keep, "exists already, as generated")
	// - C D, a file whose later lines win: both.
	case b == nil && r.Path == attributesPath:
		return r.above()
	// - C D: somebody else's file.
	case b == nil:
		return r.is(NotOurs, "exists and is not penstock's; move it away, or make it equal to what is generated")
	// B - -: nobody wants it.
	case cur == nil && d == nil:
		return r.is(Forget, "no longer generated, and already deleted")
	// B - D: the user deleted it, and that holds.
	case cur == nil && d.Equal(*b):
		return r.is(KeepDeleted, "deleted here; stays deleted")
	case cur == nil:
		return r.is(KeepDeleted, "deleted here and changed by the contract; stays deleted")
	// B C -: never deleted are the contract, and what is the user's own.
	case d == nil && r.Path == contractPath:
		return r.is(Leave, "no longer generated; the contract is never deleted")
	case d == nil && r.movesTo != "" && c.carried(r):
		return r.is(Delete, "renamed to "+r.movesTo)
	case d == nil && r.known:
		return r.is(Leave, "no longer generated; it was a starting point, so it is yours: delete it when you are done with it")
	// B C -, C = B: unedited, so it goes.
	case d == nil && cur.Equal(*b):
		return r.is(Delete, "no longer generated")
	// B C -: edited, so it is the user's from now on.
	case d == nil:
		return r.is(Leave, "edited here and no longer generated; it is yours now: delete it when you are done with it")
	// B C D, seeded: never changed again.
	case r.seeded && r.From != "":
		return r.write(Move, *cur, "renamed from "+r.From)
	case r.seeded:
		return r.is(Keep, "yours since it was first written")
	// B C D with the markers of an earlier conflict.
	case r.unresolved():
		return r.is(Unresolved, "has unresolved conflict markers; resolve them and run again")
	// B C D below a renamed unit: as the rows below, written at the new path.
	case r.From != "":
		return c.moved(r)
	// B C D, D = B: nothing new.
	case d.Equal(*b):
		return r.is(Keep, "unchanged by the contract")
	// B C D, C = D: nothing left to do, as after a crashed run.
	case d.Equal(*cur):
		return r.is(Keep, "already as generated")
	// B C D, C = B: unedited.
	case cur.Equal(*b):
		return r.write(Update, *d, "changed by the contract")
	// B C D: changed on both sides.
	default:
		return c.merged(r, Merge, "edited here and changed by the contract, merged")
	}
}

func (r row) is(a Action, reason string) Change {
	r.Action, r.Reason = a, reason
	return r.Change
}

func (r row) write(a Action, f tree.File, reason string) Change {
	if r.edited != nil && r.edited.Raw != nil {
		f = tree.Text(merge.Dress(f.Data, r.edited.Raw), f.Mode)
	}
	r.Result = &f
	return r.is(a, reason)
}

// above puts what is desired above what is there, unless a killed run did.
func (r row) above() Change {
	f := *r.Current
	if bytes.HasPrefix(f.Data, r.Desired.Data) {
		return r.is(Keep, "exists already, with what is generated")
	}
	f.Data = slices.Concat(r.Desired.Data, []byte("\n"), f.Data)
	return r.write(Merge, f, "exists already; the generated lines come first, so that yours win")
}

// merged merges what both sides changed: the mode and the text, each for
// itself.
func (c *computation) merged(r row, a Action, reason string) Change {
	b, cur, d := r.Pristine, r.edited, r.Desired
	mode := d.Mode
	if cur.Mode != b.Mode {
		mode = cur.Mode
	}
	mine, theirs, won := merge.Pins(b.Data, cur.Data, d.Data)
	if len(won) > 0 {
		reason = strings.Join(won, "; ")
	}
	m := merge.Merge(b.Data, mine, theirs)
	what := "edited here and changed by the contract"
	if len(m.Conflicts) > 0 {
		if data, ok := laidOut(r.Path, b.Data, mine, theirs); ok {
			m = merge.Result{Data: data}
		}
	}
	if len(m.Conflicts) == 0 && breaks(r.Path, cur.Data, m.Data) {
		m = merge.Whole(b.Data, cur.Data, d.Data)
		what += ", and the merged text no longer parses"
	}
	f := tree.File{Data: m.Data, Mode: mode}
	switch {
	case len(m.Conflicts) > 0 && c.Markers:
		r.Conflicts = m.Conflicts
		f.Data = m.Markers(merge.Labels{Current: "current", Pristine: "pristine", Desired: "desired"})
		return r.write(Mark, f, what+"; resolve the conflict markers")
	case len(m.Conflicts) > 0:
		r.Conflicts = m.Conflicts
		return r.is(Conflict, what+`; run "penstock generate --conflicts=markers" and resolve`)
	case a == Merge && f.Equal(*cur) && len(won) > 0:
		return r.is(Leave, reason)
	case a == Merge && f.Equal(*cur):
		return r.is(Keep, "edited here; has the contract's change already")
	}
	return r.write(a, f, reason)
}

func (c *computation) moved(r row) Change {
	return c.merged(r, Move, "renamed from "+r.From)
}

// carried reports whether a renamed file's edits are at its new path, or will
// be, so that the old file may go.
func (c *computation) carried(old row) bool {
	to := c.row(old.movesTo)
	if to.Current == nil {
		return to.obstacle == nil
	}
	// An earlier run wrote the new file and was killed.
	to.From, to.edited, to.Current = old.Path, old.Current, nil
	want := c.decide(to)
	now := c.Current.Files[old.movesTo]
	return want.Result != nil && want.Result.Equal(now)
}

func (r row) unresolved() bool {
	return !r.edited.Equal(*r.Pristine) && !r.edited.Equal(*r.Desired) &&
		len(merge.Unresolved(r.edited.Data)) > 0 &&
		len(merge.Unresolved(r.Pristine.Data)) == 0 && len(merge.Unresolved(r.Desired.Data)) == 0
}

func equalData(f, g *tree.File) bool { return string(f.Data) == string(g.Data) }
