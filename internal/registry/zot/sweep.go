package zot

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/penstock-dev/penstock/internal/registry/sweep"
)

// sweep is one run of zot's garbage collection over a repository: pkg/retention
// and pkg/storage/gc, read 2026-11-22 and again 2026-12-01.
//
// zot keeps a tag of which it has no statistics, and without its database of
// metadata it looks at names alone. Neither is counted on: the worst is taken.
func (s *storage) sweep(repo *sweep.Repository, name string, now time.Time) *sweep.Verdicts {
	v := sweep.Begin(repo)
	if !s.GC || s.Retention.DryRun {
		return v
	}
	p := s.policyOf(name)
	if p == nil {
		p = &tagPolicy{}
	}
	c := &collection{repo: repo, v: v, now: now, delay: s.Retention.Delay.of(), gcDelay: s.Delay.of()}
	c.untag(p)
	for again := true; again; {
		again = p.DeleteReferrers && c.orphans()
		if p.DeleteUntagged == nil || *p.DeleteUntagged {
			again = c.untagged(p.KeepUntagged) || again
		}
	}
	return v
}

type collection struct {
	repo           *sweep.Repository
	v              *sweep.Verdicts
	now            time.Time
	delay, gcDelay time.Duration
}

// candidate is a tag, or a manifest without one. Its times are those of the
// digest, from its first push on: a tag that moves renews nothing.
type candidate struct {
	m              *sweep.Manifest
	tag            string
	pushed, pulled time.Duration // ago
}

func (c *collection) candidate(m *sweep.Manifest, tag string) candidate {
	return candidate{m, tag, sweep.Age(m.PushedAt, c.now), sweep.Age(m.LastPulledAt, c.now)}
}

// untag takes the tags that no entry keeps. A manifest that loses its last tag is
// out of the repository's index at once, whatever is said of those without a tag.
//
// Not sure: that is so for one that an index still lists, too: its layers go, and
// what the index lists cannot be pulled. Push an index and one of its manifests
// with a tag ci-1-0000000, wait, and: crane validate --remote HOST/NAME:INDEX
func (c *collection) untag(p *tagPolicy) {
	if len(p.KeepTags) == 0 {
		return
	}
	groups := make([][]candidate, len(p.KeepTags))
	for i := range c.repo.Manifests {
		m := &c.repo.Manifests[i]
		for _, t := range m.Tags {
			if at := p.entryOf(t.Name); at >= 0 {
				groups[at] = append(groups[at], c.candidate(m, t.Name))
			} else {
				c.v.SayTag(t.Name, sweep.Untagged, noEntry, "the tag is in no class that stays")
			}
		}
	}
	for i, group := range groups {
		e := &p.KeepTags[i]
		name, kept := e.name(), e.keep(group)
		for _, one := range group {
			if kept[one] {
				c.v.SayTag(one.tag, sweep.Kept, name, "kept")
			} else {
				c.v.SayTag(one.tag, sweep.Untagged, name, "met none of its limits")
			}
		}
	}
	for i := range c.repo.Manifests {
		if m := &c.repo.Manifests[i]; len(m.Tags) > 0 {
			rule := c.v.Of("", m.Tags[0].Name).Rule
			if c.v.Bare(m) {
				c.v.Say(m, sweep.Deleted, rule, "its last tag went")
			}
		}
	}
}

// keep are those that meet one of the limits.
func (l limits) keep(group []candidate) map[candidate]bool {
	kept := make(map[candidate]bool, len(group))
	top := func(n int, ago func(candidate) time.Duration) {
		if n == 0 {
			return
		}
		sorted := slices.Clone(group)
		slices.SortStableFunc(sorted, func(a, b candidate) int { return cmp.Compare(ago(a), ago(b)) })
		for _, one := range sorted[:min(n, len(sorted))] {
			kept[one] = true
		}
	}
	top(l.PushedCount, func(one candidate) time.Duration { return one.pushed })
	top(l.PulledCount, func(one candidate) time.Duration { return one.pulled })
	pushed, pulled := l.PushedWithin.of(), l.PulledWithin.of() // 0: nothing is
	for _, one := range group {
		if l.none() || one.pushed < pushed || min(one.pushed, one.pulled) < pulled {
			kept[one] = true
		}
	}
	return kept
}

// orphans takes what is about a digest that is not there, after the delay. With
// more than one tag it stays.
func (c *collection) orphans() (took bool) {
	for i := range c.repo.Manifests {
		m := &c.repo.Manifests[i]
		if c.v.Gone(m.Digest) {
			continue
		}
		age, tags := sweep.Age(m.PushedAt, c.now), c.tags(m)
		switch {
		case len(tags) > 1:
		case m.Subject != "" && c.v.Gone(m.Subject) && age >= c.delay:
			c.v.Say(m, sweep.Deleted, "deleteReferrers", "it is about "+m.Subject+", which is not there")
			took = true
		case len(tags) == 1 && signature(tags[0]) && c.v.Gone(sweep.Signs(tags[0])) && age >= c.gcDelay:
			c.v.Say(m, sweep.Deleted, "deleteReferrers", "it is about "+sweep.Signs(tags[0])+", which is not there")
			took = true
		}
	}
	return took
}

// signature reports a tag that zot knows as one of cosign's. The fallback tag and
// attestations are none.
func signature(tag string) bool {
	return sweep.Signs(tag) != "" && (strings.HasSuffix(tag, ".sig") || strings.HasSuffix(tag, ".sbom"))
}

// tags are those that stayed.
func (c *collection) tags(m *sweep.Manifest) (tags []string) {
	for _, t := range m.Tags {
		if c.v.Of(m.Digest, t.Name).Outcome == sweep.Kept {
			tags = append(tags, t.Name)
		}
	}
	return tags
}

// untagged takes what has no tag, is about nothing, and is in no index that
// stays, after the delay and where keepUntagged does not keep it.
func (c *collection) untagged(keep *limits) (took bool) {
	held := c.v.Held()
	var group []candidate
	for i := range c.repo.Manifests {
		m := &c.repo.Manifests[i]
		if c.v.Gone(m.Digest) || held[m.Digest] || m.Subject != "" || !c.v.Bare(m) {
			continue
		}
		group = append(group, c.candidate(m, ""))
	}
	kept := map[candidate]bool{}
	if keep != nil {
		kept = keep.keep(group)
	}
	for _, one := range group {
		if !kept[one] && one.pushed >= c.delay {
			c.v.Say(one.m, sweep.Deleted, "deleteUntagged", "no tag, and nothing that stays is on it")
			took = true
		}
	}
	return took
}
