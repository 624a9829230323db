package apply

import (
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/generate/state"
	"github.com/penstock-dev/penstock/internal/generate/tree"
)

// Inputs returns the inputs of every unit that the target keeps state of, as
// tree.Unit has them. It opens no state file.
func (t *Target) Inputs() (map[string]string, error) {
	inputs := map[string]string{}
	if t.root == nil {
		return inputs, nil
	}
	marks := map[string][]string{}
	err := t.visit(state.Folder, func(p string) {
		if unit, ok := state.UnitName(p); ok {
			inputs[unit] = ""
		} else if unit, digest, ok := state.Marked(p); ok {
			marks[unit] = append(marks[unit], digest)
		}
	})
	for unit, digests := range marks {
		all := strings.Join(digests, " ")
		if _, there := inputs[unit]; !there {
			all = " " + all // no unit has that: its state is gone, and has to be looked at
		}
		inputs[unit] = all
	}
	return inputs, err
}

// State returns the pristine state of the named units, or of all units when
// no name is given. Units without state are left out.
func (t *Target) State(names ...string) (map[string]tree.Unit, diag.List, error) {
	units := map[string]tree.Unit{}
	inputs, err := t.Inputs()
	if err != nil || t.root == nil {
		return units, nil, err
	}
	if len(names) == 0 {
		names = slices.Sorted(maps.Keys(inputs))
	}
	var all diag.List
	w := &walker{base: t.root}
	defer w.close()
	for _, name := range names {
		dir, base := split(state.Path(name))
		root, err := w.at(dir)
		var f tree.File
		if err == nil {
			f, err = readFile(root, base)
		}
		if errors.Is(err, fs.ErrNotExist) {
			if in := inputs[name]; in != "" { // a person deleted the state, and its mark is left
				units[name] = tree.Unit{Name: name, Inputs: in, Files: tree.Tree{}}
			}
			continue
		}
		if err != nil {
			return nil, nil, t.explain(state.Path(name), err)
		}
		u, ds := t.decode(name, f.Data)
		if len(ds) == 0 {
			u.Inputs = inputs[name]
			units[name] = u
		}
		all = append(all, ds...)
	}
	return units, all, nil
}

// visit calls do with the path of every regular file below a folder, sorted.
// Links are not followed.
func (t *Target) visit(dir string, do func(path string)) error {
	entries, err := t.names(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return t.explain(dir, err)
	}
	for _, e := range entries {
		path := join(dir, e.Name())
		switch {
		case e.IsDir():
			if err := t.visit(path, do); err != nil {
				return err
			}
		case e.Type().IsRegular():
			do(path)
		}
	}
	return nil
}

// decode reads one state file; its diagnostics name the file as the user
// sees it.
func (t *Target) decode(name string, data []byte) (tree.Unit, diag.List) {
	u, ds := state.Decode(state.Path(name), data)
	for i := range ds {
		ds[i].Where.File = t.name(ds[i].Where.File)
	}
	return u, ds
}
