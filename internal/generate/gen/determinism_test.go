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

// TestSameBytes: rendering twice, and rendering with lists in another order
// where order has no meaning, gives the same files.
func TestSameBytes(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d delivery) {
		source := d.files["platform/"+gen.ContractFile].Data
		same(t, "again", d.files, workspace(t, d.c, source))
		for seed := range uint64(3) {
			c := shuffled(rand.New(rand.NewPCG(seed, 7)), d.c).YAML()
			files := workspace(t, parse(t, "shuffled", c), c)
			files["platform/"+gen.ContractFile] = d.files["platform/"+gen.ContractFile] // the copy of the contract
			same(t, "shuffled", d.files, files)
		}
	})
}

// TestOrderOfEnvironments: the path's order has meaning.
func TestOrderOfEnvironments(t *testing.T) {
	t.Parallel()
	source := examples(t)["quickstart"]
	d := deliver(t, "quickstart", source)
	turned := parse(t, "turned", []byte(strings.NewReplacer("name: dev\n", "name: preprod\n", "name: preprod\n", "name: dev\n").Replace(string(source))))
	if workspace(t, turned, source).Equal(d.files) {
		t.Error("dev -> preprod and preprod -> dev give the same files")
	}
}

func same(t *testing.T, what string, want, got tree.Tree) {
	t.Helper()
	for p, f := range want {
		if g, ok := got[p]; !ok || !g.Equal(f) {
			t.Errorf("%s: %s differs:\n%s", what, p, firstDifference(f.Data, g.Data))
		}
	}
	if len(got) != len(want) {
		t.Errorf("%s: %d files, want %d", what, len(got), len(want))
	}
}

func firstDifference(want, got []byte) string {
	a, b := strings.Split(string(want), "\n"), strings.Split(string(got), "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return "-" + a[i] + "\n+" + b[i]
		}
	}
	return "one is longer"
}

// shuffled returns the contract with every list whose order has no meaning in
// another order.
func shuffled(r *rand.Rand, c contract.Contract) contract.Contract {
	s := &c.Spec
	s.Platform.Owners = mix(r, s.Platform.Owners)
	s.Observability.Notifications = mix(r, s.Observability.Notifications)
	s.Environments = slices.Clone(s.Environments)
	for i := range s.Environments {
		e := &s.Environments[i]
		e.Clusters = mix(r, e.Clusters)
		e.Promotion.Approvers = mix(r, e.Promotion.Approvers)
		e.Promotion.Freeze = mix(r, e.Promotion.Freeze)
	}
	s.Teams = mix(r, s.Teams)
	for i := range s.Teams {
		t := &s.Teams[i]
		t.Owners, t.Notifications, t.Apps = mix(r, t.Owners), mix(r, t.Notifications), mix(r, t.Apps)
		for j := range t.Apps {
			t.Apps[j].Environments = mix(r, t.Apps[j].Environments)
		}
	}
	return c
}

func mix[T any](r *rand.Rand, list []T) []T {
	list = slices.Clone(list)
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}
