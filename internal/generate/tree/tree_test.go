package tree_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/generate/tree"
	_ "github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

func file(s string) tree.File { return tree.File{Data: []byte(s), Mode: tree.Regular} }

func TestAddRefusesTwoSources(t *testing.T) {
	t.Parallel()
	tr := tree.Tree{}
	if err := tr.Add("a", file("1")); err != nil {
		t.Fatal(err)
	}
	if err := tr.Add("a", file("1")); err == nil || err.Error() != "a: written by two sources" {
		t.Errorf("%v", err)
	}
	if err := tr.Add("../a", file("1")); err == nil || len(tr) != 1 {
		t.Errorf("%v, %d files", err, len(tr))
	}
}

func TestMerge(t *testing.T) {
	t.Parallel()
	tr := tree.Tree{"a": file("1")}
	if err := tr.Merge(tree.Tree{"b": file("2"), "c": file("3")}); err != nil || !slices.Equal(tr.Paths(), []string{"a", "b", "c"}) {
		t.Errorf("%v, %v", err, tr.Paths())
	}
	if err := tr.Merge(tree.Tree{"b": file("2")}); err == nil {
		t.Error("two sources")
	}
}

func TestPathsAreInByteOrder(t *testing.T) {
	t.Parallel()
	got := tree.Tree{"b": {}, "a/b": {}, "a-b": {}, "a": {}, "B": {}}.Paths()
	if want := []string{"B", "a", "a-b", "a/b", "b"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestEqualAndHash(t *testing.T) {
	t.Parallel()
	a, b := file("1"), tree.File{Data: []byte("1"), Mode: tree.Executable}
	if a.Equal(b) || a.Hash() == b.Hash() || a.Hash() != file("1").Hash() || !strings.HasPrefix(a.Hash(), "sha256:") {
		t.Error("the mode counts, and nothing else than mode and text")
	}
	if !(tree.File{Mode: tree.Regular}).Equal(file("")) {
		t.Error("no bytes are an empty file")
	}
	if !(tree.Tree{"a": a}).Equal(tree.Tree{"a": file("1")}) || (tree.Tree{"a": a}).Equal(tree.Tree{"a": b}) || (tree.Tree{"a": a}).Equal(tree.Tree{}) {
		t.Error("trees")
	}
}

func TestCheckPath(t *testing.T) {
	t.Parallel()
	for _, p := range []string{"a", "a/b.yaml", ".github/CODEOWNERS", ".gitignore", "a b", "ü/名", "...", ".a.", "null", "-"} {
		if err := tree.CheckPath(p); err != nil {
			t.Errorf("%q: %v", p, err)
		}
	}
	for _, p := range []string{
		"", "/", "/a", "a/", "a//b", ".", "..", "a/../b", "./a", "a/.", `a\b`, `..\a`, "C:", "c:/a",
		"a\x00b", "a\nb", "a\tb", "\x7f", "\xff", ".git", ".git/config", "a/.GIT/config", "a/.Git",
	} {
		if tree.CheckPath(p) == nil {
			t.Errorf("%q is accepted", p)
		}
	}
}

func FuzzCheckPath(f *testing.F) {
	f.Add("a/b")
	f.Add("../a")
	f.Fuzz(func(t *testing.T, p string) {
		if tree.CheckPath(p) == nil && (strings.HasPrefix(p, "/") || strings.Contains("/"+p+"/", "/../") || strings.ContainsAny(p, "\x00\n\\")) {
			t.Errorf("%q is accepted", p)
		}
	})
}

func TestIsSeeded(t *testing.T) {
	t.Parallel()
	u := tree.Unit{Seeded: []string{"a", "c"}}
	if !u.IsSeeded("a") || u.IsSeeded("b") || !u.IsSeeded("c") || (tree.Unit{}).IsSeeded("a") {
		t.Error("wrong")
	}
}
