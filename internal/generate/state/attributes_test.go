package state_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/internal/generate/state"
)

// TestAttributes asks Git what it makes of the file beside the state.
func TestAttributes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, ".gitattributes"), []byte(state.Attributes), 0o644); err != nil {
		t.Fatal(err)
	}
	git := func(args ...string) string {
		cmd := exec.CommandContext(t.Context(), "git", args...)
		cmd.Dir = dir
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("git %v: %v", args, err)
		}
		return string(out)
	}
	git("init", "-q")
	want := "moved.txt: merge: union\nmoved.txt: eol: lf\nstate/platform.txt: merge: union\nstate/platform.txt: eol: lf\n"
	if diff := cmp.Diff(want, git("check-attr", "merge", "eol", "--", "moved.txt", "state/platform.txt")); diff != "" {
		t.Error(diff)
	}
}

// TestFormerAttributes: the text of repositories that are there cannot change.
func TestFormerAttributes(t *testing.T) {
	t.Parallel()
	want := []string{
		"# Written by penstock. Keeps the pristine state byte for byte and out of reviews.\n* -text linguist-generated\n",
		"# Written by penstock. Keeps the pristine state in LF and out of reviews.\n* text=auto eol=lf linguist-generated gitlab-generated\n/moved.txt merge=union\n",
	}
	if diff := cmp.Diff(want, state.FormerAttributes()); diff != "" {
		t.Error(diff)
	}
}
