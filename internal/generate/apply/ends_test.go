package apply_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/generate/state"
)

// Line ends are no edit, and a run that changes a file keeps those that it has.
func TestLineEnds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := unit(files("crlf", "a\nb\n", "mixed", "a\nb\nc\n", "edited", "a\nb\nc\n", "lone", "a\rb\n", "gone", "a\n", "old", "a\nb\n"))
	run(t, prepare(t, dir, first))
	write(t, dir, "crlf", "a\r\nb\r\n", "mixed", "a\nb\r\nc\n", "edited", "A\r\nb\r\nc\r\n", "lone", "a\rb\r\n", "gone", "a\r\n", "old", "a\r\nb\r\n")
	p := prepare(t, dir, first).Plan
	if !p.Empty() {
		t.Errorf("other line ends are a difference: %+v", p.Writes())
	}
	// State with other line ends is the same state.
	file := filepath.Join(dir, state.Path("u"))
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, state.Path("u"), strings.ReplaceAll(string(data), "\n", "\r\n"))
	if p := prepare(t, dir, first).Plan; !p.Empty() {
		t.Errorf("other line ends of the state are a difference: %+v", p.States)
	}
	run(t, prepare(t, dir, unit(files("crlf", "a\nB\n", "mixed", "a\nB\nc\nd\n", "edited", "a\nb\nC\n", "lone", "a\rb\nc\n", "new", "a\n", "old", "a\nb\n"))))
	want(t, dir, "crlf", "a\r\nB\r\n", "mixed", "a\nB\r\nc\nd\n", "edited", "A\r\nb\r\nC\r\n", "lone", "a\rb\r\nc\r\n", "new", "a\n", "old", "a\r\nb\r\n")
}

// A file is re-checked by its bytes: other line ends since the plan was made
// would be lost.
func TestLineEndsChangedMeanwhile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run(t, prepare(t, dir, unit(files("f", "a\nb\n"))))
	j := prepare(t, dir, unit(files("f", "a\nc\n")))
	write(t, dir, "f", "a\r\nb\r\n")
	refuse(t, "changed while this run was planning", j)
}

// What earlier versions wrote beside the state is replaced, and nothing else.
func TestFormerAttributes(t *testing.T) {
	t.Parallel()
	texts := map[string]string{"* mine\n": "* mine\n"}
	for _, former := range state.FormerAttributes() {
		texts[former], texts[strings.ReplaceAll(former, "\n", "\r\n")] = state.Attributes, state.Attributes
	}
	for was, now := range texts {
		dir := t.TempDir()
		run(t, prepare(t, dir, unit(files("f", "1\n"))))
		write(t, dir, ".penstock/.gitattributes", was)
		run(t, prepare(t, dir, unit(files("f", "2\n"))))
		if got, err := os.ReadFile(filepath.Join(dir, ".penstock/.gitattributes")); err != nil || string(got) != now {
			t.Errorf("%q: %q, %v", was, got, err)
		}
	}
}
