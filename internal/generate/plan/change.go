package plan

import (
	"slices"

	"github.com/penstock-dev/penstock/internal/generate/merge"
	"github.com/penstock-dev/penstock/internal/generate/tree"
)

// Plan is what a run would do with one target.
type Plan struct {
	// Changes has one entry a file, sorted by path. A filter that refuses some
	// of them belongs between Compute and apply.
	Changes []Change
	// States lists the units whose pristine state changes, sorted by name.
	States []State
	// Places maps generated paths to where people moved their files, for the
	// next run's Input.
	Places map[string]string

	// Met is set where two branches met in what it was made from.
	Met bool

	follows bool // and the contract was not changed since
}

// Change is the decision about one file. The Files share their bytes with the
// Input. A nil File does not exist there.
type Change struct {
	Path   string
	Unit   string
	Action Action
	// Reason says why, in a clause that follows "path: ".
	Reason string
	// Of is the path that the file is generated at, where a person moved it to
	// Path; else "".
	Of string
	// From is the path that the file had before its unit was renamed, or "".
	From string

	Pristine, Current, Desired *tree.File
	// Result is what is written; nil when the Action does not write.
	Result *tree.File
	// Conflicts tell where Conflict and Mark need a person.
	Conflicts []merge.Conflict
	// Follows is set on what only follows from a merge of two branches: it adds
	// to what both generated, or puts it in order.
	Follows bool
	// MakesWay is set on a Delete that has to come before the files that need
	// its place.
	MakesWay bool
}

// Line returns the line of the current file where a person has to look first,
// or 0.
func (c Change) Line() int {
	switch {
	case len(c.Conflicts) > 0:
		return c.Conflicts[0].Current.Line
	case c.Action == Unresolved && c.Current != nil: // nil when it is at From
		return merge.Unresolved(c.Current.Data)[0]
	}
	return 0
}

// State is the change of one unit's pristine state. Was is nil for a new unit,
// Unit is nil when the state is removed.
type State struct {
	Name string
	Was  *tree.Unit
	Unit *tree.Unit
}

// Blocked returns the changes that need a person. While there is one, nothing
// of the plan may be applied.
func (p Plan) Blocked() []Change {
	return p.filter(func(c Change) bool { return c.Action.NeedsPerson() })
}

// Writes returns the changes that touch a file: they write or delete it.
func (p Plan) Writes() []Change {
	return p.filter(func(c Change) bool { return c.Action.Writes() || c.Action == Delete })
}

// Empty reports whether there is nothing to write, not even state.
func (p Plan) Empty() bool {
	return len(p.States) == 0 && !slices.ContainsFunc(p.Changes, func(c Change) bool {
		return c.Action.Writes() || c.Action == Delete || c.Action.NeedsPerson()
	})
}

// Follows reports whether all that the plan changes follows from a merge of two
// branches, so that the merge needs nothing more to be right as it stands.
func (p Plan) Follows() bool {
	if p.Empty() || !p.follows {
		return false
	}
	for _, c := range p.Changes {
		if (c.Action.Writes() || c.Action == Delete || c.Action.NeedsPerson()) && !c.Follows {
			return false
		}
	}
	return true
}

func (p Plan) filter(f func(Change) bool) []Change {
	var cs []Change
	for _, c := range p.Changes {
		if f(c) {
			cs = append(cs, c)
		}
	}
	return cs
}
