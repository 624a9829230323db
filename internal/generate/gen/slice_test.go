package gen_test

import (
	"bytes"
	"testing"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/generate/gen"
)

// TestSlice: an app's repository is the same whether it is generated from the
// whole contract, from the app's slice of it, or from the slice that the
// repository holds as a file.
func TestSlice(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d delivery) {
		whole := generator(t, d.c, nil)
		for _, target := range gen.Targets(d.c)[1:] {
			files, inputs := target1(t, whole, target), whole.Units(target)[0].Inputs
			slice, ok := d.c.Slice(target.Team, target.App)
			if !ok {
				t.Fatalf("%s: no slice", target.Name())
			}
			same(t, target.Name()+" from its slice", files, target1(t, generator(t, slice, nil), target))
			written := parse(t, "written "+target.Name(), slice.YAML())
			same(t, target.Name()+" from its slice, written and read", files, target1(t, generator(t, written, nil), target))
			kept := parse(t, gen.SliceFile, files[gen.SliceFile].Data)
			same(t, target.Name()+" from the file that it holds", files, target1(t, generator(t, kept, nil), target))
			for what, c := range map[string]contract.Contract{"slice": slice, "written slice": written, "slice in the repository": kept} {
				if got := generator(t, c, nil).Units(target)[0].Inputs; got != inputs {
					t.Errorf("%s: the %s has other inputs: each run would rewrite the state", target.Name(), what)
				}
			}
			if targets := gen.Targets(kept); len(targets) != 2 || targets[1] != target {
				t.Errorf("%s: its slice is for %v", target.Name(), targets)
			}
			if !bytes.HasPrefix(files[gen.SliceFile].Data, []byte("# Managed by Penstock: made from penstock.yaml of ")) {
				t.Errorf("%s: %s does not say where it comes from", target.Name(), gen.SliceFile)
			}
		}
	})
}
