package repo_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What "git commit" would run: programs, found where Git finds them, and
// commands of the configuration.
func TestHooks(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		programs, plain []string // executable ones, and others
		config          [][2]string
		want            string
	}{
		"none":              {plain: []string{".git/hooks/pre-commit"}, programs: []string{".git/hooks/pre-commit.sample", ".git/hooks/post-commit"}},
		"all":               {programs: []string{".git/hooks/pre-commit", ".git/hooks/commit-msg", ".git/hooks/prepare-commit-msg"}, want: "pre-commit prepare-commit-msg commit-msg"},
		"a folder of ours":  {programs: []string{".husky/_/pre-commit", ".git/hooks/commit-msg"}, config: [][2]string{{"core.hooksPath", ".husky/_"}}, want: "pre-commit"},
		"a folder at home":  {programs: []string{".git/hooks/commit-msg"}, config: [][2]string{{"core.hooksPath", "~/no-hooks"}}},
		"configured":        {config: [][2]string{{"hook.Lint.event", "commit-msg"}, {"hook.Lint.event", "pre-commit"}, {"hook.Lint.command", "true"}}, want: "pre-commit commit-msg"},
		"without a command": {config: [][2]string{{"hook.lint.event", "pre-commit"}}},
		"switched off":      {config: [][2]string{{"hook.lint.event", "pre-commit"}, {"hook.lint.command", "true"}, {"hook.lint.enabled", "false"}}},
		"event off":         {config: [][2]string{{"hook.lint.event", "pre-commit"}, {"hook.lint.command", "true"}, {"hook.pre-commit.enabled", "false"}}},
		"reset":             {config: [][2]string{{"hook.lint.event", "pre-commit"}, {"hook.lint.event", ""}, {"hook.lint.command", "true"}}},
	} {
		dir := begin(t, "a", "1\n")
		for _, p := range c.programs {
			write(t, dir, p, "#!/bin/sh\n")
			if err := os.Chmod(filepath.Join(dir, p), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		for _, p := range c.plain {
			write(t, dir, p, "#!/bin/sh\n")
		}
		for _, kv := range c.config {
			run(t, dir, "config", "--add", kv[0], kv[1])
		}
		if got := strings.Join(open(t, dir).Hooks(), " "); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	// A linked work tree has the repository's hooks.
	dir := begin(t, "a", "1\n")
	write(t, dir, ".git/hooks/pre-commit", "#!/bin/sh\n")
	if err := os.Chmod(filepath.Join(dir, ".git/hooks/pre-commit"), 0o755); err != nil {
		t.Fatal(err)
	}
	linked := filepath.Join(t.TempDir(), "linked")
	run(t, dir, "worktree", "add", "-q", "-b", "x", linked)
	if got := strings.Join(open(t, linked).Hooks(), " "); got != "pre-commit" {
		t.Errorf("in a linked work tree: %q", got)
	}
}
