package gen_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/generate/gen"
	"github.com/penstock-dev/penstock/internal/generate/plan"
	"github.com/penstock-dev/penstock/internal/generate/tree"
	"github.com/penstock-dev/penstock/internal/testkit/formattest"
)

// TestReformattedRepository: a formatter with other settings went over what was
// generated, and then the contract changes. Nothing is a conflict, and YAML says
// afterwards what is generated.
func TestReformattedRepository(t *testing.T) {
	t.Parallel()
	programs := formattest.Find(t)
	source := all(t)["shop-aws"]
	if source == nil {
		t.Fatal("no example shop-aws")
	}
	changed := source
	for old, now := range map[string]string{"@shop-inc/payments": "@shop-inc/people-who-take-payments", "111122223333": "444455556666"} {
		was := changed
		if changed = bytes.ReplaceAll(was, []byte(old), []byte(now)); bytes.Equal(changed, was) {
			t.Fatalf("no %s in the example", old)
		}
	}
	before, after := platformUnits(t, source), platformUnits(t, changed)
	for name, format := range map[string]func(string){
		"prettier":          func(dir string) { programs.Prettier(t, dir, "--tab-width=4", "--single-quote", "--no-bracket-spacing") },
		"yamlfmt, indented": func(dir string) { programs.YAMLFmt(t, dir, "-formatter", "indent=4,retain_line_breaks=true") },
		"no padding":        func(string) {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := tree.Tree{}
			for _, u := range before {
				for p, f := range u.Files {
					if name == "no padding" && strings.HasSuffix(p, ".md") {
						f.Data = []byte(strings.ReplaceAll(strings.Join(strings.Split(string(f.Data), "  "), " "), "----", "--"))
					}
					files[p] = f
				}
			}
			dir := t.TempDir()
			formattest.Write(t, dir, files)
			format(dir)
			in := plan.Input{Pristine: before, Desired: after, Current: plan.Current{Files: formattest.Read(t, dir, files)}}
			reformatted, merged := 0, 0
			for _, c := range plan.Compute(in).Changes {
				switch {
				case c.Path == gen.ContractFile:
				case c.Action.NeedsPerson():
					t.Errorf("%s: %s: %s", c.Path, c.Action, c.Reason)
				case c.Action == plan.Merge:
					merged++
					if strings.HasSuffix(c.Path, ".yaml") && contract.Essence(c.Result.Data) != contract.Essence(c.Desired.Data) {
						t.Errorf("%s: says something else than what is generated:\n%s", c.Path, c.Result.Data)
					}
				}
				if c.Current != nil && c.Pristine != nil && !c.Current.Equal(*c.Pristine) {
					reformatted++
				}
			}
			t.Logf("%d reformatted, %d merged", reformatted, merged)
			if reformatted == 0 || merged == 0 {
				t.Errorf("%d files reformatted, %d merged: is it tried?", reformatted, merged)
			}
		})
	}
}

// platformUnits renders the units of a contract's platform repository.
func platformUnits(t *testing.T, source []byte) []tree.Unit {
	t.Helper()
	g := generator(t, parse(t, "contract", source), source)
	var units []tree.Unit
	for _, u := range g.Units(gen.Targets(parse(t, "contract", source))[0]) {
		rendered, err := u.Render()
		if err != nil {
			t.Fatal(err)
		}
		units = append(units, rendered)
	}
	return units
}
