package workspace

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/generate/gen"
	"github.com/penstock-dev/penstock/internal/generate/plan"
	"github.com/penstock-dev/penstock/internal/generate/state"
	"github.com/penstock-dev/penstock/internal/generate/tree"
	"github.com/penstock-dev/penstock/internal/repo"
)

// leftover is what earlier runs wrote into a target and nobody committed, as
// when conflict markers were resolved in between. A commit takes it along, or
// its state would tell of files that no clone has.
type leftover struct {
	head  string               // the commit, "" when there is none
	units map[string]tree.Unit // as HEAD has them; without files where it has none
	marks []string             // paths that HEAD has and the target has not, or the other way round
}

// all reports whether HEAD has nothing of a target's units.
func (l leftover) all(units int) bool {
	for _, u := range l.units {
		if len(u.Files) > 0 {
			return false
		}
	}
	return units > 0 && len(l.units) == units
}

// findLeftover compares the target's state with HEAD's, before the run writes.
func (j *Job) findLeftover(r *repo.Repo) error {
	files := tree.Tree{}
	for _, name := range j.units {
		data, err := os.ReadFile(filepath.Join(j.At, filepath.FromSlash(state.Path(name))))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		files[state.Path(name)] = tree.File{Data: data}
		for _, mark := range state.Marks(tree.Unit{Name: name, Inputs: j.inputs[name]}) {
			files[mark] = tree.File{}
		}
	}
	list, err := r.Uncommitted(j.At, state.Folder, files)
	if err != nil || len(list) == 0 {
		return err
	}
	j.left = leftover{units: map[string]tree.Unit{}}
	head, ok, err := r.Head()
	if err != nil {
		return err
	}
	if ok {
		j.left.head = head.Commit
	}
	for _, p := range list {
		name, ok := state.UnitName(p)
		if unit, _, marked := state.Marked(p); marked {
			name, ok = unit, true
			j.left.marks = append(j.left.marks, p)
		}
		if _, done := j.left.units[name]; done || !ok {
			continue
		}
		unit := tree.Unit{Name: name, Files: tree.Tree{}}
		p = state.Path(name)
		data, err := j.atHead(r, p)
		if err != nil {
			return err
		}
		if u, ds := state.Decode(p, data); data != nil && len(ds) == 0 {
			unit = u
		}
		j.left.units[name] = unit
	}
	return nil
}

// atHead is a file of the target as HEAD has it, or nil.
func (j *Job) atHead(r *repo.Repo, p string) ([]byte, error) {
	if j.left.head == "" {
		return nil, nil
	}
	prefix, err := r.Path(j.At)
	if err != nil {
		return nil, err
	}
	return r.File(j.left.head, path.Join(prefix, p))
}

// takeLeftover lists, after the run wrote, what belongs into its commit beside
// what it wrote: of each unit with a leftover its state, the files that stand as
// generated, and those whose base moved since HEAD, resolved or merged. It also
// makes the plan from HEAD to there, which says what the commit does.
func (j *Job) takeLeftover(r *repo.Repo) ([]plan.Written, error) {
	var list []plan.Written
	names := slices.Sorted(maps.Keys(j.left.units))
	units, ds, err := j.target.State(names...)
	if err != nil || len(ds) > 0 {
		return nil, errors.Join(err, ds.Err())
	}
	j.sinceHead = plan.Plan{}
	moved, err := j.target.Current([]string{state.MovedFile})
	if err != nil {
		return nil, err
	}
	places := map[string]string{}
	if f, ok := moved.Files[state.MovedFile]; ok {
		places = state.DecodeMoved(f.Data)
		list = append(list, plan.Written{Path: state.MovedFile, File: &f})
	}
	for _, mark := range j.left.marks {
		w := plan.Written{Path: mark}
		if name, digest, _ := state.Marked(mark); slices.Contains(strings.Fields(units[name].Inputs), digest) {
			w.File = &tree.File{Mode: tree.Regular}
		}
		list = append(list, w)
	}
	for _, name := range names {
		was, is := j.left.units[name], units[name]
		if st := state.Path(name); is.Files == nil {
			list = append(list, plan.Written{Path: st})
		} else {
			list = append(list, plan.Written{Path: st, File: &tree.File{Data: state.Encode(is), Mode: tree.Regular}})
		}
		paths := tree.Tree{}
		maps.Copy(paths, was.Files)
		maps.Copy(paths, is.Files)
		for p := range maps.Clone(paths) {
			if at := places[p]; at != "" {
				paths[at] = paths[p]
			}
		}
		current, err := j.target.Current(paths.Paths())
		if err != nil {
			return nil, err
		}
		for _, p := range paths.Paths() {
			head, err := j.atHead(r, p)
			if err != nil {
				return nil, err
			}
			c := plan.Change{Path: p, Unit: name, Action: plan.Keep}
			if head != nil {
				c.Current = &tree.File{Data: tree.LF(head), Mode: tree.Regular}
			}
			w, ok := belongs(p, was, is, current)
			if at := places[p]; at != "" {
				if f, there := current.Files[at]; there {
					list, w, ok = append(list, plan.Written{Path: at, File: &f}), plan.Written{Path: p}, true
				}
			}
			if ok {
				list = append(list, w)
				if c.Action = plan.Delete; w.File != nil {
					c.Action, c.Result = plan.Update, w.File
				}
			}
			j.sinceHead.Changes = append(j.sinceHead.Changes, c)
		}
		for _, p := range []string{gen.ContractFile, gen.SliceFile} {
			if f, ok := was.Files[p]; ok {
				j.Previous = f.Data
			}
		}
	}
	return list, nil
}

// belongs decides about one file of a unit that HEAD has in another state.
func belongs(p string, was, is tree.Unit, current plan.Current) (plan.Written, bool) {
	base, hadBase := was.Files[p]
	now, hasNow := is.Files[p]
	f, there := current.Files[p]
	switch {
	case there && hasNow && (f.Equal(now) || !hadBase || !base.Equal(now)):
		return plan.Written{Path: p, File: &f}, true
	case !there && !hasNow && hadBase:
		return plan.Written{Path: p}, true
	}
	return plan.Written{}, false // the user's
}
