package plan_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/internal/generate/plan"
	"github.com/penstock-dev/penstock/internal/generate/tree"
)

// What a commit with the new states needs, and no edit that the run left alone.
func TestCommitted(t *testing.T) {
	t.Parallel()
	all := func(text string, names ...string) tree.Tree {
		f := tree.Tree{}
		for _, n := range names {
			f[n] = file(text)
		}
		return f
	}
	unit := func(name, inputs string, files tree.Tree) tree.Unit {
		return tree.Unit{Name: name, Inputs: inputs, Files: files}
	}
	current := all(base, "changed", "same", "gone", "still")
	current["edited"], current["left"] = file(edited), file(edited)
	p := plan.Compute(plan.Input{
		Pristine: []tree.Unit{unit("u", "1", all(base, "changed", "same", "gone", "edited", "left", "deleted")), unit("still", "1", all(base, "still"))},
		Desired: []tree.Unit{
			unit("u", "2", tree.Tree{"changed": file(other), "same": file(base), "new": file(base), "edited": file(base), "deleted": file(base)}),
			unit("still", "1", all(base, "still")),
		},
		Current: plan.Current{Files: current},
	})
	got := map[string]string{}
	for _, w := range p.Committed() {
		got[w.Path] = "-"
		if w.File != nil {
			got[w.Path] = string(w.File.Data)
		}
	}
	if diff := cmp.Diff(map[string]string{"changed": other, "same": base, "new": base, "gone": "-"}, got); diff != "" {
		t.Error(diff)
	}
}
