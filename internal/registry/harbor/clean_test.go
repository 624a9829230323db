package harbor

import (
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/internal/registry"
	"github.com/penstock-dev/penstock/internal/registry/sweep"
	_ "github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

const hex64 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

var now = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)

func days(n int) *time.Time { at := now.AddDate(0, 0, -n); return &at }

func made(digest string, age int, tags ...string) sweep.Manifest {
	m := sweep.Manifest{Digest: digest, PushedAt: days(age)}
	for _, t := range tags {
		m.Tags = append(m.Tags, sweep.Tag{Name: t})
	}
	return m
}

func at(layout string) registry.Retention {
	return registry.Retention{
		Config:       registry.Config{Provider: "harbor", Host: "harbor.example", Project: "acme", Layout: layout},
		Environments: []string{"dev", "prod"}, Candidates: 30, Previews: 14, Promotions: 10,
	}.At(Provider())
}

// policy reads what is rendered, with changes of it.
func policy(t *testing.T, r registry.Retention, changes ...string) sweep.Policy {
	t.Helper()
	rendered := map[string][]byte{}
	for _, f := range files(r) {
		rendered[f.Name] = []byte(strings.NewReplacer(changes...).Replace(string(f.Data)))
	}
	p, ds := read(r, rendered)
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

// TestSweep is one repository of releases after a year.
func TestSweep(t *testing.T) {
	t.Parallel()
	r := at(registry.GitDigest)
	moved := made("moved", 90, "ci-5-abc")
	moved.Tags[0].TaggedAt = days(1)
	index := made("index", 40, "ci-7-abc")
	index.Children = []string{"child", "shared", "own"}
	kept := made("kept index", 360, "2.0.0")
	kept.Children = []string{"shared", "part"}
	about := func(digest, subject string, tags ...string) sweep.Manifest {
		m := made(digest, 300, tags...)
		m.Subject = subject
		return m
	}
	signed := "sha256:" + hex64
	repo := &sweep.Repository{Name: r.ReleasesRoot() + "payments/checkout", Manifests: []sweep.Manifest{
		made("release", 360, "1.0.0"), made("both", 360, "1.0.1", "ci-1-abc"), made("and unknown", 360, "ci-9-abc", "latest"),
		made("old", 31, "ci-2-abc"), made("young", 29, "ci-3-abc"), made("two builds", 31, "ci-4-abc", "pr-4-abc"),
		made("build and young preview", 13, "ci-6-abc", "pr-6-abc"), made("preview", 15, "pr-3-abc"), moved,
		made("odd", 360, "latest"), made("untagged", 360), made("environment", 360, "prod"), made("claim", 360, "prod-2026-02-22.1-1.4.2"),
		{Digest: "nobody knows", Tags: []sweep.Tag{{Name: "ci-8-abc"}}},
		index, made("child", 40), made("shared", 40), made("own", 40, "2.0.1"), kept, made("part", 300, "ci-10-abc"),
		about("signature", "index"), about("of the signature", "signature"), about("record", "claim", "record-prod-2026-02-22.1-1.4.2"),
		made(signed, 40, "ci-11-abc"), made("cosign", 40, "sha256-"+hex64+".sig"), made("fallback", 40, "sha256-"+hex64),
	}}
	check(t, policy(t, r).Sweep(repo, now), map[string]bool{
		"release": false, "both": false, "and unknown": false, "old": true, "young": false, "two builds": true,
		"build and young preview": false, "preview": true, "moved": false, "odd": false, "untagged": false, "environment": false, "claim": false,
		"nobody knows": true, "index": true, "child": true, "shared": false, "own": false, "kept index": false, "part": false,
		"signature": true, "of the signature": true, "record": false, signed: true, "cosign": true, "fallback": false,
	})
}

func TestOnlyTheProjectOfReleasesIsSwept(t *testing.T) {
	t.Parallel()
	r := at(registry.PerEnvironment)
	p := policy(t, r)
	for name, gone := range map[string]bool{
		"harbor.example/acme/payments/checkout": true, "harbor.example/acme-prod/payments/checkout": false, "harbor.example/acmes/payments/checkout": false,
	} {
		check(t, p.Sweep(&sweep.Repository{Name: name, Manifests: []sweep.Manifest{made("build", 300, "ci-1-abc")}}, now), map[string]bool{"build": gone})
	}
}

// TestTraps are policies edited into what deletes.
func TestTraps(t *testing.T) {
	t.Parallel()
	r := at(registry.PerEnvironment)
	repo := func(list ...sweep.Manifest) *sweep.Repository {
		return &sweep.Repository{Name: r.ReleasesRoot() + "payments/checkout", Manifests: list}
	}
	all := repo(made("untagged", 99), made("odd", 99, "latest"), made("release", 99, "1.0.0"), made("young", 1, "ci-1-abc"), made("fallback", 99, "sha256-"+hex64))
	nothing := map[string]bool{"untagged": false, "odd": false, "release": false, "young": false, "fallback": false}
	for name, c := range map[string]struct {
		changes []string
		gone    []string
	}{
		"nothing":                        {nil, nil},
		"excludes turns untagged round":  {[]string{`"decoration": "excludes",` + "\n          \"pattern\": \"{ci-*,pr-*}\",\n          \"extras\": \"{\\\"untagged\\\":false}\"", `"decoration": "excludes",` + "\n          \"pattern\": \"{ci-*,pr-*}\",\n          \"extras\": \"{\\\"untagged\\\":true}\""}, []string{"untagged"}},
		"all but the rest is retained":   {[]string{`"decoration": "excludes"`, `"decoration": "matches"`}, []string{"untagged", "odd"}},
		"extras left out keep untagged":  {[]string{`,` + "\n          \"extras\": \"{\\\"untagged\\\":false}\"", ``, `"decoration": "excludes"`, `"decoration": "matches"`}, []string{"odd"}},
		"the pattern is of another form": {[]string{`"ci-*"`, `"c-*"`, `{ci-*,`, `{ci-1*,`}, []string{"young"}},
		"immutable tags are not deleted": {[]string{`[0-9]*.[0-9]*.[0-9]*`, `1.*`, `"decoration": "excludes"`, `"decoration": "matches"`, `"sha256-*"`, `"x"`}, []string{"untagged", "odd", "fallback"}},
		"no repository":                  {[]string{`"**"`, `"*"`}, nil},
	} {
		want := map[string]bool{}
		for digest := range nothing {
			want[digest] = false
		}
		for _, digest := range c.gone {
			want[digest] = true
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, policy(t, r, c.changes...).Sweep(all, now), want)
		})
	}
}

// TestImmutableDefeatsRetention is why a count of releases is refused.
func TestImmutableDefeatsRetention(t *testing.T) {
	t.Parallel()
	if Provider().Counts {
		t.Error("harbor counts releases")
	}
	r := at(registry.PerEnvironment)
	p := policy(t, r, `"template": "always",
      "params": {}`, `"template": "latestPushedK",
      "params": {"latestPushedK": 1}`)
	repo := &sweep.Repository{Name: r.ReleasesRoot() + "payments/checkout", Manifests: []sweep.Manifest{
		made("old release", 99, "1.0.0"), made("new release", 9, "1.0.1"), made("older odd", 99, "old"), made("odd", 9, "new"),
	}}
	v := p.Sweep(repo, now)
	check(t, v, map[string]bool{"old release": false, "new release": false, "older odd": true, "odd": true})
	if why := v.Of("old release", "").Why; !strings.Contains(why, "immutable") {
		t.Errorf("the old release stays since %s", why)
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	r := at(registry.PerEnvironment)
	for change, problem := range map[[2]string]string{
		{`"algorithm": "or"`, `"algorithm": "and"`}:                            `retention-releases.json:1:1: has the algorithm "and"`,
		{`"level": "project"`, `"level": "system"`}:                            `has a scope that is no project`,
		{`"cron": "0 0 3 * * *"`, `"cron": ""`}:                                `has no schedule`,
		{`"action": "retain"`, `"action": "delete"`}:                           `has the action "delete"`,
		{`"template": "always"`, `"template": "nothing"`}:                      `has the template "nothing"`,
		{`"nDaysSinceLastPush": 14`, `"nDaysSinceLastPush": -1`}:               `needs days from 0`,
		{`"nDaysSinceLastPush": 14`, `"nDaysSinceLastPull": 14`}:               `needs days from 0`,
		{`"template": "always"`, `"template": "latestPushedK"`}:                `needs a count`,
		{`"pattern": "ci-*"`, `"pattern": "{ci-*"`}:                            `has the pattern "{ci-*"`,
		{`"pattern": "ci-*"`, `"pattern": ""`}:                                 `has the pattern ""`,
		{`"kind": "doublestar"`, `"kind": "regexp"`}:                           `has a selector of the kind "regexp"`,
		{`"decoration": "excludes"`, `"decoration": "without"`}:                `has the decoration "without"`,
		{`"extras": "{\"untagged\":false}"`, `"extras": "untagged"`}:           `has the extras "untagged"`,
		{`"action": "immutable"`, `"action": "retain"`}:                        `immutable-releases.json:5`,
		{`"decoration": "repoMatches"`, `"decoration": "matches"`}:             `has the decoration "matches" for repositories`,
		{`"nDaysSinceLastPush": 14`, `"nDaysSinceLastPush": "14"`}:             `cannot be read`,
		{`"template": "always"`, `"tmplate": "always"`}:                        `cannot be read`,
		{`"tag_selectors": [`, `"tag_selectors": [], "tag_selectors": [], "x`}: `cannot be read`,
	} {
		rendered := map[string][]byte{}
		for _, f := range files(r) {
			rendered[f.Name] = []byte(strings.Replace(string(f.Data), change[0], change[1], 1))
		}
		if _, ds := read(r, rendered); len(ds) == 0 || !strings.Contains(ds.String(), problem) {
			t.Errorf("%s: %v, want %s", change[1], ds, problem)
		}
	}
}
