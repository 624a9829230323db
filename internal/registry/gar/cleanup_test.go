package gar

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/internal/registry"
	"github.com/penstock-dev/penstock/internal/registry/sweep"
	_ "github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

var now = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)

func days(n int) *time.Time { at := now.AddDate(0, 0, -n); return &at }

func retention(layout string, environments ...string) registry.Retention {
	return registry.Retention{
		Config:       registry.Config{Provider: "gar", Host: "europe-west1-docker.pkg.dev", Project: "acme", Prefix: "delivery", Layout: layout},
		Environments: environments, Candidates: 30, Previews: 14, Promotions: 10,
	}.At(Provider())
}

func rendered(r registry.Retention) map[string][]byte {
	all := map[string][]byte{}
	for _, f := range files(r) {
		all[f.Name] = f.Data
	}
	return all
}

func manifest(digest string, age int, tags ...string) sweep.Manifest {
	m := sweep.Manifest{Digest: digest, PushedAt: days(age)}
	for _, tag := range tags {
		m.Tags = append(m.Tags, sweep.Tag{Name: tag, TaggedAt: days(age)})
	}
	return m
}

// swept says of each digest whether it goes.
func swept(t *testing.T, r registry.Retention, policies map[string][]byte, manifests ...sweep.Manifest) map[string]bool {
	t.Helper()
	p, ds := read(r, policies)
	if len(ds) > 0 {
		t.Fatal(ds)
	}
	v := p.Sweep(&sweep.Repository{Name: r.ReleasesRoot() + "payments/checkout", Manifests: manifests}, now)
	gone := map[string]bool{}
	for _, m := range manifests {
		gone[m.Digest] = v.Gone(m.Digest)
		if m.Tags != nil && (v.Of(m.Digest, m.Tags[0].Name).Outcome == sweep.Deleted) != gone[m.Digest] {
			t.Errorf("%s and its tags differ: %v", m.Digest, v.List())
		}
	}
	return gone
}

func expect(t *testing.T, gone map[string]bool, going string) {
	t.Helper()
	want := map[string]bool{}
	for _, digest := range strings.Split(going, ", ") {
		want[digest] = true
	}
	for digest, is := range gone {
		if is != want[digest] {
			t.Errorf("%s: gone is %v, want %v", digest, is, want[digest])
		}
		delete(want, digest)
	}
	for digest := range want {
		if digest != "" {
			t.Errorf("the test has no %q", digest)
		}
	}
}

// TestSweep is one repository of releases after a year.
func TestSweep(t *testing.T) {
	t.Parallel()
	index := manifest("index", 40, "ci-7-abc")
	index.Children = []string{"child"}
	kept := manifest("kept index", 360, "2.0.0")
	kept.Children = []string{"inner"}
	inner := manifest("inner", 360, "ci-9-abc")
	inner.Children = []string{"shared"}
	about := func(digest, subject string) sweep.Manifest {
		m := manifest(digest, 40)
		m.Subject = subject
		return m
	}
	r := retention(registry.PerEnvironment, "dev", "prod")
	expect(t, swept(t, r, rendered(r),
		manifest("release", 360, "1.4.2"), manifest("candidate", 360, "1.4.2-rc.1"), manifest("also a release", 360, "ci-1-abc", "1.0.1"),
		manifest("old", 31, "ci-2-abc"), manifest("young", 29, "ci-3-abc"), manifest("preview", 15, "pr-3-abc"), manifest("young preview", 13, "pr-4-abc"),
		manifest("both", 15, "ci-5-abc", "pr-5-abc"), manifest("odd", 360, "latest"), manifest("untagged", 360),
		manifest("signature", 360, "sha256-"+strings.Repeat("a", 64)+".sig"),
		index, manifest("child", 40), about("its signature", "index"),
		kept, inner, manifest("shared", 40, "ci-8-abc"), about("signature of the shared", "shared"), about("signature of the kept", "kept index"),
		sweep.Manifest{Digest: "unknown", Tags: []sweep.Tag{{Name: "ci-6-abc"}}},
	), "old, preview, both, index, its signature, unknown")
}

// TestElsewhere: nothing goes of what environments read, nor of others'.
func TestElsewhere(t *testing.T) {
	t.Parallel()
	r := retention(registry.PerEnvironment, "dev", "prod")
	p, _ := read(r, rendered(r))
	for _, name := range []string{r.EnvironmentRoot("prod") + "payments/checkout", "europe-west1-docker.pkg.dev/acme/delivery-releases-old/a", "example.org/x"} {
		m := manifest("old", 900, "ci-1-abc")
		if v := p.Sweep(&sweep.Repository{Name: name, Manifests: []sweep.Manifest{m}}, now); v.Gone("old") {
			t.Errorf("%s is swept", name)
		}
		for _, rule := range p.Rules {
			if rule.Repository(name) {
				t.Errorf("%s is about %s", rule.Name, name)
			}
		}
	}
}

// TestShared: where all tags are in one repository, a digest that an environment
// reads stays although it is a candidate as well.
func TestShared(t *testing.T) {
	t.Parallel()
	r := retention(registry.GitDigest, "p", "c", "dev", "prod", "9-west")
	gone := swept(t, r, rendered(r),
		manifest("environment", 360, "ci-1-abc", "prod"), manifest("claim", 360, "ci-2-abc", "dev-2026-02-22.1-1.4.2"), manifest("record", 360, "record-dev-2026-02-22.1-1.4.2"),
		manifest("caught by prod", 360, "prod-old", "ci-3-abc"), manifest("claimed", 360, "p", "p-2026-02-22.1-hold-1.4.2", "pr-1-abc"),
		manifest("preview", 20, "pr-2-abc"), manifest("old", 40, "ci-4-abc"), manifest("west", 360, "9-west", "ci-5-abc"))
	expect(t, gone, "preview, old")
}

// TestManyEnvironments: they are one policy.
func TestManyEnvironments(t *testing.T) {
	t.Parallel()
	var names []string
	for i := range 50 {
		names = append(names, fmt.Sprintf("env-%d", i))
	}
	r := retention(registry.GitDigest, names...)
	p, ds := read(r, rendered(r))
	if len(ds) > 0 {
		t.Fatal(ds)
	}
	for _, rule := range p.Rules {
		if rule.Name == "keep-environments env-49" && rule.Keeps && rule.Line == 2 && rule.Tag("env-49-2026-02-22.1-rollback-1.4.1") && !rule.Tag("env-4") {
			return
		}
	}
	t.Error("no rule keeps env-49")
}

// TestSemantics has the product's, by policies that Penstock does not write.
func TestSemantics(t *testing.T) {
	t.Parallel()
	moved := manifest("moved", 100, "ci-1-a")
	moved.Tags[0].TaggedAt = days(1)
	attached := manifest("attached", 50)
	attached.Subject = "release"
	all := []sweep.Manifest{
		moved, manifest("release", 60, "1.0.0"), manifest("untagged", 50), attached, manifest("prod", 40, "prod"), manifest("prod-old", 41, "prod-old"),
		manifest("new", 1, "ci-2-a"), {Digest: "unknown", Tags: []sweep.Tag{{Name: "ci-3-a"}}},
	}
	del := func(condition string) string {
		return `{"name":"d","action":{"type":"Delete"},"condition":{` + condition + `}}`
	}
	keep := func(what string) string { return `{"name":"k","action":{"type":"KEEP"},` + what + `}` }
	for policies, going := range map[string]string{
		"": "",
		keep(`"mostRecentVersions":{"keepCount":1}`):                                               "",
		del(`"tagState":"any"`):                                                                    "moved, release, untagged, attached, prod, prod-old, new, unknown",
		del(`"olderThan":"45d"`):                                                                   "moved, release, untagged, attached, unknown",
		del(`"olderThan":"45d","tagState":"TAGGED"`):                                               "moved, release, attached, unknown",
		del(`"tagState":"untagged"`):                                                               "untagged, attached",
		del(`"tagState":"tagged","tagPrefixes":["prod"]`):                                          "prod, prod-old",
		del(`"tagState":"tagged","tagPrefixes":[""]`):                                              "moved, release, attached, prod, prod-old, new, unknown",
		del(`"newerThan":"2d"`):                                                                    "moved, new, unknown",
		del(`"versionNamePrefixes":["prod-"]`):                                                     "prod-old",
		del(`"packageNamePrefixes":["payments%2Fcheck"],"olderThan":"55d"`):                        "moved, release, attached, unknown",
		del(`"packageNamePrefixes":["other"]`):                                                     "",
		del(`"olderThan":"2d"`) + "," + keep(`"condition":{"newerThan":"45d"}`):                    "moved, release, untagged, attached, unknown",
		del(`"olderThan":"2d"`) + "," + keep(`"condition":{"olderThan":"45d"}`):                    "moved, prod, prod-old, unknown",
		del(`"tagState":"any"`) + "," + keep(`"mostRecentVersions":{"keepCount":3}`):               "moved, release, untagged, attached, prod-old, unknown",
		keep(`"condition":{"packageNamePrefixes":["payments/"]}`) + "," + del(`"tagState":"any"`):  "moved, release, untagged, attached, prod, prod-old, new, unknown",
		keep(`"condition":{"packageNamePrefixes":["payments"]}`) + "," + del(`"tagState":"any"`):   "",
		keep(`"condition":{"versionNamePrefixes":["release"]}`) + "," + del(`"olderThan":"1296h"`): "moved, unknown",
	} {
		r := retention(registry.PerEnvironment, "dev")
		t.Log(policies)
		expect(t, swept(t, r, map[string][]byte{cleanupFile: []byte("[" + policies + "]")}, all...), going)
	}
}

// TestBroken: files that were edited into nonsense.
func TestBroken(t *testing.T) {
	t.Parallel()
	const ok = `"name":"a","action":{"type":"Delete"},`
	eleven := strings.Repeat(`{"name":"%d","action":{"type":"Keep"},"condition":{"tagState":"any"}},`+"\n", 11)
	for file, want := range map[string]string{
		"":            "EOF",
		"null":        "is no list",
		"{}":          "cannot be read",
		"[\n{":        "cannot be read",
		"[] []":       "something follows",
		`[{"nom":1}]`: "unknown field",
		"[\n\n {" + ok + `"condition":{"olderThan":"14"}}]`:                                              `json:3:2: policy "a" has "14"`,
		"[{" + ok + `"condition":{"olderThan":""}}]`:                                                     `has ""`,
		"[{" + ok + `"condition":{"olderThan":"9999999999d"}}]`:                                          "where a duration",
		"[{" + ok + `"condition":{}}]`:                                                                   "without a field",
		"[{" + ok + `"condition":null}]`:                                                                 "needs either",
		"[{" + ok + `"condition":{"tagState":"any"},"mostRecentVersions":{"keepCount":1}}]`:              "needs either",
		"[{" + ok + `"mostRecentVersions":{"keepCount":1}}]`:                                             "by a count",
		`[{"name":"a","action":{"type":"Keep"},"mostRecentVersions":{"keepCount":0}}]`:                   "below 1",
		"[{" + ok + `"condition":{"tagPrefixes":["ci-"]}}]`:                                              "is not about tagged",
		"[{" + ok + `"condition":{"tagState":"sometimes"}}]`:                                             "no tagState",
		"[{" + ok + `"condition":{"tagState":"any"}},` + "\n{" + ok + `"condition":{"tagState":"any"}}]`: "json:2:1: policy \"a\" has no name, or another one's",
		`[{"name":"a","action":{"type":"Expire"},"condition":{"tagState":"any"}}]`:                       "no action that there is",
		"[" + strings.TrimSuffix(fmt.Sprintf(eleven, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), ",\n") + "]":    "json:11:1: is one policy more",
		`[{"name":"a","action":{"type":"Delete"},"condition":{"tagState":"any"}},null]`:                  "needs either",
	} {
		_, ds := read(retention(registry.PerEnvironment, "dev"), map[string][]byte{cleanupFile: []byte(file)})
		if len(ds) == 0 || !strings.Contains(ds.String(), want) || ds[0].Fix == "" || ds[0].Where.File != cleanupFile {
			t.Errorf("%s: %v, want %q", file, ds, want)
		}
	}
	twice := `[{"name":"a","action":{"type":"Delete"},"condition":{"tagState":"any"},` + "\n" + `"condition":{"olderThan":"30d"}}]`
	if _, ds := read(retention(registry.PerEnvironment, "dev"), map[string][]byte{cleanupFile: []byte(twice)}); !strings.Contains(ds.String(), `json:2:1: has "condition" twice`) {
		t.Error(ds)
	}
	if _, ds := read(retention(registry.PerEnvironment, "dev"), nil); !strings.Contains(ds.String(), "is not there") {
		t.Error(ds)
	}
	data := rendered(retention(registry.GitDigest, "dev"))[cleanupFile]
	for i := range data { // no edit panics
		for _, b := range []string{"", "0", `"`, "]", "{", "null"} {
			edited := string(data[:i]) + b + string(data[i+1:])
			if p, ds := read(retention(registry.GitDigest, "dev"), map[string][]byte{cleanupFile: []byte(edited)}); len(ds) == 0 {
				p.Sweep(&sweep.Repository{Name: retention(registry.GitDigest, "dev").ReleasesRoot() + "a/b", Manifests: []sweep.Manifest{manifest("a", 9, "x")}}, now)
			}
		}
	}
}

// TestLarge is a repository of 100,000 tags.
func TestLarge(t *testing.T) {
	t.Parallel()
	r := retention(registry.GitDigest, "dev", "prod")
	p, _ := read(r, rendered(r))
	repo := &sweep.Repository{Name: r.ReleasesRoot() + "a/b"}
	for i := range 100_000 {
		repo.Manifests = append(repo.Manifests, manifest(fmt.Sprint(i), i%300, fmt.Sprintf("ci-%d-abc", i)))
	}
	begin := time.Now()
	p.Sweep(repo, now)
	if took := time.Since(begin); took > 20*time.Second { // 0.3 s of processor; other tests run beside it
		t.Error(took)
	} else {
		t.Log(took)
	}
}
