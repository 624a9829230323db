package repo_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/internal/repo"
)

// A commit stores what "git add" would, whatever attributes, settings, the
// text and what was stored before are: Git itself says what is right.
func TestStoresWhatGitAddWould(t *testing.T) {
	t.Parallel()
	needGit(t)
	attributes := strings.Join([]string{
		"[attr]ours text eol=lf", "", "# a comment", `"t\145xt.*"	text`, "notext.* -text", "auto.* text=auto", "bin.* binary",
		"eollf.* eol=lf", "eolcrlf.* eol=crlf", "autocrlf.* text=auto eol=crlf", "autolf.* text=auto eol=lf", "macro.* ours",
		"crlf.* crlf", "nocrlf.* -crlf", "input.* crlf=input", "back.* -text", "back.* !text", "/rooted.* text", "deep/**/two.* text",
		"cla[!0-9]s.[l-n]* text", "dir/ text", "!negative.* text", "st*r.* text", "que?tion.* text", `esc\aped.* text`, "[[:alpha:]]posix.* text",
		"below/only.* text", "**/anywhere.* text", "all/** -text", "last.* text", "last.* -text", "unclosed[.* text",
	}, "\n") + "\n"
	names := []string{
		"text", "notext", "auto", "bin", "eollf", "eolcrlf", "autocrlf", "autolf", "macro", "crlf", "nocrlf", "input", "back", "rooted", "x/rooted",
		"deep/two", "deep/a/b/two", "class", "cla5s", "dir/file", "negative", "star", "question", "escaped", "aposix", "below/only", "x/below/only",
		"a/b/anywhere", "all/x/text", "last", "unclosed[", "plain", "own/plain", "own/text", "info", "user", "own/info",
	}
	texts := map[string]string{
		"lf": "a\nb\n", "crlf": "a\r\nb\r\n", "mixed": "a\r\nb\n", "lonecr": "a\rb\r\n", "nul": "a\x00\r\n", "odd": "\x01\x02\r\n", "dos": "a\r\n\x1a", "empty": "",
	}
	stored := map[string]string{"new": "", "waslf": "x\n", "wascrlf": "x\r\ny\n", "wasbin": "x\x00\r\n"}
	for _, autocrlf := range []string{"", "true", "false", "input"} {
		t.Run("autocrlf="+autocrlf, func(t *testing.T) {
			t.Parallel()
			dir, files := checkIn(t, names, stored, texts)
			user := filepath.Join(t.TempDir(), "attributes")
			write(t, filepath.Dir(user), "attributes", "user.* text\ntext.* -text\n")
			write(t, dir, ".gitattributes", attributes, "own/.gitattributes", "plain.* text\ntext.* !text\n[attr]notext text\n",
				".git/info/attributes", "info.* text\n")
			run(t, dir, "config", "core.attributesFile", user)
			if autocrlf != "" {
				run(t, dir, "config", "core.autocrlf", autocrlf)
			}
			want := added(t, dir, files)
			if _, err := open(t, dir).Commit(repo.Commit{Message: "x", When: time.Unix(1, 0), Files: files}); err != nil {
				t.Fatal(err)
			}
			if got := run(t, dir, "ls-files", "-s"); got != want {
				t.Error(firstDifference(got, want))
			}
			if got := run(t, dir, "-c", "core.safecrlf=false", "status", "--porcelain"); !strings.HasSuffix(got, "?? .gitattributes\n?? own/.gitattributes\n") || strings.Contains(got, " M ") {
				t.Errorf("not clean: %.400s", got)
			}
		})
	}
}

// checkIn makes a repository with a file for each name, version before and
// text, and returns what is to be committed.
func checkIn(t *testing.T, names []string, stored, texts map[string]string) (dir string, files []repo.File) {
	t.Helper()
	dir = begin(t, "x", "1\n")
	for _, n := range names {
		n = strings.Replace(n, "x/", "x2/", 1)
		for was, old := range stored {
			for kind, text := range texts {
				p := fmt.Sprintf("%s.%s-%s", n, was, kind)
				if was != "new" {
					write(t, dir, p, old)
				}
				files = append(files, repo.File{Path: p, Data: []byte(text)})
			}
		}
	}
	run(t, dir, "add", "-A")
	run(t, dir, "commit", "-q", "-m", "before")
	return dir, files
}

// added writes the files, and returns the index that "git add" makes of them.
func added(t *testing.T, dir string, files []repo.File) string {
	t.Helper()
	for _, f := range files {
		write(t, dir, f.Path, string(f.Data))
	}
	index, err := os.ReadFile(filepath.Join(dir, ".git/index"))
	if err != nil {
		t.Fatal(err)
	}
	run(t, dir, "-c", "core.safecrlf=false", "add", "-A")
	run(t, dir, "reset", "-q", "--", ".gitattributes", "own/.gitattributes")
	want := run(t, dir, "ls-files", "-s")
	if err := os.WriteFile(filepath.Join(dir, ".git/index"), index, 0o644); err != nil {
		t.Fatal(err)
	}
	return want
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	var list []string
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			list = append(list, g[i]+"\n  want "+w[i])
		}
	}
	return fmt.Sprintf("%d and %d lines, %d differ:\n%s", len(g), len(w), len(list), strings.Join(list[:min(5, len(list))], "\n"))
}

// Files of which Git stores something else than their lines are refused.
func TestRefusesFilters(t *testing.T) {
	t.Parallel()
	for attribute, want := range map[string]string{
		"filter=lfs": `"filter=lfs"`, "working-tree-encoding=UTF-16": `"working-tree-encoding=UTF-16"`, "ident": `"ident"`, "-filter -ident": "", "!filter": "",
	} {
		dir := begin(t, "a", "1\n", ".gitattributes", "*.yaml "+attribute+"\n")
		write(t, dir, "a.yaml", "2\n")
		r := open(t, dir)
		_, err := r.Commit(repo.Commit{Message: "x", When: time.Unix(1, 0), Files: []repo.File{{Path: "a.yaml", Data: []byte("2\n")}}})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v", attribute, err)
		}
		if want != "" {
			is(t, run(t, dir, "log", "--format=%s"), "first")
		}
	}
}
