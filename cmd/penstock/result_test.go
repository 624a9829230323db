//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
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
