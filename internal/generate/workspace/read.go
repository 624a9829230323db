package workspace

import (
	"bytes"
	"cmp"
	"errors"
	"maps"
	"slices"

	"github.com/penstock-dev/penstock/internal/generate/plan"
	"github.com/penstock-dev/penstock/internal/generate/state"
	"github.com/penstock-dev/penstock/internal/generate/tree"
)

// read fills in what stands in the target. Only where generated files are gone
// from where they were is anything else looked at.
func (j *Job) read(in *plan.Input) (err error) {
	pins, err := j.target.Current([]string{state.MovedFile})
	if err != nil {
		return err
	}
	if f, ok := pins.Files[state.MovedFile]; ok {
		j.moved = &f
		in.Places = state.DecodeMoved(f.Data)
	}
	paths := in.Paths()
	if in.Current, err = j.target.Current(paths); err != nil {
		return err
	}
	j.markAway(*in)
	lost := in.Lost(in.Current)
	if len(lost) == 0 {
		return nil
	}
	others, err := j.target.Others(lost)
	if err != nil || len(others) == 0 {
		return err
	}
	known, texts, err := j.known(in)
	if err != nil {
		return err
	}
	others = slices.DeleteFunc(others, func(p string) bool { return known[p] })
	found, err := j.target.Current(others)
	if err != nil {
		return err
	}
	in.Others = found.Files
	return j.dropCopies(in.Others, texts)
}

// dropCopies takes away what says the same as a generated file that stands where
// it belongs: it is a copy of that one, and not what became of another.
func (j *Job) dropCopies(others map[string]tree.File, texts map[string][]string) error {
	for at, f := range others {
		if len(texts[string(f.Data)]) == 0 {
			continue
		}
		origin, err := j.target.Current(texts[string(f.Data)])
		if err != nil {
			return err
		}
		for _, o := range origin.Files {
			if bytes.Equal(o.Data, f.Data) {
				delete(others, at)
			}
		}
	}
	return nil
}

// known are the paths that belong to something that is generated, also by units
// that this run does not look at; texts are the paths by what was written there.
func (j *Job) known(in *plan.Input) (known map[string]bool, texts map[string][]string, err error) {
	known, texts = map[string]bool{}, map[string][]string{}
	write := func(u tree.Unit) {
		for p, f := range u.Files {
			known[p] = true
			texts[string(f.Data)] = append(texts[string(f.Data)], p)
		}
	}
	for _, u := range in.Pristine {
		write(u)
	}
	for _, p := range in.Paths() {
		known[p] = true
	}
	for _, at := range in.Places {
		known[at] = true
	}
	names := slices.DeleteFunc(slices.Clone(j.units), func(name string) bool {
		return slices.ContainsFunc(in.Pristine, func(u tree.Unit) bool { return u.Name == name })
	})
	if len(names) == 0 {
		return known, texts, nil
	}
	units, ds, err := j.target.State(names...)
	if err != nil || len(ds) > 0 {
		return nil, nil, errors.Join(err, ds.Err())
	}
	for _, u := range units {
		write(u)
	}
	return known, texts, nil
}

// pin keeps where moved files are, so that later runs and other clones know.
func (j *Job) pin() {
	text := state.EncodeMoved(j.Plan.Places)
	if j.moved == nil && text == nil || j.moved != nil && maps.Equal(state.DecodeMoved(j.moved.Data), j.Plan.Places) {
		return
	}
	c := plan.Change{Path: state.MovedFile, Current: j.moved, Action: plan.Update, Reason: "where moved files are now; it is kept for the next run and for other clones"}
	switch {
	case text == nil:
		c.Action, c.Reason = plan.Delete, "no moved file is left"
	case j.moved == nil:
		c.Action = plan.Create
	}
	if text != nil {
		c.Result = &tree.File{Data: text, Mode: tree.Regular}
	}
	j.Plan.Changes = append(j.Plan.Changes, c)
	slices.SortFunc(j.Plan.Changes, func(a, b plan.Change) int { return cmp.Compare(a.Path, b.Path) })
}
