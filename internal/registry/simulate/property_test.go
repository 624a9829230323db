package simulate_test

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/penstock-dev/penstock/internal/registry"
	"github.com/penstock-dev/penstock/internal/registry/simulate"
	"github.com/penstock-dev/penstock/internal/registry/sweep"
	"github.com/penstock-dev/penstock/internal/registry/table"
	_ "github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

// retention is a policy at a provider, varied by a seed.
func retention(p registry.Provider, layout string, seed uint64) registry.Retention {
	r := registry.Retention{
		Config: registry.Config{
			Provider: p.Name, Host: "registry.acme.example", Prefix: "delivery", Layout: layout, Account: "111122223333", Region: "eu-west-1",
			Project: "acme", Location: "europe-west1", Subscription: "11111111-2222-3333-4444-555555555555", ResourceGroup: "delivery",
		},
		Environments: [][]string{{"dev", "preprod", "prod"}, {"prod"}, {"1", "prod-old", "prod"}, {"a", "b", "c", "d", "e", "f", "g"}}[seed%4],
		Candidates:   []int{2, 30, 7, 400}[seed/4%4], Previews: []int{14, 2, 30, 91}[seed/16%4], Promotions: []int{10, 1, 3, 50}[seed/64%4],
	}
	if p.Counts && seed%3 == 0 {
		r.Releases = 20 + int(seed/3%20) // more than are made in 48 hours
	}
	return r.At(p)
}

func rendered(r registry.Retention, p registry.Provider) map[string][]byte {
	files := map[string][]byte{}
	for _, f := range p.Sweep.Files(r) {
		files[f.Name] = f.Data
	}
	return files
}

// TestNothingNeededGoes sweeps made-up histories by every provider's policy.
func TestNothingNeededGoes(t *testing.T) {
	t.Parallel()
	histories := 100
	if n, err := strconv.Atoi(os.Getenv("PENSTOCK_HISTORIES")); err == nil { // nightly, or at a change of a policy
		histories = n
	}
	for _, p := range table.All() {
		for _, layout := range p.Layouts {
			t.Run(p.Name+" "+layout, func(t *testing.T) {
				t.Parallel()
				if p.Sweep.Read == nil {
					t.Fatal("has no policy files")
				}
				var tags, gone, kept int
				for seed := range uint64(histories) {
					r := retention(p, layout, seed)
					policy, ds := p.Sweep.Read(r, rendered(r, p))
					if len(ds) > 0 {
						t.Fatalf("seed %d: %s", seed, ds)
					}
					w := newWorld(seed, r, p.OldSignatures)
					report := simulate.Run(r, policy, w.history(), w.now)
					for _, b := range report.Breaches {
						t.Fatalf("seed %d (keeps %d releases): %+v", seed, r.Releases, b)
					}
					for _, s := range report.Repositories {
						for _, v := range s.Verdicts {
							switch {
							case v.Tag == "":
							case v.Outcome == sweep.Kept:
								kept++
								tags++
							default:
								gone++
								tags++
							}
						}
					}
				}
				if gone == 0 && slices.ContainsFunc(policyRules(t, p, layout), func(r sweep.Rule) bool { return !r.Keeps }) {
					t.Error("no tag ever went: the histories try nothing")
				}
				t.Logf("%d histories, %d tags: %d stay, %d go", histories, tags, kept, gone)
			})
		}
	}
}

func policyRules(t *testing.T, p registry.Provider, layout string) []sweep.Rule {
	t.Helper()
	r := retention(p, layout, 1)
	policy, ds := p.Sweep.Read(r, rendered(r, p))
	if len(ds) > 0 {
		t.Fatal(fmt.Sprint(ds))
	}
	return policy.Rules
}
