package repo_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/repo"
)

// A split index has most of its entries in another file: what it replaces,
// drops and adds is found, and the rest stays.
func TestSplitIndex(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"2", "4"} {
		var files []string
		for i := range 300 {
			files = append(files, fmt.Sprintf("d%d/f%03d", i%7, i), fmt.Sprint(i))
		}
		dir := begin(t, files...)
		run(t, dir, "update-index", "--index-version", version)
		run(t, dir, "config", "core.splitIndex", "true")
		run(t, dir, "config", "splitIndex.maxPercentChange", "100")
		run(t, dir, "update-index", "--split-index")
		for i := 0; i < 600; i += 8 {
			write(t, dir, files[i], "changed")
		}
		run(t, dir, "add", "-A")
		for i := 2; i < 600; i += 40 {
			run(t, dir, "rm", "-q", "--cached", files[i])
		}
		write(t, dir, "d3/added", "1\n", "z", "1\n")
		run(t, dir, "add", "d3/added", "z")
		run(t, dir, "update-index", "--assume-unchanged", files[4])
		before := run(t, dir, "ls-files", "-s", "-v")
		if _, err := os.Stat(filepath.Join(dir, ".git/index")); err != nil || run(t, dir, "rev-parse", "--shared-index-path") == "" {
			t.Fatal("the index is not split")
		}
		commit(t, dir, repo.Commit{}, "b/new", "1\n")
		after := run(t, dir, "ls-files", "-s", "-v")
		if rest := strings.Replace(after, "H 100644 d00491fd7e5bb6fa28c517a0bb32b8b506539d4d 0\tb/new\n", "", 1); rest != before || rest == after {
			t.Errorf("version %s: %s", version, firstDifference(rest, before))
		}
		is(t, run(t, dir, "show", "--format=", "--name-status"), "A\tb/new")
		run(t, dir, "add", "-A")
		run(t, dir, "fsck", "--strict")
	}
}

// What Git keeps beside the entries is made again, or stays true.
func TestIndexCaches(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"core.untrackedCache=true", "core.fsmonitor=true", "feature.manyFiles=true", "index.skipHash=true", "core.fileMode=false"} {
		name, value, _ := strings.Cut(key, "=")
		dir := begin(t, "a", "1\n", "b/c", "1\n")
		if name == "core.fsmonitor" {
			value = filepath.Join(dir, ".git", "monitor") // it says that all may have changed
			write(t, dir, ".git/monitor", "#!/bin/sh\nprintf 'token\\0/\\0'\n")
			if err := os.Chmod(value, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		run(t, dir, "config", name, value)
		run(t, dir, "status")
		run(t, dir, "update-index", "--refresh")
		commit(t, dir, repo.Commit{}, "a", "2\n", "b/new", "1\n")
		is(t, run(t, dir, "status", "--porcelain"))
		write(t, dir, "b/c", "2\n", "untracked", "1\n")
		is(t, run(t, dir, "status", "--porcelain"), " M b/c", "?? untracked")
	}
}

// Files keep what the user told Git of them, also those of the commit.
func TestCommitKeepsMarks(t *testing.T) {
	t.Parallel()
	dir := begin(t, "a", "1\n", "assumed", "1\n", "skipped", "1\n", "intended", "1\n")
	run(t, dir, "update-index", "--assume-unchanged", "assumed")
	run(t, dir, "update-index", "--skip-worktree", "skipped")
	commit(t, dir, repo.Commit{}, "assumed", "2\n", "skipped", "2\n", "a", "2\n")
	is(t, run(t, dir, "ls-files", "-v"), "H a", "h assumed", "H intended", "S skipped")
	is(t, run(t, dir, "show", "HEAD:assumed", "HEAD:skipped"), "2", "2")
	is(t, run(t, dir, "status", "--porcelain"))
}

// A clone without the contents of files can be committed to; one without the
// folders says what is missing, before anything is written.
func TestPartialClones(t *testing.T) {
	t.Parallel()
	origin := begin(t, "a", "1\n", "b/c", "1\n", "d/e/f", "1\n")
	run(t, origin, "config", "uploadpack.allowFilter", "true")
	for filter, want := range map[string]string{"blob:none": "", "tree:0": "is missing in this clone"} {
		dir := filepath.Join(t.TempDir(), "clone")
		run(t, origin, "clone", "-q", "--filter="+filter, "--no-checkout", "file://"+origin, dir)
		run(t, dir, "read-tree", "--empty")
		run(t, dir, "config", "remote.origin.url", "file:///nowhere") // nothing can be fetched
		err := open(t, dir).Takes([]string{"b/new", "d/e/f"})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Fatalf("%s: %v", filter, err)
		}
		if want == "" {
			write(t, dir, "b/new", "1\n")
			if _, err := open(t, dir).Commit(repo.Commit{Message: "x", Files: []repo.File{{Path: "b/new", Data: []byte("1\n")}}}); err != nil {
				t.Error(err)
			}
			is(t, run(t, dir, "ls-tree", "-r", "--name-only", "HEAD"), "a", "b/c", "b/new", "d/e/f")
		}
	}
}

func TestAway(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"init", "-q"}, {"init", "-q", "--object-format=sha256"}} {
		dir := t.TempDir()
		run(t, dir, args...)
		write(t, dir, "p/a", "1\n", "p/b/c", "1\n", "q/d", "1\n", "e", "1\n")
		run(t, dir, "add", "-A")
		run(t, dir, "commit", "-q", "-m", "first")
		away := func(at string) *repo.Away {
			a, err := repo.ReadAway(filepath.Join(dir, at))
			if err != nil {
				t.Fatal(err)
			}
			return a
		}
		if got := away("").Below(""); got != nil {
			t.Errorf("nothing is away: %q", got)
		}
		run(t, dir, "sparse-checkout", "set", "--cone", "--sparse-index", "q")
		is(t, strings.Join(away("").Below(""), "\n"), "p/")
		is(t, strings.Join(away("p").Below(""), " ")+"\n", "")
		is(t, strings.Join(away("p").Below("b"), "\n"), "b/")
		is(t, strings.Join(away("p/b").Below("x"), "\n"), "x/")
		if a := away("p"); !a.Has("a") || !a.Has("b/c") || args[len(args)-1] == "-q" && a.Has("new") {
			t.Error("p")
		}
		if a := away(""); a.Has("q/d") || a.Has("e") || a.Has("q/new") || !a.Has("p/b/c") {
			t.Error("root")
		}
		run(t, dir, "sparse-checkout", "reapply", "--no-sparse-index")
		is(t, strings.Join(away("").Below("p"), "\n"), "p/a", "p/b/c")
		is(t, strings.Join(away("p").Below("b"), "\n"), "b/c")
	}
	if a, err := repo.ReadAway(filepath.Join(t.TempDir(), "new")); err != nil || a.Has("x") || a.Below("") != nil {
		t.Error(err)
	}
}
