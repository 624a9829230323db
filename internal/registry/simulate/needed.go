package simulate

import (
	"fmt"

	"github.com/penstock-dev/penstock/internal/registry/sweep"
	"github.com/penstock-dev/penstock/internal/release/promotion"
)

// need is a digest that must stay, a tag that must where it has one, and why.
type need struct{ digest, tag, why string }

// needed lists what an environment runs, what it can go back to and what Git
// pins.
func (c *check) needed(x *index) []need {
	environments := c.r.Sharing()
	if e := c.r.EnvironmentOf(c.repo.Name); e != "" {
		environments = []string{e}
	}
	var needs []need
	for _, e := range environments {
		needs = append(needs, c.candidates(x, e)...)
	}
	pinned := map[[2]string]int{}
	seen := map[[3]string]bool{}
	for _, p := range c.repo.Pins { // newest first
		of := [2]string{p.App, p.Environment}
		if key := [3]string{p.App, p.Environment, p.Digest}; !seen[key] {
			seen[key] = true
			pinned[of]++
		}
		switch {
		case p.Current:
			needs = append(needs, need{p.Digest, "", "Git pins it for " + p.Environment})
		case pinned[of] <= c.r.Promotions:
			needs = append(needs, need{p.Digest, "", fmt.Sprintf("it is candidate %d to go back to in %s", pinned[of], p.Environment)})
		}
	}
	return needs
}

// candidates are what an environment runs and could go back to: the newest
// digests that counted, with the claims that say so.
func (c *check) candidates(x *index, environment string) []need {
	var needs []need
	if digest, ok := x.tags[environment]; ok {
		needs = append(needs, need{digest, environment, environment + " runs it"})
	}
	claims, _ := promotion.Claims(x.names, environment)
	moves := promotion.Fold(claims).Moves
	counted := map[string]bool{}
	for i := len(moves) - 1; i >= 0 && len(counted) <= c.r.Promotions; i-- {
		m := moves[i]
		digest := x.tags[m.Tag()]
		runs := m.Action == promotion.ActionPromotion || m.Action == promotion.ActionRollback
		if !m.Counts || !runs || counted[digest] {
			continue
		}
		counted[digest] = true
		if len(counted) > c.r.Promotions {
			break
		}
		why := fmt.Sprintf("it is candidate %d to go back to in %s", len(counted), environment)
		needs = append(needs, need{digest, m.Tag(), why})
		if record, ok := x.tags[m.RecordTag()]; ok {
			needs = append(needs, need{record, m.RecordTag(), "it is the record of " + m.Tag()})
		}
	}
	return needs
}

// stays checks one of them.
func (c *check) stays(x *index, n need) {
	if x.ByDigest[n.digest] == nil {
		return // lost before this sweep
	}
	if c.v.Gone(n.digest) {
		c.say("rollback", n.digest, n.tag, fmt.Sprintf("is deleted by %q, and %s", c.v.Of(n.digest, "").Rule, n.why))
		return
	}
	if n.tag != "" && c.v.Of(n.digest, n.tag).Outcome != sweep.Kept {
		c.say("rollback", n.digest, n.tag, fmt.Sprintf("is untagged by %q, and %s", c.v.Of(n.digest, n.tag).Rule, n.why))
	}
	for _, p := range x.parts(n.digest) {
		if x.ByDigest[p.digest] != nil && c.v.Gone(p.digest) {
			c.say("rollback", p.digest, "", fmt.Sprintf("is %s %s and is deleted by %q, and of that %s", p.what, n.digest, c.v.Of(p.digest, "").Rule, n.why))
		}
	}
}

// index is what manifests have to do with each other, and the tags.
type index struct {
	*sweep.Linked
	tags  map[string]string // digest by tag
	names []string          // of tags
}

func newIndex(r *sweep.Repository) *index {
	x := &index{Linked: sweep.Links(r), tags: map[string]string{}}
	for i := range r.Manifests {
		for _, t := range r.Manifests[i].Tags {
			x.tags[t.Name] = r.Manifests[i].Digest
			x.names = append(x.names, t.Name)
		}
	}
	return x
}

type part struct{ digest, what string }

// parts are all that a manifest is not whole without: children, and what is
// about it or about one of those.
func (x *index) parts(digest string) []part {
	var list []part
	seen := map[string]bool{digest: true}
	todo := []string{digest}
	for len(todo) > 0 {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		add := func(d, what string) {
			if !seen[d] {
				seen[d] = true
				list, todo = append(list, part{d, what}), append(todo, d)
			}
		}
		if m := x.ByDigest[at]; m != nil {
			for _, c := range m.Children {
				add(c, "a part of")
			}
		}
		for _, m := range x.About[at] {
			add(m.Digest, "about")
		}
	}
	return list
}
