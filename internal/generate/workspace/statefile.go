package workspace

import (
	"slices"

	"github.com/penstock-dev/penstock/internal/generate/plan"
	"github.com/penstock-dev/penstock/internal/generate/state"
	"github.com/penstock-dev/penstock/internal/generate/tree"
)

// OnlyState lists the state files that change although no file of their unit
// does. The others need no mention: they follow from what is listed.
func (j *Job) OnlyState() []plan.Change {
	changes := map[string]bool{}
	for _, c := range j.Plan.Changes {
		if c.Action.Writes() || c.Action == plan.Delete || c.Action.NeedsPerson() {
			changes[c.Unit] = true
		}
	}
	var list []plan.Change
	for _, st := range j.Plan.States {
		if changes[st.Name] {
			continue
		}
		c := plan.Change{
			Path: state.Path(st.Name), Unit: st.Name, Action: plan.Update,
			Reason:  "what penstock keeps of the last run; no other file of this unit changes",
			Current: encoded(st.Was), Result: encoded(st.Unit),
		}
		switch {
		case st.Was == nil:
			c.Action = plan.Create
		case st.Unit == nil:
			c.Action = plan.Delete
		case c.Current.Equal(*c.Result):
			list = append(list, marks(st, c)...)
			continue
		}
		list = append(list, c)
	}
	return list
}

func encoded(u *tree.Unit) *tree.File {
	if u == nil {
		return nil
	}
	return &tree.File{Data: state.Encode(*u), Mode: tree.Regular}
}

// marks lists the marks of a unit that change, where nothing else of it does.
func marks(st plan.State, c plan.Change) []plan.Change {
	var list []plan.Change
	was, is := state.Marks(*st.Was), state.Marks(*st.Unit)
	for _, p := range was {
		if !slices.Contains(is, p) {
			c.Path, c.Action, c.Current, c.Result = p, plan.Delete, &tree.File{Mode: tree.Regular}, nil
			list = append(list, c)
		}
	}
	for _, p := range is {
		if !slices.Contains(was, p) {
			c.Path, c.Action, c.Current, c.Result = p, plan.Create, nil, &tree.File{Mode: tree.Regular}
			list = append(list, c)
		}
	}
	return list
}
