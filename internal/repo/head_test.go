package repo_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/penstock-dev/penstock/internal/generate/tree"
	"github.com/penstock-dev/penstock/internal/repo"
	_ "github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

// TestHead walks through the life of a checkout.
func TestHead(t *testing.T) {
	t.Parallel()
	top := t.TempDir()
	dir := filepath.Join(top, "deploy")
	file := filepath.Join(dir, "base", "a.yaml")
	check(t, os.MkdirAll(filepath.Dir(file), 0o755))
	check(t, os.WriteFile(file, []byte("a: 1\n"), 0o644))
	if _, err := repo.Open(dir); !errors.Is(err, repo.ErrNone) {
		t.Fatalf("without Git: %v", err)
	}
	files := tree.Tree{"base/a.yaml": {Data: []byte("a: 1\n"), Mode: tree.Regular}}
	g, err := git.PlainInit(top, false)
	check(t, err)
	r, err := repo.Open(dir)
	check(t, err)
	if _, ok, err := r.Head(); ok || err != nil {
		t.Fatalf("without a commit: %v, %v", ok, err)
	}
	w, err := g.Worktree()
	check(t, err)
	_, err = w.Add("deploy/base/a.yaml")
	check(t, err)
	when := time.Date(2026, 2, 22, 10, 0, 0, 0, time.FixedZone("CET", 3600))
	hash, err := w.Commit("first", &git.CommitOptions{Author: &object.Signature{Name: "Anna", Email: "anna@acme.example", When: when}})
	check(t, err)
	head, ok, err := r.Head()
	if err != nil || !ok || head.Revision() != "master@sha1:"+hash.String() || !head.Time.Equal(when) {
		t.Errorf("%+v, %v, %v", head, ok, err)
	}
	if p, err := r.Changed(hash.String(), dir, files); p != "" || err != nil {
		t.Errorf("changed %q, %v", p, err)
	}
	if got, ok, err := r.CommitTime(hash.String()); err != nil || !ok || !got.Equal(when) {
		t.Errorf("%s, %v, %v", got, ok, err)
	}
	if _, ok, err := r.CommitTime("0123456789012345678901234567890123456789"); ok || err != nil {
		t.Errorf("an unknown commit: %v, %v", ok, err)
	}
	for name, other := range map[string]tree.Tree{
		"edited": {"base/a.yaml": {Data: []byte("a: 2\n")}},
		"new":    {"base/a.yaml": files["base/a.yaml"], "base/b.yaml": {Data: []byte("b: 1\n")}},
	} {
		if p, err := r.Changed(hash.String(), dir, other); p == "" || err != nil {
			t.Errorf("%s: %q, %v", name, p, err)
		}
	}
	check(t, w.Checkout(&git.CheckoutOptions{Hash: hash}))
	if head, _, err = r.Head(); err != nil || head.Ref != "HEAD" {
		t.Errorf("detached: %+v, %v", head, err)
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
