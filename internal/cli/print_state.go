package cli

import (
	"github.com/penstock-dev/penstock/internal/plan"
	"github.com/penstock-dev/penstock/internal/state"
	"github.com/penstock-dev/penstock/internal/tree"
)

// onlyState lists the state files that change although no file of their unit
// does. The others need no mention: they follow from what is listed.
func (j *job) onlyState() []plan.Change {
	changes := map[string]bool{}
	for _, c := range j.plan.Changes {
		if c.Action.Writes() || c.Action == plan.Delete || c.Action.NeedsPerson() {
			changes[c.Unit] = true
		}
	}
	var list []plan.Change
	for _, st := range j.plan.States {
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
