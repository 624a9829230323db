package plan

import (
	"cmp"
	"maps"
	"slices"

	"github.com/penstock-dev/penstock/internal/generate/tree"
)

// states returns the units whose pristine state changes.
func (c *computation) states(changes []Change) []State {
	marked := map[string]bool{}
	for _, ch := range changes {
		if ch.Action == Mark {
			marked[ch.Unit] = true
		}
	}
	was := make(map[string]*tree.Unit, len(c.Pristine))
	for _, u := range c.Pristine {
		was[u.Name] = &u
	}
	var states []State
	for _, u := range c.Desired {
		unit := c.next(u)
		if marked[u.Name] {
			// Unknown inputs: the next run looks at this unit again and sees
			// whether the markers are gone.
			unit.Inputs = ""
		}
		old := was[u.Name]
		delete(was, u.Name)
		if old == nil || !sameUnit(*old, unit) {
			states = append(states, State{Name: u.Name, Was: old, Unit: &unit})
		}
	}
	for name, old := range was {
		states = append(states, State{Name: name, Was: old})
	}
	slices.SortFunc(states, func(a, b State) int { return cmp.Compare(a.Name, b.Name) })
	return states
}

// next returns the pristine state after the run: what was desired, but of
// seeded files still what was once written.
func (c *computation) next(u tree.Unit) tree.Unit {
	cloned := false
	for _, p := range u.Seeded {
		base := p
		if old, ok := c.from[p]; ok {
			base = old
		}
		b, ok := c.pristine[base]
		if !ok || b.file.Equal(u.Files[p]) {
			continue
		}
		if !cloned {
			u.Files, cloned = maps.Clone(u.Files), true
		}
		u.Files[p] = *b.file
	}
	return u
}

func sameUnit(a, b tree.Unit) bool {
	return a.Inputs == b.Inputs && slices.Equal(a.Seeded, b.Seeded) && a.Files.Equal(b.Files)
}
