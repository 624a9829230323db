package repo_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/internal/repo"
)

// alone keeps Git from reading the configuration of who runs the test.
func alone(t *testing.T) string {
	t.Helper()
	home := t.TempDir()
	for k, v := range map[string]string{"HOME": home, "XDG_CONFIG_HOME": "", "GIT_CONFIG_GLOBAL": filepath.Join(home, ".gitconfig"), "GIT_CONFIG_NOSYSTEM": "1", "GIT_CEILING_DIRECTORIES": home} {
		t.Setenv(k, v)
	}
	if err := os.WriteFile(filepath.Join(home, ".gitconfig"), []byte("[user]\n\temail = me@acme.example\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return home
}

func TestOrigin(t *testing.T) {
	home := alone(t)
	dir := filepath.Join(home, "ws")
	o, err := repo.ReadOrigin(dir)
	if want := (repo.Origin{Email: "me@acme.example"}); err != nil || o != want {
		t.Errorf("%+v, %v", o, err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	made, err := repo.Init(dir, "trunk", "https://me:secret@github.com/acme/platform.git")
	if !made || err != nil {
		t.Fatal(made, err)
	}
	o, err = repo.ReadOrigin(filepath.Join(dir, "not", "there"))
	root, _ := filepath.EvalSymlinks(dir)
	want := repo.Origin{Root: root, URL: "https://github.com/acme/platform.git", Branch: "trunk", Email: "me@acme.example"}
	if err != nil || o != want {
		t.Error(cmp.Diff(want, o), err)
	}
	if made, err := repo.Init(filepath.Join(dir, "platform"), "main", "x"); made || err != nil {
		t.Errorf("a repository inside of a work tree: %v, %v", made, err)
	}
}

// TestInitIsGit: git itself takes what Init makes.
func TestInitIsGit(t *testing.T) {
	bin, err := exec.LookPath("git")
	if err != nil {
		t.Skip("git is not here")
	}
	dir := filepath.Join(alone(t), "platform")
	if _, err := repo.Init(dir, "main", "git@github.com:acme/platform.git"); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(bin, "-C", dir, "status", "--short", "--branch").CombinedOutput()
	if err != nil || string(out) != "## No commits yet on main\n" {
		t.Errorf("%v: %s", err, out)
	}
	out, err = exec.Command(bin, "-C", dir, "remote", "get-url", "origin").CombinedOutput()
	if err != nil || string(out) != "git@github.com:acme/platform.git\n" {
		t.Errorf("%v: %s", err, out)
	}
}
