package repo_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/repo"
)

func who(t *testing.T, dir string) string {
	t.Helper()
	commit(t, dir, repo.Commit{}, "f", t.Name()+"\n")
	return strings.TrimSpace(run(t, dir, "log", "-1", "--format=%an <%ae> %cn <%ce> %ai"))
}

func TestAuthor(t *testing.T) {
	dir := begin(t)
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(home, "xdg"))
	t.Run("missing", func(t *testing.T) {
		err := open(t, dir).Ready("")
		if err == nil || !strings.Contains(err.Error(), "git config --global user.name \"Your Name\"\n") || !strings.Contains(err.Error(), "user.email") {
			t.Error(err)
		}
	})
	write(t, home, ".gitconfig", "[user]\n\tname = Home\n\temail = home@x\n[includeIf \"gitdir:"+filepath.Dir(dir)+"/\"]\n\tpath = ~/work.inc\n[includeIf \"gitdir:/nowhere/\"]\n\tpath = bad.inc\n",
		"work.inc", "[user]\n\temail = work@x\n", "bad.inc", "[user]\n\tname = Bad\n")
	for _, c := range []struct {
		name   string
		config []string
		env    map[string]string
		want   string
	}{
		{"an include for this folder", nil, nil, "Home <work@x> Home <work@x>"},
		{"the repository's own", []string{"user.name", "Local"}, nil, "Local <work@x> Local <work@x>"},
		{"author and committer", []string{"author.name", "A"}, nil, "A <work@x> Local <work@x>"},
		{"the environment", nil, map[string]string{"GIT_AUTHOR_NAME": "Env <\n>", "GIT_AUTHOR_EMAIL": "env@x", "GIT_COMMITTER_EMAIL": "c@x"}, "Env <env@x> Local <c@x>"},
		{"a date", nil, map[string]string{"GIT_AUTHOR_DATE": "1700000000 +0200"}, "A <work@x> Local <work@x> 2023-11-15 00:13:20 +0200"},
		{"a date in words", nil, map[string]string{"GIT_AUTHOR_DATE": "2026-01-02T03:04:05Z"}, "A <work@x> Local <work@x> 2026-01-02 03:04:05 +0000"},
		{"configured by environment", nil, map[string]string{"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "author.name", "GIT_CONFIG_VALUE_0": "B"}, "B <work@x> Local <work@x>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.config != nil {
				run(t, dir, append([]string{"config"}, c.config...)...)
			}
			for k, v := range c.env {
				t.Setenv(k, v)
			}
			if got := who(t, dir); !strings.HasPrefix(got, c.want) {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}
