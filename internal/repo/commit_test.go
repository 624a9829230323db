package repo_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/internal/repo"
)

// The user has staged, unstaged and untracked changes; all of them stay.
func TestCommitLeavesTheRestAlone(t *testing.T) {
	t.Parallel()
	dir := begin(t, "a/one", "1\n", "a/two", "1\n", "b/gone", "1\n", "staged", "1\n", "unstaged", "1\n", "z", "1\n")
	write(t, dir, "staged", "mine\n", "unstaged", "mine\n", "a/untracked", "mine\n", "new-staged", "mine\n")
	run(t, dir, "add", "staged", "new-staged")
	hash := commit(t, dir, repo.Commit{}, "a/one", "2\n", "a/b/c/new", "2\n", "b/gone", "-", "never/there", "-")
	is(t, run(t, dir, "status", "--porcelain"), "A  new-staged", "M  staged", " M unstaged", "?? a/untracked")
	is(t, run(t, dir, "show", "--format=%H%n%P%n%an %ae %cn %at%n%B", "--name-status", "HEAD"),
		hash, strings.TrimSpace(run(t, dir, "rev-parse", "HEAD~1")), "Pat Platform pat@acme.example Pat Platform 1700000000", "second", "", "why", "", "",
		"A\ta/b/c/new", "M\ta/one", "D\tb/gone")
	is(t, run(t, dir, "log", "-g", "--format=%gs"), "commit: second", "commit (initial): first")
	run(t, dir, "commit", "-q", "-m", "theirs")
	is(t, run(t, dir, "show", "--format=", "--name-status"), "A\tnew-staged", "M\tstaged")
}

func TestNothingToCommit(t *testing.T) {
	t.Parallel()
	dir := begin(t, "a", "1\n")
	before := run(t, dir, "rev-parse", "HEAD")
	if hash := commit(t, dir, repo.Commit{}, "a", "1\n", "b", "-"); hash != "" {
		t.Errorf("commit %s", hash)
	}
	is(t, run(t, dir, "rev-parse", "HEAD"), strings.TrimSpace(before))
	is(t, run(t, dir, "status", "--porcelain"))
}

func TestFirstCommit(t *testing.T) {
	t.Parallel()
	needGit(t)
	dir := t.TempDir()
	run(t, dir, "init", "-q")
	write(t, dir, "mine", "1\n")
	commit(t, dir, repo.Commit{}, "a/b", "1\n")
	is(t, run(t, dir, "status", "--porcelain", "-b"), "## main", "?? mine")
	is(t, run(t, dir, "log", "-g", "--format=%gs"), "commit (initial): second")
}

func TestBranch(t *testing.T) {
	t.Parallel()
	dir := begin(t, "a", "1\n")
	commit(t, dir, repo.Commit{Branch: "penstock/more"}, "a", "2\n")
	is(t, run(t, dir, "status", "--porcelain", "-b"), "## penstock/more")
	is(t, run(t, dir, "log", "--format=%s", "main"), "first")
	is(t, run(t, dir, "log", "-g", "--format=%gs"), "commit: second", "checkout: moving from main to penstock/more", "commit (initial): first")
	// The same branch again is the current one.
	commit(t, dir, repo.Commit{Branch: "penstock/more"}, "a", "3\n")
	run(t, dir, "checkout", "-q", "main")
	r := open(t, dir)
	for branch, want := range map[string]string{
		"penstock/more": `branch "penstock/more" exists already`, "a b": "is no name for a branch", "-x": "is no name", "x..y": "is no name", "x.lock": "is no name", "HEAD": "is no name",
	} {
		if err := r.Ready(branch); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", branch, err)
		}
	}
	run(t, dir, "checkout", "-q", "--detach")
	if err := r.Ready(""); err == nil || !strings.Contains(err.Error(), "--branch") {
		t.Error(err)
	}
	commit(t, dir, repo.Commit{Branch: "from-detached"}, "a", "4\n")
	is(t, run(t, dir, "log", "--format=%s %D"), "second HEAD -> from-detached", "first main")
}

func TestFileAndFolder(t *testing.T) {
	t.Parallel()
	dir := begin(t, "a", "1\n", "b/c/d", "1\n", "b.x", "1\n", "b-y", "1\n")
	if err := os.Remove(filepath.Join(dir, "a")); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "b")); err != nil {
		t.Fatal(err)
	}
	commit(t, dir, repo.Commit{}, "a/x", "2\n", "b/c/d", "-", "b", "2\n")
	is(t, run(t, dir, "status", "--porcelain"))
	is(t, run(t, dir, "ls-tree", "-r", "--name-only", "HEAD"), "a/x", "b", "b-y", "b.x")
}

func TestModesAndBytes(t *testing.T) {
	t.Parallel()
	dir := begin(t, ".gitattributes", "*.txt -text\n", "run", "1\n")
	run(t, dir, "config", "core.autocrlf", "true")
	r := open(t, dir)
	write(t, dir, "run", "2\n", "a.txt", "1\r\n2\n", "none", "no newline")
	if err := os.Chmod(filepath.Join(dir, "run"), 0o755); err != nil {
		t.Fatal(err)
	}
	_, err := r.Commit(repo.Commit{Message: "x", When: time.Unix(1, 0), Files: []repo.File{
		{Path: "run", Data: []byte("2\n"), Executable: true}, {Path: "a.txt", Data: []byte("1\r\n2\n")}, {Path: "none", Data: []byte("no newline")},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if got := run(t, dir, "cat-file", "blob", "HEAD:a.txt") + run(t, dir, "cat-file", "blob", "HEAD:none"); got != "1\r\n2\nno newline" {
		t.Errorf("%q", got)
	}
	if got := run(t, dir, "ls-tree", "HEAD", "run"); !strings.HasPrefix(got, "100755 ") {
		t.Error(got)
	}
}

// A work tree's .git is a file, a submodule's too, and a shallow clone lacks
// most of the history.
func TestKindsOfWorkTrees(t *testing.T) {
	t.Parallel()
	origin := begin(t, "a", "1\n", "b/c", "1\n")
	write(t, origin, "a", "2\n")
	run(t, origin, "commit", "-q", "-a", "-m", "more")
	dirs := t.TempDir()
	run(t, dirs, "clone", "-q", "--depth=1", "file://"+origin, "shallow")
	run(t, dirs, "clone", "-q", "--shared", origin, "shared")
	run(t, dirs, "clone", "-q", "--filter=blob:none", "--no-checkout", "file://"+origin, "partial")
	run(t, dirs, "clone", "-q", origin, "packed")
	run(t, filepath.Join(dirs, "packed"), "gc", "-q")
	run(t, filepath.Join(dirs, "packed"), "pack-refs", "--all")
	run(t, origin, "worktree", "add", "-q", "-b", "tree", filepath.Join(dirs, "worktree"))
	super := begin(t, "x", "1\n")
	run(t, super, "submodule", "--quiet", "add", origin, "sub")
	run(t, super, "commit", "-q", "-m", "sub")
	for name, dir := range map[string]string{
		"shallow": filepath.Join(dirs, "shallow"), "shared": filepath.Join(dirs, "shared"), "packed": filepath.Join(dirs, "packed"),
		"worktree": filepath.Join(dirs, "worktree"), "submodule": filepath.Join(super, "sub"), "partial": filepath.Join(dirs, "partial"),
	} {
		t.Run(name, func(t *testing.T) {
			if name == "partial" {
				run(t, dir, "read-tree", "HEAD")
			}
			commit(t, dir, repo.Commit{}, "a", "3\n", "b/new", "1\n")
			if name != "partial" {
				is(t, run(t, dir, "status", "--porcelain"))
			}
			is(t, run(t, dir, "show", "--format=%s", "--name-status"), "second", "", "M\ta", "A\tb/new")
		})
	}
	is(t, run(t, origin, "status", "--porcelain"))
	is(t, run(t, super, "status", "--porcelain"), " M sub")
	is(t, run(t, origin, "log", "-1", "--format=%s", "main"), "more")
}

// A target in a folder of a repository, and one reached through a link.
func TestFolderOfARepository(t *testing.T) {
	t.Parallel()
	root := begin(t, "x", "1\n", "apps/a/f", "1\n")
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(filepath.Join(root, "apps"), link); err != nil {
		t.Fatal(err)
	}
	commit(t, filepath.Join(link, "a"), repo.Commit{}, "f", "2\n")
	is(t, run(t, root, "show", "--format=", "--name-status"), "M\tapps/a/f")
	r := open(t, filepath.Join(link, "a", "not", "yet", "there"))
	if p, err := r.Path(filepath.Join(link, "a", "not")); p != "apps/a/not" || err != nil {
		t.Error(p, err)
	}
	if _, err := repo.Open(t.TempDir()); !errors.Is(err, repo.ErrNone) {
		t.Error(err)
	}
}

func TestFolderMoves(t *testing.T) {
	t.Parallel()
	dir := begin(t, "apps/old/a/f", "1\n", "apps/old/a/g", "1\n", "apps/old/b/f", "1\n", "z", "1\n")
	write(t, dir, "apps/old/a/g", "mine\n", "apps/old/a/new", "mine\n")
	if err := os.MkdirAll(filepath.Join(dir, "apps/new"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(dir, "apps/old/a"), filepath.Join(dir, "apps/new/a")); err != nil {
		t.Fatal(err)
	}
	commit(t, dir, repo.Commit{Folders: []repo.Folder{{From: "apps/old/a", To: "apps/new/a"}}}, "apps/new/a/f", "2\n")
	is(t, run(t, dir, "status", "--porcelain"), " M apps/new/a/g", "?? apps/new/a/new")
	is(t, run(t, dir, "ls-tree", "-r", "--name-only", "HEAD"), "apps/new/a/f", "apps/new/a/g", "apps/old/b/f", "z")
}

func TestUnderWay(t *testing.T) {
	t.Parallel()
	dir := begin(t, "a", "1\n")
	run(t, dir, "checkout", "-q", "-b", "other")
	write(t, dir, "a", "other\n")
	run(t, dir, "commit", "-q", "-a", "-m", "other")
	run(t, dir, "checkout", "-q", "main")
	write(t, dir, "a", "main\n")
	run(t, dir, "commit", "-q", "-a", "-m", "main")
	r := open(t, dir)
	for _, c := range []struct {
		name        string
		start, stop []string
	}{
		{"merge", []string{"merge", "other"}, []string{"merge", "--abort"}},
		{"rebase", []string{"rebase", "other"}, []string{"rebase", "--abort"}},
		{"cherry-pick", []string{"cherry-pick", "other"}, []string{"cherry-pick", "--abort"}},
		{"revert", []string{"revert", "--no-edit", "other"}, []string{"revert", "--abort"}},
		{"bisect", []string{"bisect", "start"}, []string{"bisect", "reset"}},
	} {
		_, _ = try(dir, c.start...) // ends in a conflict
		if err := r.Ready(""); err == nil || !strings.Contains(err.Error(), "in the middle of a "+c.name) {
			t.Errorf("%s: %v", c.name, err)
		}
		run(t, dir, c.stop...)
		if err := r.Ready(""); err != nil {
			t.Errorf("after %s: %v", c.name, err)
		}
	}
	write(t, dir, ".git/index.lock", "")
	if err := r.Ready(""); err == nil || !strings.Contains(err.Error(), "index.lock: another git command is at work") {
		t.Error(err)
	}
}

// Git's own bits of an entry survive: assume-unchanged, skip-worktree and
// intent-to-add, in each version of the index.
func TestIndexFlags(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"2", "4"} {
		dir := begin(t, "a", "1\n", "assumed", "1\n", "skipped", "1\n", strings.Repeat("long/", 60)+"name", "1\n")
		write(t, dir, "intended", "1\n")
		run(t, dir, "update-index", "--index-version", version)
		run(t, dir, "update-index", "--assume-unchanged", "assumed")
		run(t, dir, "update-index", "--skip-worktree", "skipped")
		run(t, dir, "add", "-N", "intended")
		before := run(t, dir, "ls-files", "-v", "-t", "-s")
		commit(t, dir, repo.Commit{}, "b/new", "1\n")
		after := run(t, dir, "ls-files", "-v", "-t", "-s")
		if rest := strings.Replace(after, "H 100644 d00491fd7e5bb6fa28c517a0bb32b8b506539d4d 0\tb/new\n", "", 1); rest != before {
			t.Errorf("version %s: %s\n%s", version, before, after)
		}
		is(t, run(t, dir, "status", "--porcelain"), " A intended")
	}
}

func TestConflicts(t *testing.T) {
	t.Parallel()
	dir := begin(t, "a", "mine\n", "b", "1\n")
	text := "<<<<<<< current\nmine\n||||||| pristine\nbase\n=======\ntheirs\n>>>>>>> desired\n"
	write(t, dir, "a", text)
	file := func(s string) repo.File { return repo.File{Data: []byte(s)} }
	err := open(t, dir).Conflicts([]repo.Conflict{{Path: "a", Pristine: file("base\n"), Current: file("mine\n"), Desired: file("theirs\n")}})
	if err != nil {
		t.Fatal(err)
	}
	is(t, run(t, dir, "status", "--porcelain"), "UU a")
	is(t, run(t, dir, "show", ":1:a", ":2:a", ":3:a"), "base", "mine", "theirs")
	if err := open(t, dir).Ready(""); err == nil || !strings.Contains(err.Error(), "a is not merged") {
		t.Error(err)
	}
	run(t, dir, "-c", "mergetool.x.cmd=cat \"$BASE\" \"$LOCAL\" \"$REMOTE\" >\"$MERGED\"", "-c", "mergetool.x.trustExitCode=true", "mergetool", "-t", "x", "-y", "a")
	is(t, run(t, dir, "status", "--porcelain"), "M  a", "?? a.orig")
	run(t, dir, "commit", "-q", "-m", "resolved")
	is(t, run(t, dir, "cat-file", "blob", "HEAD:a"), "base", "mine", "theirs")
}

func TestBrokenIndex(t *testing.T) {
	t.Parallel()
	dir := begin(t, "a", "1\n")
	write(t, dir, ".git/index", "DIRC nonsense, and long enough to be read as an index file")
	if err := open(t, dir).Ready(""); err == nil || !strings.Contains(err.Error(), "index is damaged") {
		t.Error(err)
	}
}
