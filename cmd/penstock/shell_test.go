//go:build unix

package main

import (
	"io"
	"log"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

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
// It drives real shells key by key, and once in ten runs on a busy machine bash
// loses one: it runs on request only, until that is understood.
func TestShells(t *testing.T) {
	if os.Getenv("PENSTOCK_SHELLS") == "" {
		t.Skip("set PENSTOCK_SHELLS to press tab in bash, zsh and fish")
	}
	host := withTags(t, "delivery/payments/checkout", "1.4.1", "1.4.2", "dev", "prod-2026-11-27.1-1.4.1", "prod-2026-11-28.1-1.4.2", "ci-7")
	for shell, args := range shells() {
		t.Run(shell, func(t *testing.T) {
			t.Parallel()
			needs(t, shell)
			s := shellIn(t, host, shell, args)
			for _, c := range []struct{ typed, want string }{
				{"promo" + tab + "x", "penstock promote x"},
				{"promote --app pay" + tab + "x", "penstock promote --app payments/checkout x"},
				{"promote --app payments/checkout --to pre" + tab + "x", "--to preprod x"},
				{"rollback --env prod --to prod-2026-11-27" + tab + "x", "--to prod-2026-11-27.1-1.4.1 x"},
				{"promote --to prod --release 1.4.2" + tab + "x", "--release 1.4.2 x"},
				{"generate --only pl" + tab + "x", "--only platform x"},
				{"generate --conflicts mar" + tab + "x", "--conflicts markers x"},
				{"history -o js" + tab + "x", "-o json x"},
				{"add cluster --environment de" + tab + "x", "--environment dev x"},
			} {
				s.keys("penstock " + c.typed)
				s.see(c.want, func() bool { return strings.Contains(joined(s.text()), c.want) })
				s.keys("\x15") // Ctrl-U: the line is empty again
				s.see("an empty line", func() bool { return strings.HasSuffix(s.text(), "ready>") })
				s.keys("clear" + enter)
				s.see("a clear screen", func() bool { return strings.TrimSpace(s.text()) == "ready>" })
			}
			// Where several fit, all of them, and what they are.
			s.keys("penstock promote --to " + tab + tab)
			for _, want := range []string{"dev", "preprod", "prod", "takes new releases", "promoted from preprod, approved by @acme/rm"} {
				s.see(want, func() bool { return strings.Contains(s.text(), want) })
			}
		})
	}
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
	s.keys("clear" + enter)
	s.see("a clear screen", func() bool { return strings.TrimSpace(s.text()) == "ready>" })
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
