// Package simulate runs a registry's policy files over a history of what it
// holds, with the product's own semantics, and says what breaks: the invariants
// of retention, which every rollback rests on.
package simulate

import (
	"fmt"
	"time"

	"github.com/penstock-dev/penstock/internal/registry"
	"github.com/penstock-dev/penstock/internal/registry/sweep"
)

// Youngest is the age below which nothing is deleted.
const Youngest = 48 * time.Hour

// Report is what a sweep does.
type Report struct {
	Repositories []Swept  `json:"repositories"`
	Breaches     []Breach `json:"breaches"`
}

// Swept is one repository after the sweep.
type Swept struct {
	Repository string          `json:"repository"`
	Verdicts   []sweep.Verdict `json:"verdicts"`
}

// Breach is a broken invariant.
type Breach struct {
	// Invariant is "rollback", "class", "age" or "rule".
	Invariant  string `json:"invariant"`
	Repository string `json:"repository,omitempty"`
	Digest     string `json:"digest,omitempty"`
	Tag        string `json:"tag,omitempty"`
	// File and Line are of the rule that it is about.
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
	What string `json:"what"`
}

// Run sweeps all repositories once, at a time.
func Run(r registry.Retention, p sweep.Policy, repos []sweep.Repository, now time.Time) Report {
	report := Report{Repositories: make([]Swept, 0, len(repos)), Breaches: rules(r, p)}
	for i := range repos {
		v := p.Sweep(&repos[i], now)
		report.Repositories = append(report.Repositories, Swept{repos[i].Name, v.List()})
		c := check{r: r, repo: &repos[i], v: v, now: now, seen: map[string]bool{}}
		c.run()
		report.Breaches = append(report.Breaches, c.breaches...)
	}
	return report
}

// check holds one repository after a sweep against the invariants.
type check struct {
	r        registry.Retention
	repo     *sweep.Repository
	v        *sweep.Verdicts
	now      time.Time
	breaches []Breach
	seen     map[string]bool // digests that were told of
}

func (c *check) run() {
	index := newIndex(c.repo)
	for _, n := range c.needed(index) {
		c.stays(index, n)
	}
	for i := range c.repo.Manifests {
		m := &c.repo.Manifests[i]
		gone := c.v.Gone(m.Digest)
		if gone && m.PushedAt != nil && c.now.Sub(*m.PushedAt) < Youngest {
			c.say("age", m.Digest, "", "was pushed "+m.PushedAt.Format(time.RFC3339)+", less than 48 hours ago, and is deleted")
		}
		for _, t := range m.Tags {
			if d := c.v.Of(m.Digest, t.Name); d.Outcome != sweep.Kept {
				c.tag(m, t, d)
			}
		}
		if !gone {
			c.parts(index, m)
		}
	}
}

// tag checks that a tag that goes is of a class that may.
func (c *check) tag(m *sweep.Manifest, t sweep.Tag, d sweep.Verdict) {
	class := ClassOf(t.Name, c.r.Environments)
	switch {
	case class == Candidate || class == Preview, class == Release && c.r.Releases > 0 && c.r.OfReleases(c.repo.Name):
	case class == Signature && c.v.Gone(sweep.Signs(t.Name)): // with what it signs
	default:
		c.say("class", m.Digest, t.Name, fmt.Sprintf("is %s, which nothing may delete, and is %s by %q: %s", class, d.Outcome, d.Rule, d.Why))
	}
}

// parts checks that what stays keeps its children and what is about it.
func (c *check) parts(x *index, m *sweep.Manifest) {
	if len(m.Tags) == 0 || c.v.Bare(m) {
		return
	}
	for _, p := range x.parts(m.Digest) {
		if c.v.Gone(p.digest) && x.ByDigest[p.digest] != nil {
			c.say("rollback", p.digest, "", fmt.Sprintf("is %s %s, which stays, and is deleted by %q", p.what, m.Digest, c.v.Of(p.digest, "").Rule))
		}
	}
}

func (c *check) say(invariant, digest, tag, what string) {
	key := invariant + digest + " " + tag
	if c.seen[key] {
		return
	}
	c.seen[key] = true
	c.breaches = append(c.breaches, Breach{Invariant: invariant, Repository: c.repo.Name, Digest: digest, Tag: tag, What: what})
}
