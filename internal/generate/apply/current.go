package apply

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/generate/plan"
	"github.com/penstock-dev/penstock/internal/generate/tree"
)

// Current reads what stands at the given slash paths, and what stands in their
// way. It lists each folder once, whatever it holds, and looks at nothing else.
func (t *Target) Current(paths []string) (plan.Current, error) {
	c := plan.Current{Files: make(tree.Tree, len(paths)), Obstacles: map[string]plan.Obstacle{}}
	if t.root == nil || len(paths) == 0 {
		return c, nil
	}
	r := reader{Target: t, out: c}
	return c, r.folder(t.root, "", paths)
}

type reader struct {
	*Target
	out plan.Current
}

// folder reads those of the paths, all below dir, that root has.
func (r *reader) folder(root *os.Root, dir string, paths []string) error {
	entries, err := list(root)
	if err != nil {
		r.hinder(paths, plan.Obstacle{Kind: plan.Unreadable, At: dir, Detail: problem(err)})
		return nil
	}
	have := make(map[string]fs.FileMode, len(entries))
	for _, e := range entries {
		have[e.Name()] = e.Type()
	}
	start := 0
	if dir != "" {
		start = len(dir) + 1
	}
	below := map[string][]string{}
	var order []string
	leaf := map[string]bool{}
	for _, p := range paths {
		name, _, deeper := strings.Cut(p[start:], "/")
		if _, ok := below[name]; !ok {
			order = append(order, name)
		}
		below[name] = append(below[name], p)
		if !deeper {
			leaf[name] = true
		}
	}
	fold := folded(entries)
	for _, name := range order {
		mode, ok := have[name]
		at := join(dir, name)
		if !ok {
			if other, clash := fold()[strings.ToLower(name)]; clash {
				o := plan.Obstacle{Kind: plan.OtherCase, At: join(dir, other)}
				o.Holds, err = r.holds(root, other, o.At, have[other])
				if err != nil {
					return err
				}
				r.hinder(below[name], o)
			}
			continue
		}
		if err := r.entry(root, name, at, mode, below[name], leaf[name]); err != nil {
			return err
		}
	}
	return nil
}

// entry reads one entry of a folder, that paths lead to or through.
func (r *reader) entry(root *os.Root, name, at string, mode fs.FileMode, paths []string, leaf bool) error {
	switch {
	case mode&fs.ModeSymlink != 0:
		r.hinder(paths, plan.Obstacle{Kind: plan.Symlink, At: at})
	case mode.IsDir():
		if leaf {
			holds, err := r.holds(root, name, at, mode)
			if err != nil {
				return err
			}
			r.hinder([]string{at}, plan.Obstacle{Kind: plan.Folder, At: at, Holds: holds})
		}
		return r.through(root, name, at, below(paths, at))
	case mode.IsRegular():
		r.hinder(below(paths, at), plan.Obstacle{Kind: plan.NotFolder, At: at, Holds: []string{at}})
		if leaf {
			r.file(root, name, at)
		}
	default:
		r.hinder(paths, plan.Obstacle{Kind: plan.Special, At: at})
	}
	return nil
}

// below are the paths that lead further than at.
func below(paths []string, at string) []string {
	return slices.DeleteFunc(slices.Clone(paths), func(p string) bool { return p == at })
}

// through reads what paths lead to in a folder.
func (r *reader) through(root *os.Root, name, at string, paths []string) error {
	if len(paths) == 0 {
		return nil
	}
	sub, err := root.OpenRoot(name)
	if err != nil {
		r.hinder(paths, plan.Obstacle{Kind: plan.Unreadable, At: at, Detail: problem(err)})
		return nil
	}
	defer sub.Close()
	return r.folder(sub, at, paths)
}

func (r *reader) file(root *os.Root, name, at string) {
	f, err := readFile(root, name)
	if err != nil {
		r.hinder([]string{at}, plan.Obstacle{Kind: plan.Unreadable, At: at, Detail: problem(err)})
		return
	}
	if r.modeless {
		f.Mode = tree.Regular
	}
	r.out.Files[at] = f
}

func (r *reader) hinder(paths []string, o plan.Obstacle) {
	for _, p := range paths {
		r.out.Obstacles[p] = o
	}
}

// holds lists the files of an entry that is in the way. Empty folders inside
// it are listed too, with a slash at the end: no plan deletes those.
func (r *reader) holds(root *os.Root, name, at string, mode fs.FileMode) ([]string, error) {
	if !mode.IsDir() {
		return []string{at}, nil
	}
	sub, err := root.OpenRoot(name)
	if err != nil {
		return []string{at + "/"}, nil //nolint:nilerr // what can't be listed stays in the way
	}
	defer sub.Close()
	entries, err := list(sub)
	if err != nil {
		return []string{at + "/"}, nil //nolint:nilerr // as above
	}
	held := []string{}
	for _, e := range entries {
		p := at + "/" + e.Name()
		more, err := r.holds(sub, e.Name(), p, e.Type())
		if err != nil {
			return nil, err
		}
		if len(more) == 0 {
			more = []string{p + "/"}
		}
		held = append(held, more...)
	}
	return held, nil
}

// folded returns a function that looks names up by their lower case; the map
// is made when it is first needed.
func folded(entries []fs.DirEntry) func() map[string]string {
	var m map[string]string
	return func() map[string]string {
		if m == nil {
			m = make(map[string]string, len(entries))
			for _, e := range entries {
				m[strings.ToLower(e.Name())] = e.Name()
			}
		}
		return m
	}
}

func list(root *os.Root) ([]fs.DirEntry, error) {
	f, err := root.OpenFile(".", readOnly, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.ReadDir(-1)
}

// readFile reads a regular file's text and mode.
func readFile(root *os.Root, name string) (tree.File, error) {
	f, err := root.OpenFile(name, readOnly, 0)
	if err != nil {
		return tree.File{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return tree.File{}, err
	}
	if !info.Mode().IsRegular() {
		return tree.File{}, errors.New("is not a regular file")
	}
	// One byte more than expected, so that the end is seen in one read.
	data := make([]byte, 0, info.Size()+1)
	for {
		n, err := f.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		if errors.Is(err, io.EOF) {
			return tree.Text(data, modeOf(info)), nil
		}
		if err != nil {
			return tree.File{}, err
		}
		if len(data) == cap(data) {
			data = append(data, 0)[:len(data)]
		}
	}
}

func modeOf(info fs.FileInfo) tree.Mode {
	if info.Mode()&0o100 != 0 {
		return tree.Executable
	}
	return tree.Regular
}
