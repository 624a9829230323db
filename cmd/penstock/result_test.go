//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestLegendInTerminal: a person is told what the letters of a plan mean, a
// pipe is not.
func TestLegendInTerminal(t *testing.T) {
	t.Parallel()
	dir := beside(t, "registry.acme.example")
	s := start(t, dir, 100, 30, nil, "generate", "--dry-run", "--only", "app/payments/checkout")
	if code := s.end(); code != 0 {
		t.Fatalf("exit code %d\n%s", code, s.text())
	}
	const legend = "What the signs mean:\r\n  + new\r\n\r\n+ "
	if !strings.HasPrefix(s.drawn(), legend) || strings.Count(s.drawn(), "What the signs mean:") != 1 {
		t.Errorf("it is not told what the signs mean:\n%s", s.drawn())
	}
	s = start(t, dir, 100, 30, nil, "generate", "--dry-run", "-o", "json")
	if code := s.end(); code != 0 || strings.Contains(s.drawn(), "What the signs mean") {
		t.Errorf("exit code %d, %s", code, s.drawn())
	}
}

// beside is a folder with the contract of the shells' test.
func beside(t *testing.T, host string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "penstock.yaml"), []byte(strings.ReplaceAll(shellContract, "REGISTRY", host)), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestTablesFit: what is printed in rows fits the terminal, with nothing broken
// inside a word; a pipe gets each row in one line.
func TestTablesFit(t *testing.T) {
	t.Parallel()
	host := withTags(t, "delivery/payments/checkout", "1.4.1", "1.4.2", "1.5.0-rc.1", "ci-20261127101112-0123456789abcdef", "prod",
		"prod-2026-11-27.1-1.4.1", "prod-2026-11-28.1-1.4.2", "prod-2026-11-28.2-rollback-1.4.1")
	dir := beside(t, host)
	for _, args := range [][]string{
		{"history"},
		{"history", "--env", "prod"},
		{"bundle", "list", "--candidates"},
		{"diff", "--stat"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			t.Parallel()
			whole := piped(t, dir, args...)
			words := strings.Fields(whole)
			if args[0] != "diff" { // a column without values has no head in a stack
				_, rows, _ := strings.Cut(whole, "\n")
				words = strings.Fields(rows)
			}
			for _, columns := range []int{60, 100, 200} {
				s := start(t, dir, columns, 50, nil, args...)
				if code := s.end(); code != 0 {
					t.Fatalf("exit code %d\n%s", code, s.text())
				}
				drawn := strings.ReplaceAll(s.drawn(), "\r\n", "\n")
				for line := range strings.Lines(drawn) {
					if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > columns {
						t.Errorf("%d columns in %d: %q", n, columns, line)
					}
				}
				if strings.Contains(drawn, "\n\n") != (longest(whole) > columns && args[0] != "diff") {
					t.Errorf("in %d columns, whole rows of %d:\n%s", columns, longest(whole), drawn)
				}
				for _, w := range words {
					if w != "-" && !strings.Contains(drawn, w) && !(len(w) > columns-20 && strings.Contains(w, "/")) {
						t.Errorf("in %d columns no %q:\n%s", columns, w, drawn)
					}
				}
			}
		})
	}
}

func longest(text string) int {
	n := 0
	for line := range strings.Lines(text) {
		n = max(n, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")))
	}
	return n
}

// piped is what a command prints where there is no terminal.
func piped(t *testing.T, dir string, args ...string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(t.TempDir(), "penstock")
	if err := os.Symlink(self, bin); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "HOME="+dir)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
