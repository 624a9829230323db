package repo_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/internal/repo"
)

// story makes a repository whose commits are steps: git commands, or a path and
// what to commit there.
func story(t *testing.T, steps ...[]string) string {
	t.Helper()
	needGit(t)
	dir := t.TempDir()
	run(t, dir, "init", "--quiet")
	for _, s := range steps {
		if s[0] == "git" {
			run(t, dir, s[1:]...)
			continue
		}
		for i := 1; i+1 < len(s); i += 2 {
			file := filepath.Join(dir, filepath.FromSlash(s[i]))
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(s[i+1]), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		run(t, dir, "add", "--all")
		run(t, dir, "commit", "--quiet", "--message", s[0])
	}
	return dir
}

// versions reads a log as "message: path=data".
func versions(t *testing.T, dir string, names ...string) (list []string, cut bool) {
	t.Helper()
	r, err := repo.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	tip, ok, err := r.Branch("main")
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	logs, cut, err := r.Log(tip, [][]string{names})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range logs[0] {
		data := "gone"
		if v.Data != nil {
			data = string(v.Data)
		}
		list = append(list, fmt.Sprintf("%.20q %s=%s", v.Message, v.Path, data))
		if (v.Commit == "") != v.Time.IsZero() {
			t.Errorf("%+v", v)
		}
	}
	return list, cut
}

func TestLog(t *testing.T) {
	t.Parallel()
	merge := []string{"git", "merge", "--quiet", "--no-ff", "--message", "merge", "topic"}
	for name, c := range map[string]struct {
		steps [][]string
		names []string
		want  []string
	}{
		"others change": {
			[][]string{{"a", "t/x/p", "1"}, {"b", "t/y/p", "9"}, {"c", "t/x/p", "2", "z", "z"}},
			[]string{"t/x/p"},
			[]string{`"a\n" t/x/p=1`, `"c\n" t/x/p=2`},
		},
		"gone and back": {
			[][]string{{"a", "p", "1"}, {"git", "rm", "--quiet", "p"}, {"b", "q", ""}, {"c", "p", "1"}},
			[]string{"p"},
			[]string{`"a\n" p=1`, `"b\n" p=gone`, `"c\n" p=1`},
		},
		"a merge counts once, and says who wrote it": {
			[][]string{
				{"a", "p", "1"},
				{"git", "switch", "--quiet", "--create", "topic"},
				{"b", "p", "2"},
				{"b2", "p", "3"},
				{"b3", "q", "3"},
				{"git", "switch", "--quiet", "main"},
				{"c", "r", "1"},
				merge,
			},
			[]string{"p"},
			[]string{`"a\n" p=1`, `"b2\n" p=3`},
		},
		"a branch that is not merged": {
			[][]string{{"a", "p", "1"}, {"git", "switch", "--quiet", "--create", "topic"}, {"b", "p", "2"}},
			[]string{"p"},
			[]string{`"a\n" p=1`},
		},
		"moved": {
			[][]string{{"a", "old/p", "1"}, {"b", "old/p", "2"}, {"git", "mv", "old", "new"}, {"c", "new/p", "3"}, {"d", "new/p", "4", "old/p", "other"}},
			[]string{"new/p", "older/p", "old/p"},
			[]string{`"a\n" old/p=1`, `"b\n" old/p=2`, `"c\n" new/p=3`, `"d\n" new/p=4`},
		},
		"a folder in its place": {
			[][]string{{"a", "p/q", "1"}, {"git", "rm", "--quiet", "-r", "p"}, {"b", "p", "2"}},
			[]string{"p"},
			[]string{`"b\n" p=2`},
		},
		"never there": {[][]string{{"a", "p", "1"}}, []string{"q/r"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, cut := versions(t, story(t, c.steps...), c.names...)
			if d := cmp.Diff(c.want, got); d != "" || cut {
				t.Errorf("cut %v\n%s", cut, d)
			}
		})
	}
}

func TestLogOfShallowClone(t *testing.T) {
	t.Parallel()
	from := story(t, []string{"a", "p", "1"}, []string{"b", "p", "2"}, []string{"c", "q", "3"}, []string{"d", "p", "4"})
	dir := filepath.Join(t.TempDir(), "clone")
	run(t, from, "clone", "--quiet", "--depth=2", "file://"+from, dir)
	got, cut := versions(t, dir, "p")
	if d := cmp.Diff([]string{`"" p=2`, `"d\n" p=4`}, got); d != "" || !cut {
		t.Errorf("cut %v\n%s", cut, d)
	}
}

// TestRemoteBranch: what counts is the remote's branch, as it was fetched.
func TestRemoteBranch(t *testing.T) {
	t.Parallel()
	from := story(t, []string{"a", "p", "1"})
	dir := filepath.Join(t.TempDir(), "clone")
	run(t, from, "clone", "--quiet", from, dir)
	run(t, dir, "commit", "--quiet", "--allow-empty", "--message", "not pushed")
	r, err := repo.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	h, ok, err := r.Branch("main")
	if err != nil || !ok || h.Ref != "origin/main" {
		t.Errorf("%+v %v %v", h, ok, err)
	}
	if data, err := r.File(h.Commit, "p"); string(data) != "1" || err != nil {
		t.Errorf("%q %v", data, err)
	}
	if data, err := r.File(h.Commit, "p/q"); data != nil || err != nil {
		t.Errorf("%q %v", data, err)
	}
	if h, ok, err := r.Branch("none"); ok || err != nil {
		t.Errorf("%+v %v", h, err)
	}
}
