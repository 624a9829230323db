package plan

import "github.com/penstock-dev/penstock/internal/generate/tree"

// Written is a path that belongs into a commit of a run. A nil File is gone.
type Written struct {
	Path string
	File *tree.File
}

// Committed returns what belongs into one commit with the plan's states: what
// is written or deleted and, of the units whose state changes, also the files
// that stand as generated already. Without those a state could be committed
// that tells of files that no commit has, and every clone would take them for
// deleted by the user. Edited files that this run left alone are not in it.
func (p Plan) Committed() []Written {
	states := map[string]bool{}
	for _, s := range p.States {
		states[s.Name] = true
	}
	var list []Written
	for _, c := range p.Changes {
		if c.Of != "" { // what a person moved is committed as moved, or a clone would have it twice
			f := c.Result
			if f == nil {
				f = c.Current
			}
			list = append(list, Written{c.Of, nil}, Written{c.Path, f})
			continue
		}
		switch {
		case c.Action.Writes():
			list = append(list, Written{c.Path, c.Result})
		case c.Action == Delete:
			list = append(list, Written{c.Path, nil})
		case c.Action == Keep && states[c.Unit] && c.Current != nil && c.Desired != nil && c.Current.Equal(*c.Desired):
			list = append(list, Written{c.Path, c.Current})
		}
	}
	return list
}
