package harbor

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/penstock-dev/penstock/internal/registry/sweep"
)

// clean is one run of a retention policy over a repository. Its unit is the
// artifact. An artifact that is about another one is an accessory: no rule is
// about it, and it goes with its subject, as children of an index do with that.
//
// The garbage collection after it takes no artifacts, but where its schedule has
// delete_untagged: then it takes all without a tag. Whether it has:
// curl --user "$HARBOR_ADMIN" URL/api/v2.0/system/gc/schedule | jq .job_parameters
func clean(repo *sweep.Repository, rules []rule, fixed []immutable, now time.Time) *sweep.Verdicts {
	c := &cleaning{v: sweep.Begin(repo), links: sweep.Links(repo), now: now}
	if len(rules) == 0 {
		return c.v
	}
	candidates := c.candidates(repo)
	retained := c.retained(candidates, rules)
	var doomed []artifact
	for _, a := range candidates {
		if name, ok := retained[a.Digest]; ok {
			c.v.Say(a.Manifest, sweep.Kept, name, "retained")
			continue
		}
		if i := slices.IndexFunc(fixed, func(r immutable) bool { return r.matches(a.tags) }); i >= 0 {
			c.v.Say(a.Manifest, sweep.Kept, fixed[i].name(), "no rule retains it, but Harbor deletes nothing with an immutable tag")
			continue
		}
		doomed = append(doomed, a)
	}
	c.delete(doomed, rules)
	return c.v
}

type cleaning struct {
	v     *sweep.Verdicts
	links *sweep.Linked
	now   time.Time
}

// artifact is what rules are about.
type artifact struct {
	*sweep.Manifest
	tags   []string
	pushed time.Duration // ago
}

// candidates are the artifacts that rules are about: all but accessories, and but
// children without a tag.
func (c *cleaning) candidates(repo *sweep.Repository) []artifact {
	var list []artifact
	for i := range repo.Manifests {
		m := &repo.Manifests[i]
		if c.accessory(m) || len(m.Tags) == 0 && len(c.links.Parents[m.Digest]) > 0 {
			continue
		}
		a := artifact{Manifest: m, pushed: sweep.Age(m.PushedAt, c.now)}
		for _, t := range m.Tags {
			a.tags = append(a.tags, t.Name)
			if t.TaggedAt != nil { // a tag that moves renews the artifact
				a.pushed = min(a.pushed, sweep.Age(t.TaggedAt, c.now))
			}
		}
		list = append(list, a)
	}
	return list
}

// accessory reports what is about another artifact: it names it, or has cosign's
// tag of a signature of it.
func (c *cleaning) accessory(m *sweep.Manifest) bool {
	return m.Subject != "" || slices.ContainsFunc(m.Tags, func(t sweep.Tag) bool {
		return strings.HasSuffix(t.Name, ".sig") && c.links.ByDigest[sweep.Signs(t.Name)] != nil
	})
}

// retained are the names of the first rules that retain artifacts.
func (c *cleaning) retained(candidates []artifact, rules []rule) map[string]string {
	retained := make(map[string]string, len(candidates))
	for _, r := range rules {
		name := r.name()
		var selected []artifact
		for _, a := range candidates {
			// What counts artifacts counts those that another rule retains, too.
			if (r.Template == latest || retained[a.Digest] == "") && r.selects(a.tags) {
				selected = append(selected, a)
			}
		}
		for _, a := range r.retains(selected) {
			if retained[a.Digest] == "" {
				retained[a.Digest] = name
			}
		}
	}
	return retained
}

// retains are those of the artifacts it is about that a rule retains.
func (r rule) retains(selected []artifact) []artifact {
	n := r.Params[r.Template]
	switch r.Template {
	case sinceDays:
		const day = 24 * time.Hour
		within := min(time.Duration(n), (1<<63-1)/day) * day
		return slices.DeleteFunc(selected, func(a artifact) bool { return a.pushed > within })
	case latest:
		slices.SortStableFunc(selected, func(a, b artifact) int { return cmp.Compare(a.pushed, b.pushed) })
		return selected[:min(n, len(selected))]
	}
	return selected
}

// delete takes artifacts. Harbor refuses to delete what an index refers to: it
// goes in the run after that of the index.
func (c *cleaning) delete(doomed []artifact, rules []rule) {
	for again := true; again; {
		again = false
		for _, a := range doomed {
			if !c.v.Gone(a.Digest) && !c.referred(a.Manifest) {
				c.deeply(a.Manifest, c.why(a, rules), "no rule retains it")
				again = true
			}
		}
	}
	for _, a := range doomed {
		if !c.v.Gone(a.Digest) {
			c.v.Say(a.Manifest, sweep.Kept, "", "no rule retains it, but Harbor deletes nothing that an index refers to")
		}
	}
}

// why is the rule that an artifact is too old for.
func (c *cleaning) why(a artifact, rules []rule) string {
	for _, r := range rules {
		if r.selects(a.tags) {
			return r.name()
		}
	}
	return nothingRetains
}

func (c *cleaning) referred(m *sweep.Manifest) bool {
	return slices.ContainsFunc(c.links.Parents[m.Digest], func(p *sweep.Manifest) bool { return !c.v.Gone(p.Digest) })
}

// deeply deletes an artifact, what is about it, and those of its children that
// have no tag and no other index.
//
// Not sure: of accessories with a tag of their own some versions leave the
// artifact there. The worst is taken.
func (c *cleaning) deeply(m *sweep.Manifest, rule, why string) {
	c.v.Say(m, sweep.Deleted, rule, why)
	for _, other := range c.links.About[m.Digest] {
		if !c.v.Gone(other.Digest) && c.accessory(other) {
			c.deeply(other, rule, "it is about "+m.Digest+", which goes")
		}
	}
	for _, digest := range m.Children {
		if child := c.links.ByDigest[digest]; child != nil && !c.v.Gone(digest) && len(child.Tags) == 0 && !c.referred(child) {
			c.deeply(child, rule, "its index "+m.Digest+" goes")
		}
	}
}
