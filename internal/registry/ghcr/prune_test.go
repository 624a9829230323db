package ghcr

import (
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/internal/registry"
	"github.com/penstock-dev/penstock/internal/registry/sweep"
	_ "github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

func retention() registry.Retention {
	return registry.Retention{
		Config:       registry.Config{Provider: "ghcr", Host: "ghcr.io", Prefix: "acme/delivery", Layout: registry.GitDigest},
		Environments: []string{"dev", "prod"}, Candidates: 30, Previews: 14, Promotions: 2,
	}.At(Provider())
}

// TestSweep: what is rendered is read back, and sweeps what is below the prefix.
func TestSweep(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	r := retention()
	p, ds := read(r, map[string][]byte{pruneFile: files(r)[0].Data})
	if len(ds) > 0 {
		t.Fatal(ds)
	}
	pushed := now.AddDate(0, 0, -31)
	for name, gone := range map[string]bool{"ghcr.io/acme/delivery/payments/checkout": true, "ghcr.io/acme/checkout": false} {
		v := p.Sweep(&sweep.Repository{Name: name, Manifests: []sweep.Manifest{
			{Digest: "build", PushedAt: &pushed, Tags: []sweep.Tag{{Name: "ci-7-abc"}}}, {Digest: "release", PushedAt: &pushed, Tags: []sweep.Tag{{Name: "1.0.0"}}},
		}}, now)
		if v.Gone("build") != gone || v.Gone("release") {
			t.Errorf("%s: %+v", name, v.List())
		}
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	r := retention()
	for change, problem := range map[[2]string]string{
		{`"minimumHours": 48`, `"minimumHours": 1`}:                `prune.json:1:1: has minimumHours 1`,
		{`"minimumHours": 48,`, ``}:                                `has minimumHours 0`,
		{`"pins": 2`, `"pins": 0`}:                                 `keeps no pins`,
		{`"days": 30`, `"days": 1`}:                                `prune.json:35:7: has 1 days in the class "candidates of 30 days"`,
		{`"days": 30`, `"days": 100000000`}:                        `no time that ends`,
		{`"days": 30`, `"days": "30"`}:                             `cannot be read`,
		{`"record-"`, `""`}:                                        `has an empty tag or prefix in the class "records"`,
		{`"name": "records"`, `"name": "signatures"`}:              `has the class name "signatures"`,
		{`"name": "records"`, `"name": "records", "days": 30`}:     `has days in the class "records"`,
		{`"name": "records"`, `"name": "records", "suffixes": []`}: `cannot be read`,
	} {
		data := strings.Replace(string(files(r)[0].Data), change[0], change[1], 1)
		if _, ds := read(r, map[string][]byte{pruneFile: []byte(data)}); len(ds) == 0 || !strings.Contains(ds.String(), problem) {
			t.Errorf("%s: %v, want %s", change[1], ds, problem)
		}
	}
}
