//go:build unix

package main

import (
	"io"
	"log"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

const tab = "\t"

// shells are how a person turns completion on, as "penstock completion SHELL
// --help" says.
func shells() map[string][]string {
	return map[string][]string{
		"bash": {"--norc", "--noprofile", "-i", ". /usr/share/bash-completion/bash_completion && . <(penstock completion bash) && PS1='ready> '"},
		"zsh":  {"-f", "-i", "autoload -U compinit && compinit -u && source <(penstock completion zsh) && PS1='ready> '"},
		"fish": {"--no-config", "function fish_prompt; echo 'ready> '; end; penstock completion fish | source"},
	}
}

// TestShells: what a person gets for a tab, in a terminal.
//
// It drives real shells key by key, as a person does: the next key is pressed
// when the last one was answered, and again where it was not. A shell that is
// busy with a completion may lose what is typed meanwhile.
func TestShells(t *testing.T) {
	host := withTags(t, "delivery/payments/checkout", "1.4.1", "1.4.2", "dev", "prod-2026-11-27.1-1.4.1", "prod-2026-11-28.1-1.4.2", "ci-7")
	for shell, args := range shells() {
		t.Run(shell, func(t *testing.T) {
			t.Parallel()
			needs(t, shell)
			s := shellIn(t, host, shell, args)
			for _, c := range []struct{ typed, completed string }{
				{"promo", "penstock promote"},
				{"promote --app pay", "penstock promote --app payments/checkout"},
				{"promote --app payments/checkout --to pre", "--to preprod"},
				{"rollback --env prod --to prod-2026-11-27", "--to prod-2026-11-27.1-1.4.1"},
				{"promote --to prod --release 1.4.2", "--release 1.4.2"},
				{"generate --only pl", "--only platform"},
				{"generate --conflicts mar", "--conflicts markers"},
				{"history -o js", "-o json"},
				{"add cluster --environment de", "--environment dev"},
			} {
				s.completes("penstock "+c.typed, c.completed)
			}
			s.lists("penstock promote --to", "dev", "preprod", "prod", "takes new releases", "promoted from preprod, approved by @acme/rm")
		})
	}
}

const (
	// answerIn is how long a key may take on a busy machine, before it is
	// pressed again.
	answerIn = 10 * time.Second
	tries    = 6
)

// completes types the beginning of a command line and presses tab: the line
// then ends in a completed word and a space.
func (s *screen) completes(typed, completed string) {
	s.t.Helper()
	for range tries {
		s.emptyLine()
		s.keys(typed)
		if !s.sees(answerIn, func() bool { return strings.Contains(joined(s.text()), typed) }) { // fish suggests what may follow
			continue
		}
		s.keys(tab)
		if !s.sees(answerIn, func() bool { return strings.HasSuffix(joined(s.text()), completed) }) {
			continue
		}
		s.keys("x") // a space is seen by what follows it
		if s.sees(answerIn, func() bool { return strings.HasSuffix(joined(s.text()), completed+" x") }) {
			return
		}
	}
	s.t.Fatalf("%q and tab do not give %q, but\n%s", typed, completed, s.text())
}

// lists types a command line and presses tab until it is told what fits, where
// that is several: each of them, and what it is.
func (s *screen) lists(typed string, want ...string) {
	s.t.Helper()
	for i := range tries {
		if i%3 == 0 {
			s.emptyLine()
			s.keys(typed + " ")
			if !s.sees(answerIn, func() bool { return strings.Contains(joined(s.text()), typed) }) {
				continue
			}
		}
		s.keys(tab)
		if s.sees(answerIn/2, func() bool {
			return !slices.ContainsFunc(want, func(w string) bool { return !strings.Contains(s.text(), w) })
		}) {
			return
		}
	}
	s.t.Fatalf("%q and tab do not list %q, but\n%s", typed, want, s.text())
}

// emptyLine brings a fresh prompt on a clear screen.
func (s *screen) emptyLine() {
	s.t.Helper()
	for range tries {
		s.keys("\x15") // Ctrl-U: the line is empty again
		if !s.sees(answerIn, func() bool { return strings.HasSuffix(s.text(), "ready>") }) {
			s.keys(ctrlC)
			continue
		}
		s.keys("clear")
		if !s.sees(answerIn, func() bool { return strings.Contains(s.text(), "ready> clear") }) {
			continue
		}
		s.keys(enter)
		if s.sees(answerIn, func() bool { return strings.TrimSpace(s.text()) == "ready>" }) {
			return
		}
	}
	s.t.Fatalf("no empty line, but\n%s", s.text())
}

// joined is a screen's text without the breaks of a full line.
func joined(s string) string { return strings.ReplaceAll(s, "\n", "") }

// needs skips where a program of .ci/run is missing, but not in CI.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		_, err := exec.LookPath(p)
		if p == "bash" && err == nil {
			_, err = os.Stat("/usr/share/bash-completion/bash_completion")
		}
		switch {
		case err != nil && os.Getenv("CI") == "true":
			t.Fatal(err)
		case err != nil:
			t.Skip(err)
		}
	}
}

// shellIn starts a shell beside a contract, with completion turned on.
func shellIn(t *testing.T, host, shell string, args []string) *screen {
	t.Helper()
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(dir, "penstock")); err != nil {
		t.Fatal(err)
	}
	work := filepath.Join(dir, "work")
	if err := os.Mkdir(work, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(work, "penstock.yaml"), []byte(strings.ReplaceAll(shellContract, "REGISTRY", host)), 0o644); err != nil {
		t.Fatal(err)
	}
	last := len(args) - 1
	cmd := exec.Command(shell, args[:last]...)
	cmd.Dir = work
	cmd.Env = append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"), "TERM=xterm", "HOME="+dir, "XDG_CACHE_HOME="+dir, "XDG_CONFIG_HOME="+dir, "HISTFILE=", "INPUTRC=/dev/null", "PROMPT_EOL_MARK=")
	s := show(t, cmd, 160, 40)
	s.keys(args[last] + enter)
	s.see("ready>", func() bool { return strings.HasSuffix(s.text(), "ready>") })
	return s
}

const shellContract = `apiVersion: penstock.dev/v1alpha1
kind: DeliveryContract
metadata: {name: acme}
spec:
  platform: {git: {url: https://github.com/acme/platform}, owners: ["@acme/platform"]}
  registry: {provider: zot, host: "REGISTRY", insecure: true}
  environments:
    - name: dev
    - name: preprod
    - name: prod
      promotion: {mode: approval, approvers: ["@acme/rm"]}
  teams: [{name: payments, owners: ["@acme/payments"], apps: [{name: checkout, git: {url: https://github.com/acme/checkout}}]}]
`

// withTags is a registry with a repository that has these tags.
func withTags(t *testing.T, repository string, tags ...string) string {
	t.Helper()
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	t.Cleanup(server.Close)
	host := strings.TrimPrefix(server.URL, "http://")
	for _, tag := range tags {
		ref, err := name.NewTag(host+"/"+repository+":"+tag, name.Insecure)
		if err != nil {
			t.Fatal(err)
		}
		if err := remote.Write(ref, empty.Image); err != nil {
			t.Fatal(err)
		}
	}
	return host
}
