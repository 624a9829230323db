package zot

import (
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/internal/registry"
	"github.com/penstock-dev/penstock/internal/registry/sweep"
	_ "github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

const (
	hex64  = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	other  = "1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	signed = "sha256:" + hex64
)

var now = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)

func made(digest string, age int, tags ...string) sweep.Manifest {
	pushed := now.AddDate(0, 0, -age)
	m := sweep.Manifest{Digest: digest, PushedAt: &pushed}
	for _, t := range tags {
		m.Tags = append(m.Tags, sweep.Tag{Name: t})
	}
	return m
}

func about(m sweep.Manifest, subject string, children ...string) sweep.Manifest {
	m.Subject, m.Children = subject, children
	return m
}

func at(layout string, releases int) registry.Retention {
	return registry.Retention{
		Config:       registry.Config{Provider: "zot", Host: "registry.example", Prefix: "delivery", Layout: layout},
		Environments: []string{"dev", "prod"}, Candidates: 30, Previews: 14, Promotions: 10, Releases: releases,
	}.At(Provider())
}

// readBack reads what is rendered, with changes of it.
func readBack(t *testing.T, r registry.Retention, changes ...string) sweep.Policy {
	t.Helper()
	p, ds := read(r, map[string][]byte{retentionFile: []byte(strings.NewReplacer(changes...).Replace(string(files(r)[0].Data)))})
	if len(ds) > 0 {
		t.Fatal(ds)
	}
	return p
}

func check(t *testing.T, v *sweep.Verdicts, gone map[string]bool) {
	t.Helper()
	for digest, want := range gone {
		if v.Gone(digest) != want {
			t.Errorf("%s: %+v, want gone %v", digest, v.Of(digest, ""), want)
		}
	}
}

// TestSweep is one repository after a year.
func TestSweep(t *testing.T) {
	t.Parallel()
	moved := made("moved", 40, "ci-5-abc")
	today := now
	moved.Tags[0].TaggedAt = &today
	repo := &sweep.Repository{Name: "registry.example/delivery/payments/checkout", Manifests: []sweep.Manifest{
		made("release", 360, "1.0.0"), made("both", 360, "1.0.1", "ci-1-abc"), made("old", 31, "ci-2-abc"), made("young", 29, "ci-3-abc"),
		made("preview", 15, "pr-3-abc"), made("odd", 360, "latest"), made("contains", 360, "my-ci-1"), made("untagged", 360),
		moved, {Digest: "nobody knows", Tags: []sweep.Tag{{Name: "ci-8-abc"}}},
		made("environment", 360, "prod"), made("claim", 360, "prod-2026-02-22.1-1.4.2"), about(made("record", 360, "record-prod-2026-02-22.1-1.4.2"), "claim"),
		about(made("index", 40, "ci-7-abc"), "", "child"), made("child", 40), about(made("signature", 40), "index"), about(made("twice", 40, "a", "b"), "index"),
		about(made("late signature", 1), "index"), about(made("kept index", 300, "2.0.0"), "", "part"), made("part", 300), about(made("kept signature", 300), "release"),
		made(signed, 40, "ci-9-abc"), made("cosign", 40, "sha256-"+hex64+".sig"), made("attestation", 40, "sha256-"+hex64+".att"), made("fallback", 40, "sha256-"+hex64),
		made("of another", 40, "sha256-"+other+".sig"),
	}}
	v := readBack(t, at(registry.Single, 0)).Sweep(repo, now)
	check(t, v, map[string]bool{
		"release": false, "both": false, "old": true, "young": false, "preview": true, "odd": false, "contains": false, "untagged": false,
		"moved": true, "nobody knows": true, "environment": false, "claim": false, "record": false,
		"index": true, "child": false, "signature": true, "twice": false, "late signature": false, "kept index": false, "part": false, "kept signature": false,
		signed: true, "cosign": true, "attestation": false, "fallback": false, "of another": true,
	})
	if o := v.Of("both", "ci-1-abc").Outcome; o != sweep.Untagged {
		t.Errorf("the old tag of a release is %s", o)
	}
}

// TestCount: releases are counted as tags; what an environment holds stays.
func TestCount(t *testing.T) {
	t.Parallel()
	repo := &sweep.Repository{Name: "registry.example/delivery/payments/checkout", Manifests: []sweep.Manifest{
		made("oldest", 9, "1.0.0"), made("runs", 8, "1.0.1", "prod", "prod-2026-02-22.1-1.0.1"), made("left", 7, "1.0.2", "prod-2026-02-22.2-1.0.2"),
		made("candidate", 2, "1.1.0-rc.1"), made("newest", 1, "1.1.0"), {Digest: "nobody knows", Tags: []sweep.Tag{{Name: "0.9.0"}}}, about(made("signature", 9), "oldest"),
	}}
	v := readBack(t, at(registry.Single, 2)).Sweep(repo, now)
	check(t, v, map[string]bool{"oldest": true, "signature": true, "runs": false, "left": false, "candidate": false, "newest": false, "nobody knows": true})
	if o := v.Of("runs", "1.0.1").Outcome; o != sweep.Untagged {
		t.Errorf("the release that runs is %s", o)
	}
}

// TestTraps are configurations that delete what they should not, and what zot
// does by itself.
func TestTraps(t *testing.T) {
	t.Parallel()
	list := []sweep.Manifest{
		made("untagged", 99), made("odd", 99, "latest"), made("old prod", 99, "prod-old"), made("young", 3, "ci-1-abc"), about(made("signature", 99), "odd"),
		about(made("index", 99, "1.0.0"), "", "part", "named part"), made("part", 99), made("named part", 99, "ci-2-abc"), made("my-ci", 99, "my-ci-3"),
	}
	for name, c := range map[string]struct {
		repository string
		changes    []string
		gone       []string
	}{
		"a part with a tag of its own":   {"delivery/payments/checkout", nil, []string{"named part"}},
		"untagged go":                    {"delivery/payments/checkout", []string{`"deleteUntagged": false`, `"deleteUntagged": true`}, []string{"named part", "untagged"}},
		"left out, untagged go":          {"delivery/payments/checkout", []string{`"deleteUntagged": false,`, ``}, []string{"named part", "untagged"}},
		"keepUntagged":                   {"delivery/payments/checkout", []string{`"deleteUntagged": false,`, `"keepUntagged": {"pushedWithin": "2400h"},`}, []string{"named part"}},
		"no last entry":                  {"delivery/payments/checkout", []string{`".*"`, `"^x$"`}, []string{"named part", "odd", "my-ci", "signature"}},
		"not anchored":                   {"delivery/payments/checkout", []string{`"^ci-"`, `"ci-"`}, []string{"named part", "my-ci"}},
		"a deleting entry stands before": {"delivery/payments/checkout", []string{`"^dev$"`, `"^(p|l)"`, `"^dev-"`, `"^x"`, `"^pr-"`, `"^y"`}, []string{"named part"}},
		"a dry run":                      {"delivery/payments/checkout", []string{`"dryRun": false`, `"dryRun": true`}, nil},
		"no policy is about it":          {"elsewhere/checkout", nil, []string{"untagged"}},
		"* ends at a slash":              {"delivery/payments/checkout/image", nil, []string{"untagged"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := map[string]bool{}
			for _, m := range list {
				want[m.Digest] = false
			}
			for _, digest := range c.gone {
				want[digest] = true
			}
			repo := &sweep.Repository{Name: "registry.example/" + c.repository, Manifests: list}
			check(t, readBack(t, at(registry.Single, 0), c.changes...).Sweep(repo, now), want)
		})
	}
}

// TestEnvironmentsKeepAll: nothing goes where an environment reads, and each
// repository has its own policy, also where a name begins as another.
func TestEnvironmentsKeepAll(t *testing.T) {
	t.Parallel()
	r := at(registry.PerEnvironment, 0)
	p := readBack(t, r)
	for _, name := range []string{"channels/prod", "channels/dev"} {
		repo := &sweep.Repository{Name: "registry.example/delivery/" + name + "/payments/checkout", Manifests: []sweep.Manifest{made("odd", 99, "ci-1-abc"), made("untagged", 99)}}
		check(t, p.Sweep(repo, now), map[string]bool{"odd": false, "untagged": false})
	}
	repo := &sweep.Repository{Name: "registry.example/delivery/releases/payments/checkout", Manifests: []sweep.Manifest{made("build", 99, "ci-1-abc")}}
	check(t, p.Sweep(repo, now), map[string]bool{"build": true})

	r = at(registry.Single, 0)
	r.Environments = []string{"prod", "prod-eu"}
	for _, rule := range readBack(t, r).Rules {
		if rule.Tag("prod-eu-2026-02-22.1-1.4.2") && rule.Name != "keepTags ^prod-eu-" {
			t.Errorf("%s is about a claim of prod-eu", rule.Name)
		}
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	r := at(registry.Single, 50)
	for change, problem := range map[[2]string]string{
		{`"gc": true`, `"gc": false`}:                                                `retention.json:2:3: has no gc`,
		{`"gcDelay": "48h"`, `"gcDelay": "2d"`}:                                      `has the gcDelay "2d"`,
		{`"delay": "48h"`, `"delay": "-1h"`}:                                         `has the delay "-1h"`,
		{`"pushedWithin": "720h"`, `"pushedWithin": "30d"`}:                          `has the pushedWithin "30d"`,
		{`"mostRecentlyPushedCount": 50`, `"mostRecentlyPushedCount": -1`}:           `has a count below 0`,
		{`"mostRecentlyPushedCount": 50`, `"mostRecentlyPushedCount": "50"`}:         `cannot be read`,
		{`"^ci-"`, `"^(ci-"`}:                                                        `has the pattern "^(ci-"`,
		{`"delivery/*/*"`, `"delivery/["`}:                                           `has the pattern "delivery/["`,
		{`"repositories": [`, `"repositories": [], "repositories": [], "x": [`}:      `cannot be read`,
		{`"deleteReferrers"`, `"deleteReferers"`}:                                    `cannot be read`,
		{`"deleteUntagged": false`, `"keepUntagged": {"pulledWithin": "soon"}`}:      `has the pulledWithin "soon"`,
		{`"storage": {`, `"storage": {"retention": {"policies": [{}]}, "storage":{`}: `cannot be read`,
	} {
		data := strings.Replace(string(files(r)[0].Data), change[0], change[1], 1)
		if _, ds := read(r, map[string][]byte{retentionFile: []byte(data)}); len(ds) == 0 || !strings.Contains(ds.String(), problem) {
			t.Errorf("%s: %v, want %s", change[1], ds, problem)
		}
	}
}
