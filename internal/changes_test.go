package internal_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestChanges: what "make changes" writes of two states of a golden tree.
func TestChanges(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("git"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	dir := t.TempDir()
	put := func(name, text string) {
		t.Helper()
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run := func(name string, args ...string) string {
		t.Helper()
		cmd := exec.Command(name, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
			"GIT_AUTHOR_NAME=Pat", "GIT_AUTHOR_EMAIL=pat@acme.example", "GIT_COMMITTER_NAME=Pat", "GIT_COMMITTER_EMAIL=pat@acme.example", "GIT_COMMITTER_DATE=2026-11-22T10:00:00Z")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %v: %v\n%s", name, args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	put(".ci/changes", read(t, "../.ci/changes"))
	put("docs/upgrading.md", "# Before\n\n<!-- changes: begin -->\nold\n<!-- changes: end -->\n\nAfter.\n")
	put("golden/a/platform/tenants/payments/dev/checkout.yaml", "1\n2\n")
	put("golden/a/platform/tenants/payments/prod/checkout.yaml", "1\n2\n")
	put("golden/a/platform/clusters/dev/platform.yaml", "1\n")
	put("golden/a/apps/payments/checkout/docs/old.md", "1\n")
	run("git", "init", "-q")
	run("git", "add", "-A")
	run("git", "commit", "-q", "-m", "first")
	first := run("git", "rev-parse", "--short=12", "HEAD")
	put("golden/a/platform/tenants/payments/dev/checkout.yaml", "1\n3\n")
	put("golden/a/platform/tenants/payments/prod/checkout.yaml", "1\n3\n4\n")
	put("golden/a/platform/.github/workflows/promote-dev.yaml", "1\n")
	if err := os.Remove(filepath.Join(dir, "golden/a/apps/payments/checkout/docs/old.md")); err != nil {
		t.Fatal(err)
	}
	run("git", "add", "-A")
	want := "# Before\n\n<!-- changes: begin -->\n\nFrom `" + first + "` (2026-11-22) to what is unreleased, in the repositories that the examples generate: " +
		"lines that come and go, in as many of\ntheir files. `penstock diff` shows yours.\n\nIn the platform repository:\n\n" +
		"- `.github/workflows/promote-<environment>.yaml`: new\n- `tenants/<team>/<environment>/<app>.yaml`: +3 -2 in 2\n\n" +
		"In an app's repository:\n\n- `docs/old.md`: no longer generated\n\n<!-- changes: end -->\n\nAfter.\n"
	for range 2 { // the second time it is the same
		run("bash", ".ci/changes", first)
		if got := read(t, filepath.Join(dir, "docs", "upgrading.md")); got != want {
			t.Fatalf("it writes\n%s\nwant\n%s", got, want)
		}
	}
}
