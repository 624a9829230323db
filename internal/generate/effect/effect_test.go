package effect_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/generate/effect"
	"github.com/penstock-dev/penstock/internal/generate/gen"
	"github.com/penstock-dev/penstock/internal/generate/plan"
	"github.com/penstock-dev/penstock/internal/generate/tree"
	_ "github.com/penstock-dev/penstock/internal/testkit/goldentest"
	"github.com/penstock-dev/penstock/templates"
)

const before = `apiVersion: penstock.dev/v1alpha1
kind: DeliveryContract
metadata: {name: acme}
spec:
  platform:
    git: {url: https://github.com/acme/platform}
    owners: ["@acme/platform"]
  registry: {provider: zot, host: registry.acme.example}
  environments:
    - {name: dev}
    - {name: prod, clusters: [{name: eu}, {name: us}]}
    - {name: dr}
  teams:
    - name: payments
      owners: ["@acme/payments"]
      apps:
        - {name: checkout, git: {url: https://github.com/acme/checkout}}
        - {name: ledger, git: {url: https://github.com/acme/ledger}}
    - name: orders
      owners: ["@acme/orders"]
      apps:
        - {name: basket, git: {url: https://github.com/acme/basket}}
`

func parse(t testing.TB, text string) contract.Contract {
	t.Helper()
	c, ds := contract.Parse("penstock.yaml", []byte(text))
	if len(ds) > 0 {
		t.Fatal(ds)
	}
	return c
}

// platform renders the platform repository. As a run does, it leaves out units
// that are the same in both.
func platform(t testing.TB, text string) ([]tree.Unit, *gen.Generator) {
	t.Helper()
	g, err := gen.New(gen.Input{Contract: parse(t, text), Source: []byte(text)}, templates.FS)
	if err != nil {
		t.Fatal(err)
	}
	var units []tree.Unit
	for _, u := range g.Units(gen.Target{}) {
		r, err := u.Render()
		if err != nil {
			t.Fatal(err)
		}
		units = append(units, r)
	}
	return units, g
}

func without(us, others []tree.Unit) []tree.Unit {
	return slices.DeleteFunc(slices.Clone(us), func(u tree.Unit) bool {
		return slices.ContainsFunc(others, func(o tree.Unit) bool { return o.Name == u.Name && o.Inputs == u.Inputs })
	})
}

func compute(t testing.TB, text string, edit func(tree.Tree)) (effect.Effect, plan.Plan) {
	t.Helper()
	pristine, _ := platform(t, before)
	desired, g := platform(t, text)
	files := tree.Tree{}
	for _, u := range without(pristine, desired) {
		maps.Copy(files, u.Files)
	}
	if edit != nil {
		edit(files)
	}
	p := plan.Compute(plan.Input{
		Pristine: without(pristine, desired), Desired: without(desired, pristine), Moves: g.Moves(gen.Target{}),
		Current: plan.Current{Files: files},
	})
	return effect.Compute(parse(t, text), p), p
}

func replaced(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(before) }

const (
	ledger = "        - {name: ledger, git: {url: https://github.com/acme/ledger}}\n"
	orders = "    - name: orders\n      owners: [\"@acme/orders\"]\n      apps:\n        - {name: basket, git: {url: https://github.com/acme/basket}}\n"
)

func TestPrunes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		after string
		want  []string
	}{
		"nothing":         {before, nil},
		"an owner":        {replaced("@acme/orders", "@acme/shop"), nil},
		"a team more":     {before + "    - name: more\n      owners: [\"@acme/more\"]\n", nil},
		"in the middle":   {replaced("    - {name: prod,", "    - {name: qa}\n    - {name: prod,"), nil},
		"delivery by Git": {replaced("acme/basket}", "acme/basket}, delivery: git"), nil},
		"an app gone": {replaced(ledger, ""), []string{
			"Flux deletes Kustomization payments/ledger on dev, dr, eu, us, and with it all that it runs",
		}},
		"an app leaves an environment": {replaced("acme/ledger}", "acme/ledger}, environments: [dev, prod]"), []string{
			"Flux deletes Kustomization payments/ledger on dr, and with it all that it runs",
		}},
		"a team gone": {replaced(orders, ""), []string{
			"Flux deletes Kustomization flux-system/tenant-orders on dev, dr, eu, us, and with it Kustomization orders/basket and all that they run; " +
				"Namespace orders stays, with what Flux did not put there",
		}},
		"a cluster gone": {replaced(", {name: us}", ""), []string{
			"cluster us is no longer in the contract: Flux there loses the folder clusters/us that it follows; while files of yours are left in it, Flux applies those alone and deletes all else",
		}},
		"an environment gone": {replaced("    - {name: dr}\n", ""), []string{
			"cluster dr is no longer in the contract: Flux there loses the folder clusters/dr that it follows; while files of yours are left in it, Flux applies those alone and deletes all else",
		}},
		"a team renamed": {replaced("name: payments", "name: billing\n      formerly: payments"), []string{
			"Flux deletes Kustomization flux-system/tenant-payments on dev, dr, eu, us, and with it Kustomization payments/checkout, Kustomization payments/ledger and all that they run; " +
				"Namespace payments stays, with what Flux did not put there -> team payments billing",
		}},
		"an app renamed": {replaced("name: checkout", "name: cart, formerly: checkout"), []string{
			"Flux deletes Kustomization payments/checkout on dev, dr, eu, us, and with it all that it runs -> app checkout cart",
		}},
		"a cluster renamed": {replaced("{name: us}", "{name: usa, formerly: us}"), []string{
			"cluster us is now usa: Flux there loses the folder clusters/us that it follows; while files of yours are left in it, Flux applies those alone and deletes all else -> cluster us usa",
		}},
		// On the same clusters, under the same names: nothing goes.
		"an environment renamed": {replaced("{name: prod,", "{name: live, formerly: prod,"), nil},
		"an environment renamed, and its cluster": {replaced("{name: dr}", "{name: backup, formerly: dr}"), []string{
			"cluster dr is now backup: Flux there loses the folder clusters/dr that it follows; while files of yours are left in it, Flux applies those alone and deletes all else -> cluster dr backup",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, _ := compute(t, c.after, nil)
			var got []string
			for _, p := range e.Prunes {
				line := p.String()
				if r := p.Rename; r != nil {
					line += fmt.Sprintf(" -> %s %s %s", r.Kind, r.Was, r.Now)
				}
				if _, order, _ := strings.Cut(p.Order("flux-system", false), "1. "); (order != "") != (p.Rename != nil) {
					t.Errorf("order %q", order)
				}
				got = append(got, line)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A Kustomization that the user told Flux to leave behind takes nothing along,
// and neither does one that is gone already.
func TestHarmless(t *testing.T) {
	t.Parallel()
	edit := func(file, old, text string) func(tree.Tree) {
		return func(files tree.Tree) {
			f := files[file]
			data := strings.Replace(string(f.Data), old, text, 1)
			if data == string(f.Data) {
				t.Fatalf("%s has no %q", file, old)
			}
			files[file] = tree.File{Data: []byte(data), Mode: f.Mode}
		}
	}
	const app = "tenants/payments/dr/ledger.yaml"
	gone := replaced("acme/ledger}", "acme/ledger}, environments: [dev, prod]")
	for name, c := range map[string]struct {
		edit  func(tree.Tree)
		after string
		want  int
	}{
		"suspended":               {edit(app, "  prune: true", "  prune: true\n  suspend: true"), gone, 0},
		"orphan":                  {edit(app, "  prune: true", "  prune: true\n  deletionPolicy: Orphan"), gone, 0},
		"prune false":             {edit(app, "  prune: true", "  prune: false"), gone, 0},
		"prune false, and delete": {edit(app, "  prune: true", "  prune: false\n  deletionPolicy: Delete"), gone, 1},
		"annotated":               {edit(app, "kind: Kustomization\nmetadata:", "kind: Kustomization\nmetadata:\n  annotations:\n    kustomize.toolkit.fluxcd.io/prune: disabled"), gone, 0},
		"the user's own file":     {func(files tree.Tree) { delete(files, app) }, gone, 0},
		// An edited file stays in the repository, but nothing lists it any more.
		"edited": {edit(app, "interval: 10m", "interval: 1m"), gone, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, _ := compute(t, c.after, c.edit)
			if len(e.Prunes) != c.want {
				t.Errorf("%v", e.Prunes)
			}
		})
	}
}

// On one cluster the team was suspended first.
func TestSuspendedSomewhere(t *testing.T) {
	t.Parallel()
	e, p := compute(t, replaced(orders, ""), func(files tree.Tree) {
		f := files["clusters/dr/tenants.yaml"]
		f.Data = []byte(strings.Replace(string(f.Data), "  path: ./tenants/orders/dr", "  suspend: true\n  path: ./tenants/orders/dr", 1))
		files["clusters/dr/tenants.yaml"] = f
	})
	if len(p.Blocked()) != 1 {
		t.Error("the edit does not conflict")
	}
	if len(e.Prunes) != 1 || !cmp.Equal(e.Prunes[0].Clusters, []string{"dev", "eu", "us"}) {
		t.Errorf("%+v", e.Prunes)
	}
}

// The user edited the file that lists the teams, and then the last one goes: the
// edit stays.
func TestLastTeam(t *testing.T) {
	t.Parallel()
	e, p := compute(t, before[:strings.Index(before, "  teams:")], func(files tree.Tree) {
		f := files["clusters/dr/tenants.yaml"]
		f.Data = []byte(strings.Replace(string(f.Data), "data:\n", "data:\n  mine: too\n", 1))
		files["clusters/dr/tenants.yaml"] = f
	})
	merged := slices.IndexFunc(p.Changes, func(c plan.Change) bool { return c.Action == plan.Merge })
	if merged < 0 || p.Changes[merged].Path != "clusters/dr/tenants.yaml" {
		t.Error("the edit is not kept")
	}
	if len(e.Prunes) != 2 || !cmp.Equal(e.Prunes[0].Clusters, []string{"dev", "dr", "eu", "us"}) {
		t.Errorf("%+v", e.Prunes)
	}
}

func TestClusters(t *testing.T) {
	t.Parallel()
	more := replaced(ledger, ledger+"        - {name: refunds, git: {url: https://github.com/acme/refunds}, environments: [dev]}\n", "{name: us}", "{name: us}, {name: asia}")
	e, _ := compute(t, more, nil)
	got := map[string]string{}
	for _, c := range e.Clusters {
		got[c.Name] = fmt.Sprintf("%s %v +%d ~%d -%d", c.Env, c.New, len(c.Added), len(c.Changed), len(c.Removed))
	}
	if !strings.HasPrefix(got["asia"], "prod true") || got["dev"] != "dev false +2 ~0 -0" || got["eu"] != "prod false +0 ~0 -0" {
		t.Error(got)
	}
}

// A file that is not checked out counts as it was generated: Flux would delete
// the same with and without the files that stay.
func TestNotCheckedOut(t *testing.T) {
	t.Parallel()
	for name, after := range map[string]string{
		"an app gone":                  replaced(ledger, ""),
		"a team gone":                  replaced(orders, ""),
		"an app leaves an environment": replaced("acme/ledger}", "acme/ledger}, environments: [dev, prod]"),
		"a team renamed":               replaced("name: payments", "name: billing\n      formerly: payments"),
		"an owner":                     replaced("@acme/orders", "@acme/shop"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, whole := compute(t, after, nil)
			away := whole
			away.Changes = slices.Clone(whole.Changes)
			for i, c := range whole.Changes {
				if c.Action == plan.Keep {
					away.Changes[i].Current = nil // as plan has it for an obstacle of kind Away
				}
			}
			if diff := cmp.Diff(want, effect.Compute(parse(t, after), away)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
