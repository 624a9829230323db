package ecr

import (
	"testing"
	"time"

	"github.com/penstock-dev/penstock/internal/registry"
	"github.com/penstock-dev/penstock/internal/registry/sweep"
	_ "github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

// TestSweep is one repository of releases after a year.
func TestSweep(t *testing.T) {
	t.Parallel()
	r := registry.Retention{
		Config:       registry.Config{Provider: "ecr", Host: "111122223333.dkr.ecr.eu-west-1.amazonaws.com", Prefix: "delivery", Layout: registry.PerEnvironment},
		Environments: []string{"dev", "prod"}, Candidates: 30, Previews: 14, Promotions: 10,
	}.At(Provider())
	rendered := map[string][]byte{}
	for _, f := range files(r) {
		rendered[f.Name] = f.Data
	}
	p, ds := read(r, rendered)
	if len(ds) > 0 {
		t.Fatal(ds)
	}
	now := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	days := func(n int) *time.Time { at := now.AddDate(0, 0, -n); return &at }
	m := func(digest string, age int, tags ...string) sweep.Manifest {
		m := sweep.Manifest{Digest: digest, PushedAt: days(age)}
		for _, tag := range tags {
			m.Tags = append(m.Tags, sweep.Tag{Name: tag})
		}
		return m
	}
	index := m("index", 40, "ci-7-abc")
	index.Children = []string{"child"}
	signature := m("signature", 40)
	signature.Subject = "index"
	repo := &sweep.Repository{Name: r.ReleasesRoot() + "payments/checkout", Manifests: []sweep.Manifest{
		m("old release", 360, "1.0.0"), m("also a release", 360, "1.0.1", "ci-1-abc"), m("old", 31, "ci-2-abc"), m("young", 29, "ci-3-abc"),
		m("preview", 15, "pr-3-abc"), m("odd", 360, "latest"), m("untagged", 360), index, m("child", 40), signature,
		m("shared", 40, "ci-8-abc"), {Digest: "kept index", PushedAt: days(360), Children: []string{"shared"}, Tags: []sweep.Tag{{Name: "2.0.0"}}},
	}}
	v := p.Sweep(repo, now)
	for digest, gone := range map[string]bool{
		"old release": false, "also a release": false, "old": true, "young": false, "preview": true, "odd": false, "untagged": false,
		"index": true, "signature": true, "child": false, "shared": false, "kept index": false,
	} {
		if v.Gone(digest) != gone {
			t.Errorf("%s: %+v, want gone %v", digest, v.Of(digest, ""), gone)
		}
	}
}
