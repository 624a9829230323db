package zot

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/penstock-dev/penstock/internal/registry"
)

// retentionFile is the part of zot's configuration that deletes: below storage.
const retentionFile = "retention.json"

// configuration is that part: zot's documentation, "Configuring zot Tag Retention
// Policies", and pkg/api/config, read 2026-11-22.
type configuration struct {
	Storage storage `json:"storage"`
}

type storage struct {
	GC        bool      `json:"gc"`
	Delay     duration  `json:"gcDelay"`
	Interval  duration  `json:"gcInterval"`
	Retention retention `json:"retention"`
}

type retention struct {
	DryRun   bool        `json:"dryRun"`
	Delay    duration    `json:"delay"`
	Policies []tagPolicy `json:"policies"`
}

// tagPolicy is that of the repositories that it is the first to fit.
type tagPolicy struct {
	Repositories    []string `json:"repositories"`
	DeleteReferrers bool     `json:"deleteReferrers"`
	// DeleteUntagged: left out it is true.
	DeleteUntagged *bool   `json:"deleteUntagged,omitempty"`
	KeepTags       []entry `json:"keepTags,omitempty"`
	// KeepUntagged is there since 2.1.19.
	KeepUntagged *limits `json:"keepUntagged,omitempty"`
}

// entry keeps the tags that it is the first to fit. A tag that none fits is
// deleted.
type entry struct {
	Patterns []string `json:"patterns,omitempty"`
	limits
	compiled []*regexp.Regexp
}

// limits: what meets one of them is kept, and all where there is none.
type limits struct {
	PushedCount  int      `json:"mostRecentlyPushedCount,omitempty"`
	PulledCount  int      `json:"mostRecentlyPulledCount,omitempty"`
	PushedWithin duration `json:"pushedWithin,omitempty"`
	PulledWithin duration `json:"pulledWithin,omitempty"`
}

func (l limits) none() bool { return l == limits{} }

// duration is one as Go writes it.
type duration string

// of is what read found good.
func (d duration) of() time.Duration {
	n, err := time.ParseDuration(string(d))
	if err != nil {
		return 0
	}
	return n
}

func days(n int) duration { return duration(fmt.Sprintf("%dh", 24*n)) }

// race is how long nothing is deleted: design section 5.
const race duration = "48h"

// releasePattern fits releases and pre-releases.
const releasePattern = `^[0-9]+\.[0-9]+\.[0-9]+(-|$)`

// files render the configuration. Patterns are not anchored by zot, so that each
// is here. What has no tag stays: zot would spare children and what is about a
// digest, but not a digest without either. What is about something that is gone
// goes after the delay.
//
// Whether zot takes it, and what a run would delete, with zot stopped:
// zot verify /etc/zot/config.json
// zot verify-feature retention /etc/zot/config.json
func files(r registry.Retention) []registry.File {
	no := false
	keep := func(pattern string) entry { return entry{Patterns: []string{pattern}} }
	within := func(pattern string, n int) entry {
		return entry{Patterns: []string{pattern}, limits: limits{PushedWithin: days(n)}}
	}
	releases := tagPolicy{Repositories: []string{below(r, r.ReleasesRoot())}, DeleteReferrers: true, DeleteUntagged: &no}
	add := func(e entry) { releases.KeepTags = append(releases.KeepTags, e) }
	// The first that fits counts: prod-eu and its claims stand before those of prod.
	shared := slices.Clone(r.Sharing())
	slices.SortStableFunc(shared, func(a, b string) int { return len(b) - len(a) })
	for _, e := range shared {
		add(keep("^" + regexp.QuoteMeta(e) + "$"))
		add(keep("^" + regexp.QuoteMeta(e) + "-"))
	}
	if len(shared) > 0 {
		add(keep("^" + registry.RecordPrefix))
	}
	add(keep("^" + registry.SignaturePrefix))
	add(entry{Patterns: []string{releasePattern}, limits: limits{PushedCount: r.Releases}})
	add(within("^"+registry.PreviewPrefix, r.Previews))
	add(within("^"+registry.CandidatePrefix, r.Candidates))
	add(keep(everything))
	policies := []tagPolicy{releases}
	if r.Layout == registry.PerEnvironment {
		own := tagPolicy{DeleteUntagged: &no} // without keepTags all tags stay
		for _, e := range r.Environments {
			own.Repositories = append(own.Repositories, below(r, r.EnvironmentRoot(e)))
		}
		policies = append(policies, own)
	}
	c := configuration{Storage: storage{
		GC: true, Delay: race, Interval: days(1),
		Retention: retention{Delay: race, Policies: policies},
	}}
	return []registry.File{{Name: retentionFile, Data: registry.JSON(c)}}
}

// everything is the last entry: no tag is in no class.
const everything = ".*"

// below is the pattern of the repositories TEAM/APP below a root: zot's are
// without host, and * ends at a slash.
func below(r registry.Retention, root string) string {
	return strings.TrimPrefix(root, r.Host+"/") + "*/*"
}
