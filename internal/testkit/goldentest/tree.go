package goldentest

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/internal/generate/tree"
)

// Tree compares files with the folder dir, or makes the folder so with -update:
// content and modes, missing and extra files.
func Tree(t testing.TB, dir string, got tree.Tree) {
	t.Helper()
	want := read(t, dir)
	for p, f := range got {
		w, ok := want[p]
		delete(want, p)
		switch {
		case ok && w.Equal(f):
		case *update:
			write(t, filepath.Join(dir, filepath.FromSlash(p)), f)
		case !ok:
			t.Errorf("%s/%s: is made now and not there; run \"make golden\" and read the diff", dir, p)
		case w.Mode != f.Mode:
			t.Errorf("%s/%s: mode %o, made is %o", dir, p, w.Mode, f.Mode)
		default:
			t.Errorf("%s/%s: differs; run \"make golden\" and read the diff (-file +made):\n%s", dir, p, cmp.Diff(string(w.Data), string(f.Data)))
		}
	}
	for p := range want {
		if *update {
			remove(t, dir, p)
		} else {
			t.Errorf("%s/%s: is there and no longer made; run \"make golden\"", dir, p)
		}
	}
}

func read(t testing.TB, dir string) tree.Tree {
	t.Helper()
	files := tree.Tree{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		f := tree.File{Data: data, Mode: tree.Regular}
		if info.Mode()&0o100 != 0 {
			f.Mode = tree.Executable
		}
		return files.Add(filepath.ToSlash(rel), f)
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return files
}

func write(t testing.TB, path string, f tree.File) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, f.Data, os.FileMode(f.Mode)); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, os.FileMode(f.Mode)); err != nil {
		t.Fatal(err)
	}
}

// remove deletes a file and the folders that it leaves empty.
func remove(t testing.TB, dir, rel string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(rel))
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	for p := filepath.Dir(path); p != dir; p = filepath.Dir(p) {
		if os.Remove(p) != nil {
			return
		}
	}
}
