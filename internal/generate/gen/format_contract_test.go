package gen_test

import (
	"maps"
	"testing"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/generate/gen"
	"github.com/penstock-dev/penstock/internal/generate/tree"
	"github.com/penstock-dev/penstock/internal/testkit/formattest"
)

// TestContractReformatted: what a formatter makes of a contract is no other
// contract, and no unit is made from anything else.
func TestContractReformatted(t *testing.T) {
	t.Parallel()
	programs := formattest.Find(t)
	contracts := tree.Tree{}
	for name, source := range all(t) {
		contracts[name+"/"+gen.ContractFile] = tree.File{Data: source}
	}
	for name, format := range map[string]func(string){
		"prettier":          func(dir string) { programs.Prettier(t, dir) },
		"prettier, other":   func(dir string) { programs.Prettier(t, dir, "--tab-width=4", "--single-quote", "--no-bracket-spacing") },
		"yamlfmt":           func(dir string) { programs.YAMLFmt(t, dir) },
		"yamlfmt, indented": func(dir string) { programs.YAMLFmt(t, dir, "-formatter", "indent=4,retain_line_breaks=true") },
	} {
		dir := t.TempDir()
		formattest.Write(t, dir, contracts)
		format(dir)
		changed := 0
		for p, f := range formattest.Read(t, dir, contracts) {
			was := contracts[p].Data
			if string(f.Data) != string(was) {
				changed++
			}
			if _, ds := contract.Parse(p, f.Data); len(ds) > 0 {
				continue // the formatter broke it
			}
			if diff := inputsOf(t, was, f.Data); diff != "" {
				t.Errorf("%s: %s: another input of %s", name, p, diff)
			}
		}
		if changed == 0 {
			t.Errorf("%s changes no contract: is it tried?", name)
		}
	}
}

// inputsOf returns the first unit whose inputs differ between two contracts.
func inputsOf(t *testing.T, a, b []byte) string {
	t.Helper()
	inputs := func(source []byte) map[string]string {
		c := parse(t, "contract", source)
		g, all := generator(t, c, source), map[string]string{}
		for _, target := range gen.Targets(c) {
			for _, u := range g.Units(target) {
				all[target.Dir()+" "+u.Name] = u.Inputs
			}
		}
		return all
	}
	was, is := inputs(a), inputs(b)
	for unit := range maps.Keys(was) {
		if was[unit] != is[unit] {
			return unit
		}
	}
	return ""
}
