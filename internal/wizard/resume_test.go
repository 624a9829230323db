package wizard

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/internal/contract"
)

// TestResume stops at every question there is, and goes on from the notes: no
// answer is asked for twice but whether to go on with a list, and the contract
// is the same.
func TestResume(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/full.script")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(string(data)) {
		if key, _, _ := strings.Cut(line, ":"); !strings.HasSuffix(key, "!") && key != "What now" {
			lines = append(lines, line)
		}
	}
	end := []string{"What now: write\n"}
	give := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, "Give the real") })
	want, _ := ask(t, strings.Join(append(slices.Clone(lines), end...), ""), Options{})
	for i, line := range lines {
		key, _, _ := strings.Cut(line, ":")
		var n Notes
		s := newScript(t, strings.Join(lines[:i], "")+key+": ^C")
		if _, err := Ask(s, contract.Contract{}, Options{Notes: &n}); !errors.Is(err, ErrInterrupted) {
			t.Fatalf("%s: %v", key, err)
		}
		if n.Given() != i {
			t.Errorf("%s: %d answers, want %d", key, n.Given(), i)
		}
		kept, ds := ReadAnswers("kept.yaml", n.YAML())
		if len(ds) > 0 {
			t.Fatal(ds)
		}
		rest := slices.Clone(lines[i:])
		for ; i > 0 && strings.HasSuffix(strings.Split(lines[i-1], ":")[0], "]"); i-- {
			rest = slices.Insert(rest, 0, lines[i-1])
		}
		if i > give {
			rest = slices.Insert(rest, 0, lines[give])
		}
		s = newScript(t, strings.Join(append(rest, end...), ""))
		c, err := Ask(&Resumed{Prompter: s, Kept: kept}, contract.Contract{}, Options{})
		if err != nil || !c.Equal(want) {
			t.Errorf("stopped at %s: %v\n%s\n%s", key, err, n.YAML(), cmp.Diff(want.Spec, c.Spec))
		}
	}
}

// TestPrintedAnswers: what is printed answers the same questions again.
func TestPrintedAnswers(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/full.script")
	if err != nil {
		t.Fatal(err)
	}
	var n Notes
	want, _ := ask(t, string(data), Options{Notes: &n, Files: func(contract.Contract) ([]string, error) { return nil, nil }})
	c, problems := answers(t, string(n.YAML()), nil)
	if problems != "" || !c.Equal(want) {
		t.Errorf("%s\n%s\n%s", problems, n.YAML(), cmp.Diff(want.Spec, c.Spec))
	}
}
