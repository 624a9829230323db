package gar

import (
	"fmt"
	"strings"
	"time"

	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/registry"
	"github.com/penstock-dev/penstock/internal/registry/sweep"
)

// cleanupFile is the list of cleanup policies of the repository of releases, as
// "gcloud artifacts repositories set-cleanup-policies --policy" takes it. What
// environments read is in repositories without policies: nothing is deleted there.
//
// No repository has immutable_tags (see identity in setup.go): it is on or off for
// a whole repository. On that of releases it would keep every ci-* and pr-* for
// ever, since no policy deletes a version with an immutable tag, and on what
// environments read their tag could not move. Whoever switches it on has nothing
// deleted; the sweep below takes it as off, which is the worst case.
const cleanupFile = "cleanup-releases.json"

// mostPolicies are as many as a repository takes: "Artifact Registry quotas".
const mostPolicies = 10

// policy is one of them: "Configure cleanup policies", read 2026-11-22.
type policy struct {
	Name      string    `json:"name"`
	Action    action    `json:"action"`
	Condition *criteria `json:"condition,omitempty"`
	Recent    *recent   `json:"mostRecentVersions,omitempty"`
}

type action struct {
	Type string `json:"type"`
}

// criteria: all that is set has to hold; of a list, one is enough.
type criteria struct {
	TagState  string   `json:"tagState,omitempty"`
	Tags      []string `json:"tagPrefixes,omitempty"`
	Versions  []string `json:"versionNamePrefixes,omitempty"`
	Packages  []string `json:"packageNamePrefixes,omitempty"`
	OlderThan *string  `json:"olderThan,omitempty"`
	NewerThan *string  `json:"newerThan,omitempty"`

	older, newer *time.Duration
}

type recent struct {
	Keep     int      `json:"keepCount"`
	Packages []string `json:"packageNamePrefixes,omitempty"`
}

// files render the policies, those that keep in front of those that delete: a
// version that one of them is about stays. Prefixes of one list are ORed, so all
// environments are one policy, however many they are. A prefix catches more than
// its tag, "prod" also "prod-old": that is harmless in a policy that keeps. All
// releases stay: a count is refused by the contract.
func files(r registry.Retention) []registry.File {
	var list []policy
	add := func(name, kind, older string, prefixes ...string) {
		c := &criteria{TagState: "tagged", Tags: prefixes}
		if older != "" {
			c.OlderThan = &older
		}
		list = append(list, policy{Name: name, Action: action{kind}, Condition: c})
	}
	if names := r.Sharing(); len(names) > 0 {
		add("keep-environments", "Keep", "", environmentPrefixes(names)...)
		add("keep-records", "Keep", "", registry.RecordPrefix)
	}
	add("keep-releases", "Keep", "", strings.Split(registry.Digits, "")...)
	add("keep-signatures", "Keep", "", registry.SignaturePrefix)
	add("delete-previews", "Delete", fmt.Sprintf("%dd", r.Previews), registry.PreviewPrefix)
	add("delete-candidates", "Delete", fmt.Sprintf("%dd", r.Candidates), registry.CandidatePrefix)
	return []registry.File{{Name: cleanupFile, Data: registry.JSON(list)}}
}

// environmentPrefixes are those of the environments' tags and claims. The name of
// an environment that begins a class that goes, such as "p", would keep that
// class: then it is that of its claims alone, one of which is on every digest
// that its tag is on.
func environmentPrefixes(names []string) []string {
	var prefixes []string
	for _, e := range names {
		if strings.HasPrefix(registry.CandidatePrefix, e) || strings.HasPrefix(registry.PreviewPrefix, e) {
			e += "-"
		}
		prefixes = append(prefixes, e)
	}
	return prefixes
}

// read reads the policies back.
func read(r registry.Retention, files map[string][]byte) (sweep.Policy, diag.List) {
	var list []policy
	ds := registry.ReadJSON(cleanupFile, files, &list)
	if len(ds) == 0 && list == nil {
		ds.Add(diag.Where{File: cleanupFile, Line: 1}, "is no list of policies", `restore it with "penstock generate"`)
	}
	if len(ds) > 0 {
		return sweep.Policy{}, ds
	}
	data, seen := files[cleanupFile], map[string]bool{}
	p := sweep.Policy{}
	for i, at := range registry.Items(data) {
		one, place := &list[i], registry.PlaceIn(cleanupFile, data, at)
		found := one.faults(seen)
		if i == mostPolicies {
			found = append(found, fmt.Sprintf("is one policy more than the %d that a repository takes", mostPolicies))
		}
		for _, what := range found {
			ds.Add(place, what, `Artifact Registry refuses the policies: restore them with "penstock generate"`)
		}
		p.Rules = append(p.Rules, one.rules(r, place.Line)...)
	}
	p.Sweep = func(repo *sweep.Repository, now time.Time) *sweep.Verdicts {
		v := sweep.Begin(repo)
		if r.OfReleases(repo.Name) {
			clean(list, repo, strings.TrimPrefix(repo.Name, r.ReleasesRoot()), now, v)
		}
		return v
	}
	return p, ds
}

// rules are one for each prefix, so that each is seen to be about a tag; the
// digits that begin a release are one class.
func (p *policy) rules(r registry.Retention, line int) []sweep.Rule {
	about := func(name string, prefixes []string) sweep.Rule {
		return sweep.Rule{
			File: cleanupFile, Name: name, Line: line, Keeps: p.keeps(),
			Repository: func(name string) bool {
				return r.OfReleases(name) && p.ofPackage(strings.TrimPrefix(name, r.ReleasesRoot()))
			},
			Tag: func(tag string) bool {
				untagged := p.Condition != nil && strings.EqualFold(p.Condition.TagState, "untagged")
				return !untagged && (len(prefixes) == 0 || begins(tag, prefixes))
			},
		}
	}
	if p.Condition == nil || len(p.Condition.Tags) == 0 {
		return []sweep.Rule{about(p.Name, nil)}
	}
	var list []sweep.Rule
	var digits []string
	for _, prefix := range p.Condition.Tags {
		switch {
		case len(prefix) == 1 && strings.Contains(registry.Digits, prefix):
			digits = append(digits, prefix)
		case len(p.Condition.Tags) == 1:
			list = append(list, about(p.Name, p.Condition.Tags))
		default:
			list = append(list, about(p.Name+" "+prefix, []string{prefix}))
		}
	}
	if digits != nil {
		list = append(list, about(p.Name, digits))
	}
	return list
}

func begins(text string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(text, p) {
			return true
		}
	}
	return false
}
