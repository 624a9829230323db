package simulate_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/internal/registry"
	"github.com/penstock-dev/penstock/internal/registry/simulate"
	"github.com/penstock-dev/penstock/internal/registry/sweep"
	"github.com/penstock-dev/penstock/internal/registry/table"
)

// TestCandidatesAreNeeded: a sweep that takes what an environment could go back
// to is told of as that, as far back as the contract promises, and for pins too.
func TestCandidatesAreNeeded(t *testing.T) {
	t.Parallel()
	tags := func(names ...string) (list []sweep.Tag) {
		for _, n := range names {
			list = append(list, sweep.Tag{Name: n})
		}
		return list
	}
	for _, c := range []struct {
		promotions int
		pins       []sweep.Pin
		says       string
	}{
		{2, nil, "candidate 2 to go back to in prod"},
		{1, nil, ""},
		{1, []sweep.Pin{{App: "a/b", Environment: "prod", Digest: "old", Current: true}}, "Git pins it for prod"},
	} {
		r := retention(table.Of("zot"), registry.Single, 0)
		r.Environments, r.Promotions = []string{"prod"}, c.promotions
		repo := sweep.Repository{Name: r.ReleasesRoot() + "a/b", Pins: c.pins, Manifests: []sweep.Manifest{
			{Digest: "old", Tags: tags("1.0.0", "prod-2026-01-01.1-1.0.0")}, {Digest: "new", Tags: tags("1.1.0", "prod", "prod-2026-01-02.1-1.1.0")},
		}}
		taken := sweep.Policy{Sweep: func(repo *sweep.Repository, _ time.Time) *sweep.Verdicts {
			v := sweep.Begin(repo)
			v.Say(&repo.Manifests[0], sweep.Deleted, "a rule", "taken")
			return v
		}}
		breaches := simulate.Run(r, taken, []sweep.Repository{repo}, time.Now()).Breaches
		told := slices.ContainsFunc(breaches, func(b simulate.Breach) bool {
			return b.Invariant == "rollback" && (c.says == "" || strings.Contains(b.What, c.says))
		})
		if told != (c.says != "") {
			t.Errorf("%d promised: %+v, want %q", c.promotions, breaches, c.says)
		}
	}
}
