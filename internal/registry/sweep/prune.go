package sweep

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Prune is the policy file of the pruner for registries that delete nothing by
// themselves. Its unit is the manifest with all its tags: such registries cannot
// take one tag away. A tag in no class keeps its manifest.
type Prune struct {
	// MinimumHours: nothing younger is deleted, whatever its tags.
	MinimumHours int `json:"minimumHours"`
	// Pins are how many digests that Git pinned of each app and environment, the
	// newest first, stay for that alone.
	Pins   int     `json:"pins"`
	Keep   []Class `json:"keep"`
	Delete []Class `json:"delete"`
}

// Class is a class of tags, by whole tags and by how they begin.
type Class struct {
	Name     string   `json:"name"`
	Tags     []string `json:"tags,omitempty"`
	Prefixes []string `json:"prefixes,omitempty"`
	// Days after which its tags may go.
	Days int `json:"days,omitempty"`
}

// Has reports a tag of the class.
func (c Class) Has(tag string) bool {
	return slices.Contains(c.Tags, tag) || slices.ContainsFunc(c.Prefixes, func(p string) bool { return strings.HasPrefix(tag, p) })
}

// leastHours is design section 5: a promotion that copies what a sweep takes.
const leastHours = 48

// Faults are what is wrong with the file, by the place of the class that it is in,
// counted over both lists; -1 where it is in none.
func (p *Prune) Faults() map[int][]string {
	found := map[int][]string{}
	say := func(at int, bad bool, what string) {
		if bad {
			found[at] = append(found[at], what)
		}
	}
	say(-1, p.MinimumHours < leastHours, fmt.Sprintf("has minimumHours %d, and less than %d hours race with promotions", p.MinimumHours, leastHours))
	say(-1, p.Pins < 1, "keeps no pins, and what Git pins may have no other tag")
	names := map[string]bool{}
	for i, c := range slices.Concat(p.Keep, p.Delete) {
		say(i, c.Name == "" || names[c.Name], fmt.Sprintf("has the class name %q, which is empty or another's", c.Name))
		names[c.Name] = true
		say(i, len(c.Tags)+len(c.Prefixes) == 0, fmt.Sprintf("has the class %q without tags", c.Name))
		say(i, slices.Contains(c.Tags, "") || slices.Contains(c.Prefixes, ""), fmt.Sprintf("has an empty tag or prefix in the class %q, which all tags begin with", c.Name))
		say(i, i < len(p.Keep) && c.Days != 0, fmt.Sprintf("has days in the class %q, which is kept for ever", c.Name))
		say(i, i >= len(p.Keep) && c.Days*24 < leastHours, fmt.Sprintf("has %d days in the class %q, and less than %d hours race with promotions", c.Days, c.Name, leastHours))
		say(i, c.Days > mostDays, fmt.Sprintf("has %d days in the class %q, which is no time that ends", c.Days, c.Name))
	}
	return found
}

// mostDays is what a time.Duration can count, and more than anybody waits.
const mostDays = 99999

// Deletes is the class by which a tag may go, or nil: keeping comes first.
func (p *Prune) Deletes(tag string) *Class {
	if p.keeps(tag) != nil || Signs(tag) != "" {
		return nil
	}
	return first(p.Delete, tag)
}

func (p *Prune) keeps(tag string) *Class { return first(p.Keep, tag) }

func first(classes []Class, tag string) *Class {
	if i := slices.IndexFunc(classes, func(c Class) bool { return c.Has(tag) }); i >= 0 {
		return &classes[i]
	}
	return nil
}

// Sweep is what a run does where times that are not known are the worst.
func (p *Prune) Sweep(repo *Repository, now time.Time) *Verdicts { return p.sweep(repo, now, false) }

// Cautious is what a run may do with what it reads itself: what has no time that
// is known stays.
func (p *Prune) Cautious(repo *Repository, now time.Time) *Verdicts { return p.sweep(repo, now, true) }

func (p *Prune) sweep(repo *Repository, now time.Time, cautious bool) *Verdicts {
	r := &pruning{Prune: p, v: Begin(repo), links: Links(repo), now: now, cautious: cautious, stays: map[string]bool{}, goes: map[string]string{}}
	pinned := p.pinned(repo)
	var kept []*Manifest
	for i := range repo.Manifests {
		m := &repo.Manifests[i]
		if rule, why := r.stay(m, pinned[m.Digest]); why != "" {
			r.keep(m, rule, why)
			kept = append(kept, m)
		}
	}
	r.protect(kept)
	r.take(repo)
	return r.v
}

// pinned are the digests that Git pins, and the newest that it pinned.
func (p *Prune) pinned(repo *Repository) map[string]bool {
	type place struct{ app, environment string }
	pinned, seen := map[string]bool{}, map[place]map[string]bool{}
	for _, pin := range repo.Pins {
		at := place{pin.App, pin.Environment}
		if seen[at] == nil {
			seen[at] = map[string]bool{}
		}
		if pin.Current || seen[at][pin.Digest] || len(seen[at]) < p.Pins {
			seen[at][pin.Digest], pinned[pin.Digest] = true, true
		}
	}
	return pinned
}

// pruning is one run over one repository.
type pruning struct {
	*Prune
	v        *Verdicts
	links    *Linked
	now      time.Time
	cautious bool
	stays    map[string]bool
	goes     map[string]string // by which class
}

func (r *pruning) keep(m *Manifest, rule, why string) {
	r.stays[m.Digest] = true
	r.v.Say(m, Kept, rule, why)
}

// stay says why a manifest stays for itself; "" where it may go, or goes and
// stays with another.
func (r *pruning) stay(m *Manifest, pinned bool) (rule, why string) {
	if pinned {
		return "", "Git pins it, or lately did"
	}
	if len(m.Tags) == 0 && !r.links.Follows(m) {
		return "", "has no tag, and no rule is about that"
	}
	var classes []*Class
	for _, t := range m.Tags {
		about := Signs(t.Name)
		switch c := r.keeps(t.Name); {
		case about != "" && r.links.ByDigest[about] == nil:
			// It may sign what is in another repository (COSIGN_REPOSITORY).
			return "", t.Name + " is about what is not here"
		case about != "":
		case c != nil:
			return c.Name, t.Name + " is kept for ever"
		default:
			if c = first(r.Delete, t.Name); c == nil {
				return "", t.Name + " is in no class"
			}
			classes = append(classes, c)
		}
	}
	return r.young(m, classes)
}

// young says why a manifest is too young to go, and notes by which class it may.
func (r *pruning) young(m *Manifest, classes []*Class) (rule, why string) {
	age, known := r.age(m)
	switch {
	case r.cautious && !known:
		return "", "nobody knows how old it is"
	case age <= time.Duration(r.MinimumHours)*time.Hour:
		return "", fmt.Sprintf("is not older than %d hours", r.MinimumHours)
	}
	for _, c := range classes {
		if age <= time.Duration(c.Days)*24*time.Hour {
			return c.Name, fmt.Sprintf("is not older than %d days", c.Days)
		}
		r.goes[m.Digest] = c.Name
	}
	return "", ""
}

// age is that of the latest push or move that is known.
func (r *pruning) age(m *Manifest) (time.Duration, bool) {
	age, known := Age(m.PushedAt, r.now), m.PushedAt != nil
	for _, t := range m.Tags {
		if t.TaggedAt != nil {
			age, known = min(age, Age(t.TaggedAt, r.now)), true
		}
	}
	return age, known
}

// protect keeps what belongs to what stays: its children, what is about it, and
// what it is about itself.
func (r *pruning) protect(kept []*Manifest) {
	for len(kept) > 0 {
		m := kept[len(kept)-1]
		kept = kept[:len(kept)-1]
		for _, other := range append(r.links.With(m), r.links.ByDigest[m.Subject]) {
			if other != nil && !r.stays[other.Digest] {
				r.keep(other, "", "belongs to "+m.Digest+", which stays")
				kept = append(kept, other)
			}
		}
	}
}

// take deletes what may go, and with it what belongs to nothing else.
func (r *pruning) take(repo *Repository) {
	var going []*Manifest
	for i := range repo.Manifests {
		m := &repo.Manifests[i]
		if class := r.goes[m.Digest]; class != "" && !r.stays[m.Digest] {
			r.v.Say(m, Deleted, class, "every tag of it may go, and is old enough")
			going = append(going, m)
		}
	}
	for len(going) > 0 {
		m := going[len(going)-1]
		going = going[:len(going)-1]
		for _, other := range r.links.With(m) {
			if !r.stays[other.Digest] && !r.v.Gone(other.Digest) {
				r.v.Say(other, Deleted, r.v.Of(m.Digest, "").Rule, "belongs to "+m.Digest+", which goes")
				going = append(going, other)
			}
		}
	}
}
