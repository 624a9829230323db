package sweep

import (
	"testing"
	"time"

	_ "github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

const (
	signed = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	kept   = "sha256:1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	absent = "sha256-2123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
)

var (
	pruneNow = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	pruner   = &Prune{
		MinimumHours: 48, Pins: 2,
		Keep: []Class{
			{Name: "prod", Tags: []string{"prod"}, Prefixes: []string{"prod-"}}, {Name: "records", Prefixes: []string{"record-"}},
			{Name: "signatures", Prefixes: []string{"sha256-"}}, {Name: "releases", Prefixes: []string{"0", "1", "2"}},
		},
		Delete: []Class{{Name: "previews", Prefixes: []string{"pr-"}, Days: 14}, {Name: "candidates", Prefixes: []string{"ci-"}, Days: 30}},
	}
)

func pushed(digest string, age int, tags ...string) Manifest {
	at := pruneNow.AddDate(0, 0, -age)
	m := Manifest{Digest: digest, PushedAt: &at}
	for _, t := range tags {
		m.Tags = append(m.Tags, Tag{Name: t})
	}
	return m
}

func with(m Manifest, subject string, children ...string) Manifest {
	m.Subject, m.Children = subject, children
	return m
}

func TestPrune(t *testing.T) {
	t.Parallel()
	dash := func(digest, ending string) string { return "sha256-" + digest[len("sha256:"):] + ending }
	moved := pushed("moved", 90, "ci-5-abc")
	yesterday := pruneNow.AddDate(0, 0, -1)
	moved.Tags[0].TaggedAt = &yesterday
	repo := &Repository{
		Manifests: []Manifest{
			pushed("release", 360, "1.0.0"), pushed("both", 360, "1.0.1", "pr-1-abc"), pushed("old", 31, "ci-2-abc"), pushed("young", 29, "ci-3-abc"),
			pushed("two classes", 20, "ci-4-abc", "pr-4-abc"), pushed("two old classes", 31, "ci-6-abc", "pr-6-abc"), pushed("odd", 360, "latest", "ci-1-abc"),
			moved, {Digest: "nobody knows", Tags: []Tag{{Name: "ci-8-abc"}}}, pushed("untagged", 360), pushed("pr", 2, "pr-9-abc"),
			// a multi-architecture build, and one that shares a part with a release
			with(pushed("index", 40, "ci-7-abc"), "", "part", "shared"), pushed("part", 40), pushed("shared", 40),
			with(pushed("kept index", 360, "2.0.0"), "", "shared", "named"), pushed("named", 40, "ci-10-abc"),
			with(pushed("bundle of a part", 40), "named"), with(pushed("bundle of a lost part", 40), "part"), with(pushed("young bundle", 1), "part 2"), pushed("part 2", 40, "ci-11-abc"),
			// signatures by tag, and the fallback index with what it lists
			pushed(signed, 40, "ci-12-abc"), pushed("old sig", 40, dash(signed, ".sig")), with(pushed("old fallback", 40, dash(signed, "")), "", "old bundle"), with(pushed("old bundle", 40), signed),
			pushed(kept, 360, "1.0.2"), pushed("att", 360, dash(kept, ".att")), pushed("sbom", 360, dash(kept, ".sbom")),
			with(pushed("fallback", 360, dash(kept, "")), "", "bundle"), with(pushed("bundle", 360), kept),
			pushed("of both", 360, dash(kept, ".sig"), dash(signed, ".x")), pushed("of another repository", 360, absent+".sig"), pushed("build and signature", 360, "ci-13-abc", dash(kept, ".y")),
			with(pushed("record", 360, "record-prod-2026-02-22.1-1.4.2"), "recorded"), pushed("recorded", 360, "ci-14-abc"),
			// what Git pins
			pushed("pinned", 360, "ci-15-abc"), pushed("pinned before", 360, "ci-16-abc"), pushed("pinned long ago", 360, "ci-17-abc"), pushed("current", 360, "ci-18-abc"),
		},
		Pins: []Pin{
			{App: "a", Environment: "prod", Digest: "pinned"}, {App: "a", Environment: "prod", Digest: "pinned"}, {App: "a", Environment: "prod", Digest: "pinned before"},
			{App: "a", Environment: "prod", Digest: "pinned long ago"}, {App: "a", Environment: "prod", Digest: "current", Current: true},
		},
	}
	want := map[string]bool{
		"old": true, "two old classes": true, "nobody knows": true, "index": true, "part": true, "bundle of a lost part": true,
		signed: true, "old sig": true, "old fallback": true, "old bundle": true, "pinned long ago": true,
	}
	v := pruner.Sweep(repo, pruneNow)
	for _, m := range repo.Manifests {
		if v.Gone(m.Digest) != want[m.Digest] {
			t.Errorf("%s: %+v, want gone %v", m.Digest, v.Of(m.Digest, ""), want[m.Digest])
		}
	}
	if pruner.Cautious(repo, pruneNow).Gone("nobody knows") {
		t.Error("deletes what nobody knows the age of")
	}
}

// TestPruneAgain: what a run that crashed after some deletions left is planned
// again, and nothing more.
func TestPruneAgain(t *testing.T) {
	t.Parallel()
	list := []Manifest{
		with(pushed("index", 40, "ci-7-abc"), "", "part"), pushed("part", 40), with(pushed("bundle", 40), "part"),
		pushed(signed, 40, "ci-12-abc"), pushed("sig", 40, "sha256-"+signed[len("sha256:"):]+".sig"), pushed("release", 40, "1.0.0"),
	}
	for _, left := range [][]int{{0, 1, 3, 5}, {0, 3, 5}, {5}} {
		repo := &Repository{}
		for _, i := range left {
			m := list[i]
			if len(left) == 2 {
				m.Children = nil
			}
			repo.Manifests = append(repo.Manifests, m)
		}
		v := pruner.Sweep(repo, pruneNow)
		for _, m := range repo.Manifests {
			if v.Gone(m.Digest) == (m.Digest == "release") {
				t.Errorf("%v: %+v", left, v.Of(m.Digest, ""))
			}
		}
	}
}

func TestPruneFaults(t *testing.T) {
	t.Parallel()
	if found := pruner.Faults(); len(found) > 0 {
		t.Errorf("of a good policy: %v", found)
	}
	bad := &Prune{Keep: []Class{{Name: "a", Days: 3}, {Name: "a", Tags: []string{""}}}, Delete: []Class{{Name: "b", Prefixes: []string{"ci-"}, Days: 1}, {}}}
	for at, n := range map[int]int{-1: 2, 0: 2, 1: 2, 2: 1, 3: 3} {
		if found := bad.Faults(); len(found[at]) != n {
			t.Errorf("at %d: %q, want %d", at, found[at], n)
		}
	}
}
