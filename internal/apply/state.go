package apply

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"

	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/state"
	"github.com/penstock-dev/penstock/internal/tree"
)

// Inputs returns the inputs of every unit that the target keeps state of. It
// reads the beginning of each state file only.
func (t *Target) Inputs() (map[string]string, diag.List, error) {
	inputs := map[string]string{}
	buffer := make([]byte, state.HeaderSize)
	ds, err := t.eachState(func(name string, f *os.File) (diag.List, error) {
		n, err := io.ReadFull(f, buffer)
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if got, in, ok := state.Header(buffer[:n]); ok && got == name {
			inputs[name] = in
			return nil, nil
		}
		rest, err := io.ReadAll(f)
		if err != nil {
			return nil, err
		}
		u, ds := t.decode(name, slices.Concat(buffer[:n], rest))
		if len(ds) == 0 {
			inputs[name] = u.Inputs
		}
		return ds, nil
	})
	return inputs, ds, err
}

// State returns the pristine state of the named units, or of all units when
// no name is given. Units without state are left out.
func (t *Target) State(names ...string) (map[string]tree.Unit, diag.List, error) {
	units := map[string]tree.Unit{}
	read := func(name string, f *os.File) (diag.List, error) {
		data, err := io.ReadAll(f)
		if err != nil {
			return nil, err
		}
		u, ds := t.decode(name, data)
		if len(ds) == 0 {
			units[name] = u
		}
		return ds, nil
	}
	if len(names) == 0 {
		ds, err := t.eachState(read)
		return units, ds, err
	}
	var all diag.List
	if t.root == nil {
		return units, nil, nil
	}
	for _, name := range names {
		f, err := t.root.OpenFile(state.Path(name), readOnly, 0)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, nil, t.explain(state.Path(name), err)
		}
		ds, err := read(name, f)
		f.Close()
		if err != nil {
			return nil, nil, t.explain(state.Path(name), err)
		}
		all = append(all, ds...)
	}
	return units, all, nil
}

// eachState calls do with every state file, in the order of their paths.
func (t *Target) eachState(do func(name string, f *os.File) (diag.List, error)) (diag.List, error) {
	var all diag.List
	if t.root == nil {
		return nil, nil
	}
	root, err := t.root.OpenRoot(state.Folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, t.explain(state.Folder, err)
	}
	defer root.Close()
	err = t.visit(root, state.Folder, func(name string, f *os.File) error {
		ds, err := do(name, f)
		all = append(all, ds...)
		return err
	})
	return all, err
}

// visit opens every state file below a folder, in the order of their paths.
func (t *Target) visit(root *os.Root, dir string, do func(name string, f *os.File) error) error {
	entries, err := t.names(dir)
	if err != nil {
		return t.explain(dir, err)
	}
	for _, e := range entries {
		path := join(dir, e.Name())
		unit, isState := state.UnitName(path)
		switch {
		case e.IsDir():
			err = t.below(root, e.Name(), path, do)
		case isState && e.Type().IsRegular():
			err = t.stateFile(root, e.Name(), path, func(f *os.File) error { return do(unit, f) })
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *Target) below(root *os.Root, name, path string, do func(name string, f *os.File) error) error {
	sub, err := root.OpenRoot(name)
	if err != nil {
		return t.explain(path, err)
	}
	defer sub.Close()
	return t.visit(sub, path, do)
}

func (t *Target) stateFile(root *os.Root, name, path string, do func(f *os.File) error) error {
	f, err := root.OpenFile(name, readOnly, 0)
	if err != nil {
		return t.explain(path, err)
	}
	defer f.Close()
	if err := do(f); err != nil {
		return t.explain(path, err)
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
