package table_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/internal/registry"
	"github.com/penstock-dev/penstock/internal/registry/sweep"
	"github.com/penstock-dev/penstock/internal/registry/table"
)

// retentions are one of each provider with a sweep, layout, and count of releases.
func retentions() map[string]registry.Retention {
	all := map[string]registry.Retention{}
	for _, p := range table.All() {
		if p.Sweep.Files == nil {
			continue
		}
		for _, layout := range p.Layouts {
			for _, releases := range []int{0, 50} {
				if releases > 0 && !p.Counts {
					continue
				}
				r := registry.Retention{
					Config: registry.Config{
						Provider: p.Name, Host: "registry.example", Prefix: "delivery", Project: "acme", Layout: layout,
						Account: "111122223333", Region: "eu-west-1", Location: "europe-west1",
					},
					Environments: []string{"dev", "prod", "prod-eu"}, Candidates: 30, Previews: 14, Releases: releases, Promotions: 10,
				}
				all[fmt.Sprintf("%s %s %d", p.Name, layout, releases)] = r.At(p)
			}
		}
	}
	return all
}

func rendered(r registry.Retention) map[string][]byte {
	files := map[string][]byte{}
	for _, f := range table.Of(r.Provider).Sweep.Files(r) {
		files[f.Name] = f.Data
	}
	return files
}

const hex64 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

// produced are the tags that pipelines make, by repository.
func produced(r registry.Retention) map[string][]string {
	releases := []string{"1.4.2", "1.4.2-rc.1", "ci-7-0a1b2c3", "pr-481-0a1b2c3", "sha256-" + hex64, "sha256-" + hex64 + ".sig"}
	all := map[string][]string{r.ReleasesRoot() + "payments/checkout": releases}
	for _, e := range r.Environments {
		own := []string{e, "sha256-" + hex64, "sha256-" + hex64 + ".sig"}
		for _, what := range []string{"1.4.2", "rollback-1.4.1", "hold-1.4.1", "lift-1.4.1"} {
			claim := e + "-2026-02-22.1-" + what
			own = append(own, claim, "record-"+claim)
		}
		at := r.EnvironmentRoot(e) + "payments/checkout"
		all[at] = append(all[at], own...)
	}
	return all
}

// TestRulesAreAboutTags: a rule that protects is about a tag that there is, and
// one that deletes about nothing else than candidates, previews, and releases
// where they are counted.
func TestRulesAreAboutTags(t *testing.T) {
	for name, r := range retentions() {
		p, ds := table.Of(r.Provider).Sweep.Read(r, rendered(r))
		if len(ds) > 0 {
			t.Fatalf("%s: %v", name, ds)
		}
		tags := produced(r)
		for _, rule := range p.Rules {
			var about []string
			for repository, list := range tags {
				if rule.Repository(repository) {
					about = append(about, slices.DeleteFunc(slices.Clone(list), func(tag string) bool { return !rule.Tag(tag) })...)
				}
			}
			if rule.Line == 0 || rule.Keeps && len(about) == 0 {
				t.Errorf("%s: %s:%d %s is about no tag that there is", name, rule.File, rule.Line, rule.Name)
			}
			if rule.Keeps {
				continue
			}
			for _, tag := range append(about, slices.DeleteFunc([]string{"latest", "prod-old", "1", "cia-1", "xci-1", "v1.2.3"}, func(tag string) bool { return !rule.Tag(tag) })...) {
				if !strings.HasPrefix(tag, "ci-") && !strings.HasPrefix(tag, "pr-") && !(r.Releases > 0 && strings.HasPrefix(tag, "1.4")) {
					t.Errorf("%s: %s:%d %s deletes %s", name, rule.File, rule.Line, rule.Name, tag)
				}
			}
		}
	}
}

// TestSweepKeepsAllButOldBuilds: one digest a tag, all of them old, and young ones.
func TestSweepKeepsAllButOldBuilds(t *testing.T) {
	now := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	for name, r := range retentions() {
		p, _ := table.Of(r.Provider).Sweep.Read(r, rendered(r))
		for repository, tags := range produced(r) {
			for _, age := range []int{400, 31, 3} {
				at := now.AddDate(0, 0, -age)
				repo := &sweep.Repository{Name: repository, Manifests: []sweep.Manifest{{Digest: "sha256:" + hex64, PushedAt: &at, Tags: []sweep.Tag{{Name: "9.9.9"}}}}}
				for _, tag := range []string{"ci-999-0a1b2c3", "pr-999-0a1b2c3"} { // some registries leave the newest
					repo.Manifests = append(repo.Manifests, sweep.Manifest{Digest: tag, PushedAt: &now, Tags: []sweep.Tag{{Name: tag, TaggedAt: &now}}})
				}
				for _, tag := range append(slices.Clone(tags), "latest") {
					repo.Manifests = append(repo.Manifests, sweep.Manifest{Digest: tag, PushedAt: &at, Tags: []sweep.Tag{{Name: tag, TaggedAt: &at}}})
				}
				v := p.Sweep(repo, now)
				for _, m := range repo.Manifests {
					old := (strings.HasPrefix(m.Digest, "ci-") || strings.HasPrefix(m.Digest, "pr-")) && m.PushedAt != &now && age > 3
					if d := v.Of(m.Digest, m.Tags[0].Name); (d.Outcome != sweep.Kept) != old {
						t.Errorf("%s: %s, %d days old: %+v", name, m.Tags[0].Name, age, d)
					}
				}
			}
		}
	}
}

// TestBrokenPolicies: no file, however broken, is a panic, and what does not parse
// is refused with its place.
func TestBrokenPolicies(t *testing.T) {
	for name, r := range retentions() {
		read := table.Of(r.Provider).Sweep.Read
		for file, data := range rendered(r) {
			with := func(data []byte) map[string][]byte {
				files := rendered(r)
				files[file] = data
				return files
			}
			files := rendered(r)
			delete(files, file)
			if _, ds := read(r, files); len(ds) == 0 || ds[0].Where.File != file {
				t.Errorf("%s: without %s: %v", name, file, ds)
			}
			if !bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) && !bytes.HasPrefix(data, []byte("[")) {
				continue // not JSON
			}
			for at := 0; at < len(data); at += 7 {
				if _, ds := read(r, with(data[:at])); at < len(data)-1 && (len(ds) == 0 || ds[0].Where.Line == 0 || ds[0].Fix == "") {
					t.Fatalf("%s: %s up to %d: %v", name, file, at, ds)
				}
			}
			for _, c := range [][2]string{{"true", "3"}, {"false", `"x"`}, {`": "`, `x": "`}, {`": [`, `": {`}, {"[", "null, ["}, {`": [`, `": null, "x": [`}, {`": "`, `": null, "x": "`}} {
				if c[0] == "[" && data[0] != '[' {
					continue // it may stand in a pattern
				}
				if broken := bytes.Replace(data, []byte(c[0]), []byte(c[1]), 1); !bytes.Equal(broken, data) {
					if _, ds := read(r, with(broken)); len(ds) == 0 || ds[0].Where.Line == 0 {
						t.Errorf("%s: %s with %s for %s: %v", name, file, c[1], c[0], ds)
					}
				}
			}
			lines := bytes.SplitAfter(data, []byte("\n"))
			for i := range lines { // may be right, and must not panic
				p, ds := read(r, with(bytes.Join(slices.Delete(slices.Clone(lines), i, i+1), nil)))
				if len(ds) == 0 {
					p.Sweep(&sweep.Repository{Name: r.ReleasesRoot() + "a/b", Manifests: []sweep.Manifest{{Digest: "d", Tags: []sweep.Tag{{Name: "ci-1"}}}}}, time.Time{})
				}
			}
		}
	}
}

// BenchmarkSweep sweeps 100,000 tags of one repository by each provider's policy.
func BenchmarkSweep(b *testing.B) {
	now := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	for name, r := range retentions() {
		if layouts := table.Of(r.Provider).Layouts; r.Layout != layouts[len(layouts)-1] || r.Releases > 0 {
			continue
		}
		p, _ := table.Of(r.Provider).Sweep.Read(r, rendered(r))
		repo := &sweep.Repository{Name: r.ReleasesRoot() + "payments/checkout"}
		for i := range 100_000 {
			at := now.Add(-time.Duration(i) * time.Hour)
			tag := []string{fmt.Sprintf("ci-%d-0a1b2c3", i), fmt.Sprintf("1.0.%d", i), fmt.Sprintf("prod-2026-02-22.%d-1.4.2", i), fmt.Sprintf("pr-%d-0a1b2c3", i)}[i%4]
			repo.Manifests = append(repo.Manifests, sweep.Manifest{Digest: fmt.Sprintf("sha256:%064x", i), PushedAt: &at, Tags: []sweep.Tag{{Name: tag, TaggedAt: &at}}})
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				p.Sweep(repo, now)
			}
		})
	}
}
