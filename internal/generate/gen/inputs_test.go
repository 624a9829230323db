package gen_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/generate/gen"
	"github.com/penstock-dev/penstock/internal/generate/tree"
)

// units renders all units of all targets, by target and name.
func units(t *testing.T, c contract.Contract, source []byte) map[string]tree.Unit {
	t.Helper()
	g := generator(t, c, source)
	all := map[string]tree.Unit{}
	for _, target := range gen.Targets(c) {
		for _, u := range g.Units(target) {
			unit, err := u.Render()
			if err != nil {
				t.Fatal(err)
			}
			if unit.Inputs != u.Inputs || unit.Name != u.Name {
				t.Errorf("%s: its inputs change while it is rendered", u.Name)
			}
			all[target.Name()+" "+u.Name] = unit
		}
	}
	return all
}

// TestInputs: equal inputs promise equal files, whatever is changed in the
// contract; and no team's or app's inputs depend on another team.
func TestInputs(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d delivery) {
		if strings.HasPrefix(d.name, "seed1") {
			t.Skip("half of the random contracts are enough here")
		}
		source := d.files["platform/"+gen.ContractFile].Data
		before := units(t, d.c, source)
		mixed := parse(t, "shuffled", shuffled(rand.New(rand.NewPCG(1, 2)), d.c).YAML())
		for name, unit := range units(t, mixed, source) {
			if before[name].Inputs != unit.Inputs {
				t.Errorf("%s: its inputs depend on the order of lists", name)
			}
		}
		for what, change := range changes() {
			c := change(d.c)
			for name, unit := range units(t, c, c.YAML()) {
				b, there := before[name]
				if there && b.Inputs == unit.Inputs && (!b.Files.Equal(unit.Files) || !slices.Equal(b.Seeded, unit.Seeded)) {
					t.Errorf("%s: %s: the same inputs, other files", what, name)
				}
				other := what == "another team" && (strings.HasPrefix(name, "app/") || strings.HasPrefix(name, "platform team/"))
				if there && other && b.Inputs != unit.Inputs {
					t.Errorf("%s: its inputs depend on another team", name)
				}
			}
		}
	})
}

// changes returns contracts that differ from one in one way each.
func changes() map[string]func(contract.Contract) contract.Contract {
	return map[string]func(contract.Contract) contract.Contract{
		"free text": tame,
		"another team": func(c contract.Contract) contract.Contract {
			c.Spec.Teams = append(slices.Clone(c.Spec.Teams), contract.Team{Name: "zz-other", Owners: []string{"@zz"}})
			return c
		},
		"another branch": func(c contract.Contract) contract.Contract {
			c.Spec.Platform.Git.Branch += "-2"
			return c
		},
		"another interval": func(c contract.Contract) contract.Contract {
			c.Spec.Environments = slices.Clone(c.Spec.Environments)
			c.Spec.Environments[0].Interval = "7m"
			return c
		},
		"another metrics system": func(c contract.Contract) contract.Contract {
			c.Spec.Observability.Metrics = "none"
			return c
		},
	}
}
