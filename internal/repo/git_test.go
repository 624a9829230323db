package repo_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/internal/repo"
	_ "github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

// TestMain gives all tests an empty home and an identity.
func TestMain(m *testing.M) {
	home, err := os.MkdirTemp("", "penstock-home-")
	if err != nil {
		panic(err)
	}
	for k, v := range map[string]string{
		"HOME": home, "GIT_CONFIG_NOSYSTEM": "1", "XDG_CONFIG_HOME": home, "LC_ALL": "C",
	} {
		os.Setenv(k, v)
	}
	config := "[user]\n\tname = Pat Platform\n\temail = pat@acme.example\n[init]\n\tdefaultBranch = main\n[protocol \"file\"]\n\tallow = always\n"
	if err := os.WriteFile(filepath.Join(home, ".gitconfig"), []byte(config), 0o644); err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(home)
	os.Exit(code)
}

// needGit skips without the git command, which only the tests use.
func needGit(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("git is not installed")
		}
		t.Skip("git is not installed")
	}
}

// run runs git and returns its output.
func run(t testing.TB, dir string, args ...string) string {
	t.Helper()
	out, err := try(dir, args...)
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

func try(dir string, args ...string) (string, error) {
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func write(t testing.TB, dir string, pairs ...string) {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		p := filepath.Join(dir, pairs[i])
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(pairs[i+1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// begin makes a repository with one commit.
func begin(t testing.TB, pairs ...string) string {
	t.Helper()
	needGit(t)
	dir := t.TempDir()
	run(t, dir, "init", "-q")
	write(t, dir, pairs...)
	run(t, dir, "add", "-A")
	run(t, dir, "commit", "-q", "--allow-empty", "-m", "first")
	return dir
}

func open(t testing.TB, dir string) *repo.Repo {
	t.Helper()
	r, err := repo.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// commit writes files, pairs of path and text, as a run would, and commits
// them; "-" removes one.
func commit(t testing.TB, dir string, c repo.Commit, pairs ...string) string {
	t.Helper()
	r := open(t, dir)
	prefix, err := r.Path(dir)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(pairs); i += 2 {
		f := repo.File{Path: strings.TrimPrefix(prefix+"/"+pairs[i], "/"), Data: []byte(pairs[i+1])}
		if pairs[i+1] == "-" {
			f.Removed = true
			if err := os.Remove(filepath.Join(dir, pairs[i])); err != nil && !errors.Is(err, os.ErrNotExist) {
				t.Fatal(err)
			}
		} else {
			write(t, dir, pairs[i], pairs[i+1])
		}
		c.Files = append(c.Files, f)
	}
	if c.Message == "" {
		c.Message = "second\n\nwhy"
	}
	c.When = time.Unix(1700000000, 0)
	if err := r.Ready(c.Branch); err != nil {
		t.Fatal(err)
	}
	hash, err := r.Commit(c)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := try(dir, "fsck", "--strict", "--no-dangling"); err != nil {
		t.Errorf("fsck: %s", out)
	}
	return hash
}

// is compares git's output, line by line.
func is(t testing.TB, got string, want ...string) {
	t.Helper()
	var lines []string
	for line := range strings.Lines(got) {
		lines = append(lines, strings.TrimRight(line, "\n"))
	}
	if !slices.Equal(lines, want) {
		t.Errorf("got  %q\nwant %q", lines, want)
	}
}
