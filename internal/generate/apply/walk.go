package apply

import (
	"errors"
	"io/fs"
	"os"
	"strings"
)

// walker hands out folders below a root, one open folder for each step of the
// path last asked for: neighbours cost one system call instead of one for each
// part of their path.
type walker struct {
	base   *os.Root
	create bool // make folders that do not exist
	names  []string
	roots  []*os.Root
}

// at returns the folder at a slash path; "" is the base. The walker keeps it.
func (w *walker) at(dir string) (*os.Root, error) {
	var names []string
	if dir != "" {
		names = strings.Split(dir, "/")
	}
	same := 0
	for same < len(names) && same < len(w.names) && names[same] == w.names[same] {
		same++
	}
	w.cut(same)
	for _, name := range names[same:] {
		parent := w.top()
		if w.create {
			if err := parent.Mkdir(name, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
				return nil, err
			}
		}
		r, err := parent.OpenRoot(name)
		if err != nil {
			return nil, err
		}
		w.names, w.roots = append(w.names, name), append(w.roots, r)
	}
	return w.top(), nil
}

func (w *walker) top() *os.Root {
	if len(w.roots) == 0 {
		return w.base
	}
	return w.roots[len(w.roots)-1]
}

func (w *walker) cut(n int) {
	for i := len(w.roots) - 1; i >= n; i-- {
		w.roots[i].Close()
	}
	w.names, w.roots = w.names[:n], w.roots[:n]
}

func (w *walker) close() { w.cut(0) }

// split cuts a slash path into its folder, "" for the root, and its name.
func split(path string) (dir, name string) {
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		return path[:i], path[i+1:]
	}
	return "", path
}

func join(dir, name string) string {
	if dir == "" {
		return name
	}
	return dir + "/" + name
}
