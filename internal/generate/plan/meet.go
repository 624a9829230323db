package plan

import (
	"path"
	"strings"

	"github.com/penstock-dev/penstock/internal/generate/merge"
	"github.com/penstock-dev/penstock/internal/generate/tree"
)

// Two branches on which Penstock ran, merged by Git, leave units with the inputs
// of both. Their pristine state was merged as the files were, so what Git made
// of generated lines is no edit of anybody's. What is then still to be done
// follows from the merge: entries in another order, and what only both branches
// together ask for, such as one's new team in the other's new environment.

// met reports whether the target is such a merge. A change of the contract
// brings the units' one digest back, so it is the last merge that counts.
func met(in Input) bool {
	for _, u := range in.Pristine {
		if len(strings.Fields(u.Inputs)) > 1 {
			return true
		}
	}
	return false
}

// untouched reports whether the contract is what the merge made of it: nobody
// changed it afterwards.
func (c *computation) untouched() bool {
	for _, p := range []string{contractPath, slicePath} {
		b, cur, d := c.pristine[p].file, c.Current.Files[p], c.desired[p].file
		if b != nil && d != nil && merge.SameEntries(b.Data, cur.Data) && merge.SameEntries(cur.Data, d.Data) {
			return true
		}
	}
	return false
}

// settle gives a row the current file without the markers that Git left around
// lines that Penstock generated, on one side or the other.
func (c *computation) settle(r row) row {
	if r.edited == nil || r.Pristine == nil || r.Desired == nil || len(merge.Unresolved(r.edited.Data)) == 0 {
		return r
	}
	known := map[string]bool{}
	for _, f := range []*tree.File{r.Pristine, r.Desired} {
		for line := range strings.Lines(string(f.Data)) {
			known[strings.TrimRight(line, "\r\n")] = true
		}
	}
	data, ok := merge.Settle(r.edited.Data, func(line string) bool { return known[line] })
	if ok {
		f := *r.edited
		f.Data = data
		r.edited, r.settled = &f, true
	}
	return r
}

// gathered decides about a row as Git merged it. Where that is as generated but
// for the order of entries, the order is the only difference.
func (c *computation) gathered(r row) Change {
	r = c.settle(r)
	b, cur, d := r.Pristine, r.edited, r.Desired
	if c.met && b != nil && cur != nil && d != nil && !r.seeded && b.Mode == cur.Mode {
		switch {
		case !cur.Equal(*b) && merge.SameEntries(cur.Data, b.Data):
			r.Pristine = cur // in another order in the state than in the file
		case !merge.Within(b.Data, d.Data) && merge.Within(cur.Data, b.Data):
			r.Pristine, r.one = cur, !cur.Equal(*b) && !cur.Equal(*d)
		case !d.Equal(*b) && merge.SameEntries(b.Data, d.Data) && !cur.Equal(*b):
			if merge.Merge(b.Data, cur.Data, d.Data).Conflicts != nil {
				r.Desired = b // the order is not worth a question
			}
		}
	}
	ch := c.decide(r)
	ch.Pristine, ch.Desired = b, d
	if r.settled && ch.Result == nil && !ch.Action.NeedsPerson() && ch.Action != Delete {
		ch = r.write(Merge, *r.edited, ch.Reason)
	}
	switch {
	case r.one && ch.Action.Writes():
		ch.Action = Merge
		ch.Reason = "two branches met, and only lines that one of them generated are here; made anew from the contract"
	case r.settled && ch.Action.Writes():
		ch.Action = Merge
		ch.Reason = "Git's conflict markers were around generated lines only; made anew from the contract"
	case c.follows && ch.Action.Writes() && ch.Action != Mark:
		ch.Follows = b != nil && merge.Within(b.Data, d.Data) || b == nil && c.like(r)
	}
	return ch
}

// like reports whether a new file is one of a kind that its unit has elsewhere:
// an app's in another environment. Where the unit has none the app, or the unit
// itself, is new to all branches, or was taken back on one.
func (c *computation) like(r row) bool {
	for p, f := range c.pristine {
		if f.unit == r.Unit && path.Base(p) == path.Base(r.Path) {
			return true
		}
	}
	return false
}
