package gitlab

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/registry"
	"github.com/penstock-dev/penstock/internal/registry/sweep"
)

// cleanupFile are the attributes of the project, as "PUT /projects/:id" takes
// them, that delete old tags in all of its repositories.
const cleanupFile = "cleanup-policy.json"

type project struct {
	Policy *cleanup `json:"container_expiration_policy_attributes"`
}

// cleanup is a cleanup policy: gitlab-org/gitlab, container_expiration_policy.rb
// and cleanup_tags_base_service.rb, read 2026-12-01. A project has one, so all
// classes share an age.
type cleanup struct {
	Enabled   *bool   `json:"enabled"`
	Cadence   *string `json:"cadence,omitempty"`
	Keep      *int    `json:"keep_n,omitempty"`
	OlderThan *string `json:"older_than,omitempty"`
	Delete    *string `json:"name_regex,omitempty"`
	KeepNames *string `json:"name_regex_keep,omitempty"`
}

// What GitLab takes, and nothing between.
func ages() []int        { return []int{7, 14, 30, 90} } // days
func counts() []int      { return []int{1, 5, 10, 25, 50, 100} }
func cadences() []string { return []string{"1d", "7d", "14d", "1month", "3month"} }

// mostName is how long name_regex and name_regex_keep may be.
//
// [M] From the form of the settings; the API may take more. Live:
// glab api --method PUT projects/ID --input FILE, with a longer one.
const mostName = 255

// Age is the age, in days, at which tags of both classes go: the next that GitLab
// has, not below what either asks for. 0: it has none that is long enough, so that
// nothing is deleted.
func Age(candidates, previews int) int {
	want := max(candidates, previews)
	if i := slices.IndexFunc(ages(), func(days int) bool { return days >= want }); i >= 0 {
		return ages()[i]
	}
	return 0
}

// files render the policy and what protects tags from it. A policy that deletes
// nothing is written as such: a project may have one in force. Of the classes that
// go the newest tag of each repository stays, the least that GitLab's form can say.
func files(r registry.Retention) []registry.File {
	c := cleanup{Enabled: new(bool)}
	if age := Age(r.Candidates, r.Previews); age > 0 {
		*c.Enabled = true
		days := fmt.Sprintf("%dd", age)
		one, daily := counts()[0], cadences()[0]
		names := "(?:" + registry.CandidatePrefix + ".*|" + registry.PreviewPrefix + ".*)"
		keep := keepNames(r.Sharing())
		c.Cadence, c.Keep, c.OlderThan, c.Delete, c.KeepNames = &daily, &one, &days, &names, &keep
	}
	return registry.Sorted(
		registry.File{Name: cleanupFile, Data: registry.JSON(project{&c})},
		registry.File{Name: protectionFile, Data: registry.JSON(protections(r))},
	)
}

// others is whatever begins with no class that goes.
const others = "(?:[^cp]|c[^i]|p[^r]|ci[^-]|pr[^-]).*"

// keepNames matches all other classes. Where the environments' names are too
// long for that, it is whatever does not begin as those that go.
func keepNames(environments []string) string {
	classes := []string{`[0-9]+\.[0-9]+\.[0-9]+.*`}
	for _, e := range environments {
		classes = append(classes, regexp.QuoteMeta(e)+"(?:-.*)?")
	}
	classes = append(classes, registry.RecordPrefix+".*", registry.SignaturePrefix+".*")
	if all := "(?:" + strings.Join(classes, "|") + ")"; len(all) <= mostName {
		return all
	}
	return others
}

// read reads both files back.
func read(r registry.Retention, files map[string][]byte) (sweep.Policy, diag.List) {
	var p project
	ds := registry.ReadJSON(cleanupFile, files, &p)
	at := registry.Find(cleanupFile, files[cleanupFile], `"container_expiration_policy_attributes"`, 0)
	if len(ds) == 0 && p.Policy == nil {
		ds.Add(at, "has no container_expiration_policy_attributes", `restore it with "penstock generate"`)
	}
	guards, found := readProtections(files)
	ds = append(ds, found...)
	if p.Policy == nil {
		return sweep.Policy{}, ds
	}
	for _, what := range p.Policy.faults() {
		ds.Add(at, what, `GitLab refuses the policy: restore it with "penstock generate"`)
	}
	if len(ds) > 0 {
		return sweep.Policy{}, ds
	}
	policy := sweep.Policy{Rules: guardRules(r, guards)}
	e := expiry{protections: guards}
	if *p.Policy.Enabled {
		e.enabled = true
		e.keep = deref(p.Policy.Keep)
		e.older = days(deref(p.Policy.OlderThan))
		e.delete, _ = compile(deref(p.Policy.Delete))
		e.keeps, _ = compile(deref(p.Policy.KeepNames))
		policy.Rules = append(policy.Rules, p.Policy.rules(r, files[cleanupFile])...)
	}
	policy.Sweep = func(repo *sweep.Repository, now time.Time) *sweep.Verdicts {
		v := sweep.Begin(repo)
		if r.OfReleases(repo.Name) {
			e.sweep(repo, now, v)
		}
		return v
	}
	return policy, ds
}

// compile anchors a pattern as GitLab does: without a group, so that of
// alternatives the first is anchored at the start alone, and the last at the end.
func compile(pattern string) (*regexp.Regexp, error) {
	return regexp.Compile(`\A` + pattern + `\z`)
}

// faults are why GitLab would refuse a policy.
func (c *cleanup) faults() (found []string) {
	say := func(bad bool, what string) {
		if bad {
			found = append(found, what)
		}
	}
	if c.Enabled == nil {
		return []string{"does not say whether it is enabled"}
	}
	age := func(text string) bool { return days(text) > 0 }
	say(*c.Enabled && c.Cadence == nil || c.Cadence != nil && !slices.Contains(cadences(), *c.Cadence), "needs a cadence that GitLab has: "+strings.Join(cadences(), ", "))
	say(c.Keep != nil && !slices.Contains(counts(), *c.Keep), "has a keep_n that GitLab does not have: "+strings.Trim(fmt.Sprint(counts()), "[]"))
	say(c.OlderThan != nil && !age(*c.OlderThan), "has an older_than that GitLab does not have: 7d 14d 30d 90d")
	// A field that is left out keeps what the project had.
	say(*c.Enabled && (c.OlderThan == nil || c.Keep == nil || c.Delete == nil || c.KeepNames == nil), "is enabled without older_than, keep_n, name_regex or name_regex_keep")
	pattern := func(name string, text *string) {
		if text == nil {
			return
		}
		_, err := compile(*text)
		_, alone := regexp.Compile(*text)
		say(err != nil || alone != nil, "has a "+name+" that is no regular expression of RE2")
		say(len(*text) > mostName, fmt.Sprintf("has a %s of more than %d characters", name, mostName))
	}
	pattern("name_regex", c.Delete)
	pattern("name_regex_keep", c.KeepNames)
	return found
}

// days reads one of GitLab's ages; 0: it is none.
func days(text string) time.Duration {
	for _, n := range ages() {
		if text == fmt.Sprintf("%dd", n) {
			return time.Duration(n) * 24 * time.Hour
		}
	}
	return 0
}

// rules are one for each alternative, so that each is seen to be about a tag.
func (c *cleanup) rules(r registry.Retention, data []byte) (list []sweep.Rule) {
	for _, field := range []struct {
		name, pattern string
		keeps         bool
	}{{"name_regex_keep", *c.KeepNames, true}, {"name_regex", *c.Delete, false}} {
		line := registry.Find(cleanupFile, data, `"`+field.name+`"`, 0).Line
		for _, one := range alternatives(field.pattern) {
			name := field.name
			if one.text != field.pattern {
				name += " " + one.text
			}
			list = append(list, sweep.Rule{File: cleanupFile, Name: name, Line: line, Keeps: field.keeps, Repository: r.OfReleases, Tag: one.is.MatchString})
		}
	}
	return list
}

func deref[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}
