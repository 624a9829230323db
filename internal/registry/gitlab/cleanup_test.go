package gitlab

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

func since(n int) *time.Time { at := now.AddDate(0, 0, -n); return &at }

func retention(candidates, previews int, environments ...string) registry.Retention {
	return registry.Retention{
		Config:       registry.Config{Provider: "gitlab", Host: "registry.gitlab.com", Project: "acme/delivery", Layout: registry.Single},
		Environments: environments, Candidates: candidates, Previews: previews, Promotions: 10,
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
	m := sweep.Manifest{Digest: digest, PushedAt: since(age)}
	for _, tag := range tags {
		m.Tags = append(m.Tags, sweep.Tag{Name: tag, TaggedAt: since(age)})
	}
	return m
}

// swept lists the tags that go, and the digests with "@".
func swept(t *testing.T, policies map[string][]byte, name string, manifests ...sweep.Manifest) string {
	t.Helper()
	p, ds := read(retention(30, 14, "dev"), policies)
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

const repository = "registry.gitlab.com/acme/delivery/payments/checkout"

// produced are tags that pipelines make.
func produced(environment string) []string {
	return []string{
		"1.4.2", "1.4.2-rc.1", environment, environment + "-2026-02-22.1-1.4.2", environment + "-2026-02-22.2-rollback-1.4.1", environment + "-2026-02-22.3-hold-1.4.1",
		environment + "-2026-02-22.4-lift-1.4.1", "record-" + environment + "-2026-02-22.1-1.4.2", "sha256-" + strings.Repeat("a", 64), "sha256-" + strings.Repeat("a", 64) + ".sig",
	}
}

// TestSweep is one repository after a year.
func TestSweep(t *testing.T) {
	t.Parallel()
	index := manifest("index", 360, "1.5.0")
	index.Children = []string{"child"}
	old := manifest("old index", 40, "ci-6-abc")
	old.Children = []string{"orphan"}
	about := manifest("attached", 40)
	about.Subject = "index"
	moved := manifest("moved", 360, "pr-5-abc")
	moved.Tags[0].TaggedAt = since(1)
	all := []sweep.Manifest{
		manifest("all", 360, append(produced("dev"), "ci-1-abc")...), manifest("b", 31, "ci-2-abc"), manifest("c", 29, "ci-3-abc"), manifest("d", 15, "pr-3-abc"),
		manifest("e", 360, "latest", "odd"), manifest("f", 360), manifest("pushed just now", 1), index, manifest("child", 360), old, manifest("orphan", 40), about, moved,
		{Digest: "unknown", Tags: []sweep.Tag{{Name: "ci-9-abc"}}},
	}
	policies := rendered(retention(30, 14, "dev"))
	const want = "@attached @b @f @old index @orphan @unknown ci-1-abc ci-2-abc ci-6-abc ci-9-abc"
	if got := swept(t, policies, repository, all...); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := swept(t, policies, "registry.gitlab.com/acme/delivery-old/x", all...); got != "" {
		t.Error(got)
	}
}

// TestAge: the next that GitLab has; beyond, nothing goes but by garbage collection.
func TestAge(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ candidates, previews, want int }{
		{2, 2, 7}, {7, 2, 7}, {8, 2, 14}, {14, 14, 14}, {14, 15, 30}, {30, 14, 30}, {31, 14, 90}, {90, 90, 90}, {90, 91, 0}, {9999, 2, 0},
	} {
		if got := Age(c.candidates, c.previews); got != c.want {
			t.Errorf("%+v: %d", c, got)
		}
		policies := rendered(retention(c.candidates, c.previews, "dev"))
		want := fmt.Sprintf(`"older_than": "%dd"`, c.want)
		if c.want == 0 {
			want = `"enabled": false`
		}
		if !strings.Contains(string(policies[cleanupFile]), want) {
			t.Errorf("%s lacks %s", policies[cleanupFile], want)
		}
		young := manifest("young", max(c.candidates, c.previews), "ci-1-a", "pr-1-a")
		if got := swept(t, policies, repository, young, manifest("newest", 1, "ci-2-a")); got != "" {
			t.Errorf("%+v: %s", c, got)
		}
	}
	if got := swept(t, rendered(retention(91, 14, "dev")), repository, manifest("a", 9000, "ci-1-a", "ci-2-a"), manifest("b", 3)); got != "@b" {
		t.Error(got)
	}
}

// TestRules: each that keeps is about a tag of some pipeline, each that deletes
// about candidates or previews, however many environments there are.
func TestRules(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 3, 12, 60} {
		var names []string
		for i := range n {
			names = append(names, fmt.Sprintf("environment-%d", i))
		}
		names = append(names, "shared", "c", "9-west")
		r := retention(30, 14, names...)
		policies := rendered(r)
		p, ds := read(r, policies)
		if len(ds) > 0 {
			t.Fatal(n, ds)
		}
		var tags []string
		for _, e := range names {
			tags = append(tags, produced(e)...)
		}
		for _, rule := range p.Rules {
			is := slices.ContainsFunc(tags, rule.Tag)
			if is != rule.Keeps || rule.Keeps == (rule.Tag("ci-1-abc") || rule.Tag("pr-1-abc")) || rule.Line == 0 || !rule.Repository(repository) {
				t.Errorf("%d: %+v", n, rule)
			}
		}
		for _, tag := range tags {
			kept := slices.ContainsFunc(p.Rules, func(rule sweep.Rule) bool { return rule.Keeps && rule.File == protectionFile && rule.Tag(tag) })
			if kept == strings.HasPrefix(tag, "sha256-") {
				t.Errorf("%d environments: %s is protected: %v", n, tag, kept)
			}
		}
		if got := swept(t, policies, repository, manifest("a", 360, append([]string{"ci-1-a"}, produced("c")...)...), manifest("b", 2, "ci-2-a")); got != "ci-1-a" {
			t.Error(n, got)
		}
	}
}

// TestSemantics has GitLab's, by policies that Penstock does not write.
func TestSemantics(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		keep               int
		older, name, keeps string
		protection, want   string
	}{
		{1, "7d", "ci-.*", "", "", "ci-1 ci-2"},
		{1, "7d", "ci-", "", "", ""},                                // the whole tag
		{1, "7d", "ci-.*|pr-.*", "", "", "ci-1 ci-2 pr-1"},          // \Aci-.*|pr-.*\z
		{1, "7d", "ci|prod", "", "", "ci-1 ci-2 my-prod prod"},      // begins with ci, or ends with prod
		{1, "7d", ".*", "pr.*", "", "1.0.0 ci-1 ci-2 my-prod"},      // latest stays
		{1, "7d", ".*", "prod|pr-1", "", "1.0.0 ci-1 ci-2 my-prod"}, // begins with prod, or ends with pr-1
		{1, "14d", "ci-.*", "", "", "ci-1"},                         // at 14 days sharp one stays
		{5, "7d", "ci-.*", "", "", ""},                              // of those that match
		{5, "7d", ".*", "", "", "my-prod prod"},                     // newest first
		{1, "7d", ".*", "", `"prod$"`, "1.0.0 ci-1 ci-2 pr-1"},      // anywhere
		{1, "7d", ".*", "", `"^[0-9]+\\."`, "ci-1 ci-2 my-prod pr-1 prod"},
	} {
		policies := map[string][]byte{
			cleanupFile:    fmt.Appendf(nil, `{"container_expiration_policy_attributes":{"enabled":true,"cadence":"1d","keep_n":%d,"older_than":%q,"name_regex":%q,"name_regex_keep":%q}}`, c.keep, c.older, c.name, c.keeps),
			protectionFile: []byte("[]"),
		}
		if c.protection != "" {
			policies[protectionFile] = []byte(`[{"tag_name_pattern":` + c.protection + `,"immutable":true}]`)
		}
		all := manifest("a", 400)
		for tag, age := range map[string]int{"ci-3": 2, "ci-2": 14, "ci-1": 15, "1.0.0": 16, "pr-1": 20, "prod": 21, "my-prod": 22, "latest": 300} {
			all.Tags = append(all.Tags, sweep.Tag{Name: tag, TaggedAt: since(age)})
		}
		slices.SortFunc(all.Tags, func(a, b sweep.Tag) int { return strings.Compare(a.Name, b.Name) })
		if got := swept(t, policies, repository, all); got != c.want {
			t.Errorf("%+v: got %q", c, got)
		}
	}
}

// TestBroken: files that were edited into nonsense.
func TestBroken(t *testing.T) {
	t.Parallel()
	good := rendered(retention(30, 14, "dev"))
	attributes := func(edit ...string) string {
		return strings.NewReplacer(edit...).Replace(string(good[cleanupFile]))
	}
	rule := func(fields string) string { return "[\n{" + fields + `,"minimum_access_level_for_delete":"owner"}]` }
	for _, c := range []struct{ name, file, want string }{
		{cleanupFile, "", "EOF"},
		{cleanupFile, "{}", "has no container_expiration_policy_attributes"},
		{cleanupFile, `{"container_expiration_policy_attributes":{}}`, "does not say whether"},
		{cleanupFile, `{"container_expiration_policy_attributes":{"enabled":true,"cadence":"1d"}}`, "is enabled without"},
		{cleanupFile, attributes(`"1d"`, `"2d"`), "json:2:3: needs a cadence"},
		{cleanupFile, attributes(`"30d"`, `"21d"`), "older_than that GitLab does not have"},
		{cleanupFile, attributes(`"keep_n": 1`, `"keep_n": 2`), "keep_n that GitLab does not have"},
		{cleanupFile, attributes(`"keep_n": 1`, `"keep_n": null`), "is enabled without"},
		{cleanupFile, attributes(`"(?:ci-`, `"(?:ci-(`), "name_regex that is no regular expression"},
		{cleanupFile, attributes(`record-`, strings.Repeat("r", 300)), "name_regex_keep of more than 255"},
		{cleanupFile, attributes(`"cadence"`, `"tempo"`), `unknown field "tempo"`},
		{cleanupFile, attributes(`true`, `"yes"`), "json:3:"},
		{protectionFile, "null", "is no list"},
		{protectionFile, "{}", "cannot be read"},
		{protectionFile, "[null]", "has no pattern"},
		{protectionFile, rule(`"tag_name_pattern":"^prod","minimum_access_level_for_push":"developer"`), `json:2:1: rule "^prod" has the role "developer"`},
		{protectionFile, rule(`"tag_name_pattern":"^prod"`), `has the role ""`},
		{protectionFile, rule(`"tag_name_pattern":"^prod","immutable":true`), "is immutable"},
		{protectionFile, rule(`"tag_name_pattern":"(prod","minimum_access_level_for_push":"owner"`), "no regular expression"},
		{protectionFile, rule(`"tag_name_pattern":"` + strings.Repeat("a", 101) + `","minimum_access_level_for_push":"owner"`), "more than 100"},
		{protectionFile, `[{"tag_name_pattern":"a","immutable":true},{"tag_name_pattern":"a","immutable":true}]`, "or another one's"},
		{protectionFile, strings.Repeat(`{"tag_name_pattern":"a","immutable":true},`, 6), "cannot be read"},
		{protectionFile, "[" + `{"tag_name_pattern":"1","immutable":true},{"tag_name_pattern":"2","immutable":true},{"tag_name_pattern":"3","immutable":true},
		{"tag_name_pattern":"4","immutable":true},{"tag_name_pattern":"5","immutable":true},
		{"tag_name_pattern":"6","immutable":true}]`, "json:3:3: is one rule more"},
	} {
		policies := rendered(retention(30, 14, "dev"))
		policies[c.name] = []byte(c.file)
		_, ds := read(retention(30, 14, "dev"), policies)
		if len(ds) == 0 || !strings.Contains(ds.String(), c.want) || ds[0].Fix == "" || ds[0].Where.File != c.name {
			t.Errorf("%s: %v, want %q", c.file, ds, c.want)
		}
	}
	if _, ds := read(retention(30, 14, "dev"), nil); len(ds) != 2 {
		t.Error(ds)
	}
	for name, data := range good { // no edit panics
		for i := range data {
			for _, b := range []string{"", "(", `"`, "]", "|", "\\\\"} {
				policies := rendered(retention(30, 14, "dev"))
				policies[name] = []byte(string(data[:i]) + b + string(data[i+1:]))
				if p, ds := read(retention(30, 14, "dev"), policies); len(ds) == 0 {
					p.Sweep(&sweep.Repository{Name: repository, Manifests: []sweep.Manifest{manifest("a", 900, "ci-1")}}, now)
				}
			}
		}
	}
}

// TestAlternatives: each is anchored as it is in the whole.
func TestAlternatives(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]string{
		"(?:a|b|(?:c|d)[|)])": "a b (?:c|d)[|)]",
		"(?:a)|(?:b)":         "(?:a) (?:b)",
		`a\||b`:               `a\| b`,
		"[]|]x|y":             "[]|]x y",
		"":                    "",
		"(?:a|b":              "",
	} {
		var got []string
		for _, a := range alternatives(pattern) {
			got = append(got, a.text)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q", pattern, got)
		}
	}
	if a := alternatives("dev|prod"); !a[0].is.MatchString("developer") || !a[1].is.MatchString("my-prod") || a[1].is.MatchString("production") {
		t.Error("anchored otherwise than GitLab does")
	}
	if a := alternatives("(?:dev|prod)"); a[0].is.MatchString("developer") || a[1].is.MatchString("my-prod") {
		t.Error("not anchored")
	}
}

// TestLarge is a repository of 100,000 tags.
func TestLarge(t *testing.T) {
	t.Parallel()
	r := retention(30, 14, "dev", "prod")
	p, _ := read(r, rendered(r))
	repo := &sweep.Repository{Name: repository}
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
