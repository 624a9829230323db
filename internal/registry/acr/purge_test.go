package acr

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/internal/registry"
	"github.com/penstock-dev/penstock/internal/registry/sweep"
	_ "github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

var now = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)

func days(n int) *time.Time { at := now.AddDate(0, 0, -n); return &at }

func retention(layout string) registry.Retention {
	return registry.Retention{
		Config:       registry.Config{Provider: "acr", Host: "acme.azurecr.io", Prefix: "a.b/delivery", Layout: layout},
		Environments: []string{"dev", "prod"}, Candidates: 30, Previews: 14, Promotions: 10,
	}.At(Provider())
}

func rendered(r registry.Retention) []byte { return files(r)[0].Data }

func manifest(digest string, age int, tags ...string) sweep.Manifest {
	m := sweep.Manifest{Digest: digest, PushedAt: days(age)}
	for _, tag := range tags {
		m.Tags = append(m.Tags, sweep.Tag{Name: tag, TaggedAt: days(age)})
	}
	return m
}

// swept lists the tags that are removed, and the digests that are deleted with "@".
func swept(t *testing.T, task, name string, manifests ...sweep.Manifest) string {
	t.Helper()
	p, ds := read(retention(registry.PerEnvironment), map[string][]byte{purgeFile: []byte(task)})
	if len(ds) > 0 {
		t.Fatal(ds)
	}
	var gone []string
	for _, v := range p.Sweep(&sweep.Repository{Name: name, Manifests: manifests}, now).List() {
		switch {
		case v.Outcome == sweep.Kept:
		case v.Tag == "":
			gone = append(gone, "@"+v.Digest)
		default:
			gone = append(gone, v.Tag)
		}
	}
	slices.Sort(gone)
	return strings.Join(gone, " ")
}

// TestSweep is what the rendered task does to one repository of releases.
func TestSweep(t *testing.T) {
	t.Parallel()
	r := retention(registry.PerEnvironment)
	moved := manifest("moved", 360, "pr-5-abc")
	moved.Tags[0].TaggedAt = days(1)
	unknown := sweep.Manifest{Digest: "unknown", Tags: []sweep.Tag{{Name: "ci-9-abc"}}}
	all := []sweep.Manifest{
		manifest("a", 360, "1.4.2", "ci-1-abc"), manifest("b", 31, "ci-2-abc"), manifest("c", 29, "ci-3-abc"), manifest("d", 15, "pr-3-abc"), manifest("e", 13, "pr-4-abc"),
		manifest("f", 360, "latest", "1.4.2-rc.1", "not-ci-1", "a-pr-1", "sha256-"+strings.Repeat("a", 64)), manifest("g", 360), moved, unknown,
	}
	task := string(rendered(r))
	const want = "ci-1-abc ci-2-abc ci-9-abc pr-3-abc"
	if got := swept(t, task, r.ReleasesRoot()+"payments/checkout", all...); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, name := range []string{
		r.EnvironmentRoot("prod") + "payments/checkout", "acme.azurecr.io/aXb/delivery/releases/payments/checkout", "acme.azurecr.io/a.b/delivery/releases",
		"acme.azurecr.io/x/a.b/delivery/releases/payments/checkout", "other.azurecr.io/a.b/delivery/releases/payments/checkout",
	} {
		if got := swept(t, task, name, all...); got != "" {
			t.Errorf("%s loses %s", name, got)
		}
	}
}

// TestRules are about the classes that go, in every layout.
func TestRules(t *testing.T) {
	t.Parallel()
	for _, layout := range Provider().Layouts {
		r := retention(layout)
		p, ds := read(r, map[string][]byte{purgeFile: rendered(r)})
		if len(ds) > 0 || len(p.Rules) != 2 {
			t.Fatal(ds, p.Rules)
		}
		for i, want := range []string{"pr-1-abc", "ci-1-abc"} {
			rule := p.Rules[i]
			if rule.Keeps || !rule.Tag(want) || rule.Tag("prod") || rule.Tag("not-"+want) || !rule.Repository(r.ReleasesRoot()+"a/b") || rule.Repository("acme.azurecr.io/other") ||
				rule.File != purgeFile || rule.Line != 8+2*i || rule.Name == "" {
				t.Errorf("%s: %+v", layout, rule)
			}
		}
	}
}

// TestSemantics has those of acr-cli, by commands that Penstock does not write.
func TestSemantics(t *testing.T) {
	t.Parallel()
	index := manifest("index", 50, "ci-3")
	index.Children = []string{"child"}
	kept := manifest("kept", 50, "1.0.0")
	kept.Children = []string{"held"}
	about := func(digest, subject string) sweep.Manifest {
		m := manifest(digest, 50)
		m.Subject = subject
		return m
	}
	all := []sweep.Manifest{
		manifest("a", 10, "ci-20261"), manifest("b", 20, "ci-20262"), manifest("c", 30, "ci-20263", "1"), index, manifest("child", 50), about("signature", "index"),
		kept, manifest("held", 50), about("kept signature", "kept"), manifest("never tagged", 1),
	}
	for command, want := range map[string]string{
		`--filter 'shop:1' --ago 25d`:                               "1 1.0.0",                         // anywhere in a tag
		`--filter 'shop:6' --ago 25d`:                               "ci-20263",                        // also
		`--filter 'sho:^ci' --ago 1d`:                               "",                                // the whole name
		`--filter 'sho|x:^ci' --ago 1d`:                             "ci-20261 ci-20262 ci-20263 ci-3", // but of alternatives
		`--filter 'sho|x|hop:^ci' --ago 25d`:                        "ci-20263 ci-3",
		`--filter 'shop:^ci' --ago 10d`:                             "ci-20262 ci-20263 ci-3",
		`--filter 'shop:^ci' --ago 15d --keep 2`:                    "ci-3",
		`--filter 'shop:^ci' --filter 'shop:^1' --ago 15d --keep 4`: "1.0.0", // one count for both
		`--filter=shop:^ci -f "shop:^1[.]" --ago=15d`:               "?",
		`--filter 'shop:^ci' -f 'shop:^1[.]' --ago 1d1h --dry-run`:  "",
		`--filter 'shop:^ci' --ago 45d --untagged`:                  "@child @index @never tagged @signature ci-3",
		`--filter 'other:.*' --ago 45d --untagged`:                  "",
		`--filter 'shop:^pr-' --ago 45d --untagged --concurrency 4`: "@never tagged",
		`--filter 'shop:^ci-' --ago 720h`:                           "ci-3",
		`--filter ".*:.*" --ago 0d`:                                 "1 1.0.0 ci-20261 ci-20262 ci-20263 ci-3",
	} {
		task := "version: v1.1.0\nsteps:\n  - cmd: " + fmt.Sprintf("%q", "acr purge "+command)
		if want == "?" {
			if _, ds := read(retention(registry.PerEnvironment), map[string][]byte{purgeFile: []byte(task)}); !strings.Contains(ds.String(), "outside quotes") {
				t.Errorf("%s: %v", command, ds)
			}
			continue
		}
		if got := swept(t, task, "acme.azurecr.io/shop", all...); got != want {
			t.Errorf("%s: got %q, want %q", command, got, want)
		}
	}
}

// TestBroken: files that were edited into nonsense.
func TestBroken(t *testing.T) {
	t.Parallel()
	const start, fine = "version: v1.1.0\nsteps:\n", "  - cmd: acr purge --filter 'a:^ci-' --ago 2d"
	for file, want := range map[string]string{
		"":                                       "is empty",
		"a: [":                                   "cannot be read",
		"- a":                                    "cannot be read",
		"version: v1.1.0\n":                      "has no steps",
		start + fine + "\nother: 1\n":            "yaml:4: cannot be read: field other not found",
		start + fine + "\nsteps: []\n":           "already defined",
		start + fine + "\n---\na: b\n":           "second document",
		"version: v1.0.0\nsteps:\n" + fine:       `has version "v1.0.0"`,
		start + "  - acr purge":                  "no mapping",
		start + "  - null":                       "no mapping",
		start + "  - id: a":                      "without cmd",
		start + "  - {id: a, cmd: [acr, purge]}": "not as a plain value",
		start + fine + "\n    when: ['-']":       `with "when"`,
		start + fine + "\n    env: [A=b]":        `"env"`,
		start + fine + "\n    build: .":          `with "build"`,
		start + fine + "\n    timeout: soon":     "no number of seconds",
		start + fine + "\n    id: a b":           `the id "a b"`,
		start + fine + "\n    id: x\n" + fine + "\n    id: x":                  "of another step",
		start + "  - cmd: acr tag delete":                                      `yaml:3:10: has "acr tag delete"`,
		start + "  - cmd: acr purge --ago 2d":                                  "lacks --filter",
		start + "  - cmd: acr purge --filter a:b":                              "lacks --filter or --ago",
		start + fine + " --include-locked":                                     "unlocks",
		start + fine + " --untagged=false":                                     "takes none here",
		start + fine + " --untagged-only":                                      "not known here",
		start + fine + " --registry other":                                     `"--registry", which is not known`,
		start + fine + " extra":                                                `"extra"`,
		start + fine + " --ago 3d":                                             "--ago twice",
		start + fine + " --keep":                                               "without a value",
		start + fine + " --keep -1":                                            "no count",
		start + "  - cmd: acr purge --filter 'a:^ci-' --ago 1h2d":              "days such as",
		start + "  - cmd: acr purge --filter 'a:^ci-' --ago -2d":               "days such as",
		start + "  - cmd: acr purge --filter 'a:^ci-' --ago 99999d":            "150 years",
		start + "  - cmd: acr purge --filter 'a:^ci-' --ago soon":              "days such as",
		start + "  - cmd: acr purge --filter a --ago 2d":                       "REPOSITORIES:TAGS",
		start + "  - cmd: acr purge --filter 'a:b:c' --ago 2d":                 "REPOSITORIES:TAGS",
		start + "  - cmd: acr purge --filter 'a:(?=ci)' --ago 2d":              "REPOSITORIES:TAGS",
		start + "  - cmd: acr purge --filter 'a:(' --ago 2d":                   "missing closing",
		start + "  - cmd: acr purge --filter 'a:^pr-$' --ago 2d":               "may replace",
		start + "  - cmd: acr purge --filter '{{.Run.Registry}}:^pr' --ago 2d": "may replace",
		start + "  - cmd: acr purge --filter 'a:^pr --ago 2d":                  "not closed",
		start + "  - cmd: acr purge --filter a:.* --ago 2d":                    "outside quotes",
		start + "  - cmd: acr purge --filter 'a:^pr-' --ago 2d ; acr x":        "outside quotes",
	} {
		_, ds := read(retention(registry.PerEnvironment), map[string][]byte{purgeFile: []byte(file)})
		if len(ds) == 0 || !strings.Contains(ds.String(), want) || ds[0].Fix == "" || ds[0].Where.File != purgeFile {
			t.Errorf("%s: %v, want %q", file, ds, want)
		}
	}
	if _, ds := read(retention(registry.PerEnvironment), nil); !strings.Contains(ds.String(), "is not there") {
		t.Error(ds)
	}
	data := rendered(retention(registry.PerEnvironment))
	for i := range data { // no edit panics
		for _, b := range []string{"", "'", ":", "\n", "&a *a", "[", "\t"} {
			edited := []byte(string(data[:i]) + b + string(data[i+1:]))
			if p, ds := read(retention(registry.PerEnvironment), map[string][]byte{purgeFile: edited}); len(ds) == 0 {
				p.Sweep(&sweep.Repository{Name: "acme.azurecr.io/a", Manifests: []sweep.Manifest{manifest("a", 9, "x")}}, now)
			}
		}
	}
}

// TestLarge is a repository of 100,000 tags.
func TestLarge(t *testing.T) {
	t.Parallel()
	r := retention(registry.GitDigest)
	p, _ := read(r, map[string][]byte{purgeFile: rendered(r)})
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
