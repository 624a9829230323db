package acr

import (
	"cmp"
	"slices"
	"time"

	"github.com/penstock-dev/penstock/internal/registry/sweep"
)

// sweep is what acr-cli does (cfbb835, read 2026-11-22): tags that a filter
// matches, newest first, are removed when they are old enough, but for the first
// so many of those. A digest stays unless --untagged is given.
//
// Locks are not in a history: nothing is locked, which is the worst case.
func (p purge) sweep(repo *sweep.Repository, path string, now time.Time, v *sweep.Verdicts) {
	var filters []filter
	for _, f := range p.filters {
		if f.repository.MatchString(path) {
			filters = append(filters, f)
		}
	}
	if len(filters) == 0 || p.dry {
		return
	}
	eligible := p.eligible(repo, filters, now, v)
	slices.SortStableFunc(eligible, func(a, b oldTag) int { return cmp.Compare(a.age, b.age) })
	for i, e := range eligible {
		name := cmp.Or(p.name, e.filter)
		if i < p.keep {
			v.SayTag(e.tag, sweep.Kept, name, "among the newest that --keep leaves")
		} else {
			v.SayTag(e.tag, sweep.Untagged, name, "the filter matches it, and it is old")
		}
	}
	if p.untagged {
		// --ago counts here from acr-cli 0.18 on only: the worst is assumed. Referrers
		// are deleted by the registry with what they are about.
		v.Collect("--untagged", func(m *sweep.Manifest) bool { return m.Subject == "" })
		v.Follow("with its subject")
	}
}

type oldTag struct {
	tag, filter string
	age         time.Duration
}

// eligible are the tags that a filter matches and that are old. acr-cli joins the
// filters of a repository with "|": any of them.
func (p purge) eligible(repo *sweep.Repository, filters []filter, now time.Time, v *sweep.Verdicts) (list []oldTag) {
	for i := range repo.Manifests {
		m := &repo.Manifests[i]
		for _, t := range m.Tags {
			age := sweep.Age(m.Moved(t), now)
			if age <= p.ago || v.Of(m.Digest, t.Name).Outcome != sweep.Kept {
				continue
			}
			if i := slices.IndexFunc(filters, func(f filter) bool { return f.tag.MatchString(t.Name) }); i >= 0 {
				list = append(list, oldTag{t.Name, filters[i].text, age})
			}
		}
	}
	return list
}
