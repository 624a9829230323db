package sweep

import "slices"

// Outcome is what becomes of a tag or a manifest.
type Outcome string

// A tag is kept or untagged; a manifest is kept or deleted, then with its tags.
const (
	Kept     Outcome = "kept"
	Untagged Outcome = "untagged"
	Deleted  Outcome = "deleted"
)

// Verdict is what a sweep makes of a tag, or of a manifest where Tag is "".
type Verdict struct {
	Digest  string  `json:"digest"`
	Tag     string  `json:"tag,omitempty"`
	Outcome Outcome `json:"outcome"`
	Rule    string  `json:"rule"` // as the policy file names it; "" where none does
	Why     string  `json:"why"`
}

// Verdicts collects them for one repository.
type Verdicts struct {
	repo      *Repository
	manifests map[string]*Verdict
	tags      map[string]*Verdict
}

// Begin returns verdicts by which everything is kept, since no rule is about it.
func Begin(r *Repository) *Verdicts {
	v := &Verdicts{repo: r, manifests: make(map[string]*Verdict, len(r.Manifests)), tags: map[string]*Verdict{}}
	for i := range r.Manifests {
		m := &r.Manifests[i]
		v.manifests[m.Digest] = &Verdict{Digest: m.Digest, Outcome: Kept, Why: "no rule is about it"}
		for _, t := range m.Tags {
			v.tags[t.Name] = &Verdict{Digest: m.Digest, Tag: t.Name, Outcome: Kept, Why: "no rule is about it"}
		}
	}
	return v
}

// Say decides about a manifest and, where it is deleted, its tags.
func (v *Verdicts) Say(m *Manifest, o Outcome, rule, why string) {
	d := v.manifests[m.Digest]
	d.Outcome, d.Rule, d.Why = o, rule, why
	for _, t := range m.Tags {
		v.SayTag(t.Name, o, rule, why)
	}
}

// SayTag decides about one tag.
func (v *Verdicts) SayTag(tag string, o Outcome, rule, why string) {
	t := v.tags[tag]
	t.Outcome, t.Rule, t.Why = o, rule, why
}

// Gone reports a manifest that is deleted, or is not there.
func (v *Verdicts) Gone(digest string) bool {
	d, ok := v.manifests[digest]
	return !ok || d.Outcome == Deleted
}

// Bare reports a manifest that lost all the tags that it had, or had none.
func (v *Verdicts) Bare(m *Manifest) bool {
	return !slices.ContainsFunc(m.Tags, func(t Tag) bool { return v.tags[t.Name].Outcome == Kept })
}

// Collect decides about manifests without a tag, by a rule of that name:
// children of what stays, and what is about something that stays, stay. The
// others go where old says so, until nothing changes.
func (v *Verdicts) Collect(rule string, old func(*Manifest) bool) {
	for again := true; again; {
		again = false
		held := v.Held()
		for i := range v.repo.Manifests {
			m := &v.repo.Manifests[i]
			if v.manifests[m.Digest].Outcome == Deleted || !v.Bare(m) || held[m.Digest] || m.Subject != "" && !v.Gone(m.Subject) || !old(m) {
				continue
			}
			v.Say(m, Deleted, rule, "no tag and nothing that stays is on it")
			again = true
		}
	}
}

// Follow deletes what is about a manifest that is deleted, whatever its tags.
func (v *Verdicts) Follow(rule string) {
	about := map[string][]*Manifest{}
	for i := range v.repo.Manifests {
		if m := &v.repo.Manifests[i]; m.Subject != "" {
			about[m.Subject] = append(about[m.Subject], m)
		}
	}
	var gone []string
	for digest, d := range v.manifests {
		if d.Outcome == Deleted {
			gone = append(gone, digest)
		}
	}
	for len(gone) > 0 {
		digest := gone[len(gone)-1]
		gone = gone[:len(gone)-1]
		for _, m := range about[digest] {
			if !v.Gone(m.Digest) {
				v.Say(m, Deleted, rule, "it is about "+digest+", which goes")
				gone = append(gone, m.Digest)
			}
		}
	}
}

// Spare keeps the children of what stays, whatever a rule said of them.
func (v *Verdicts) Spare() {
	for again := true; again; {
		again = false
		held := v.Held()
		for i := range v.repo.Manifests {
			if m := &v.repo.Manifests[i]; held[m.Digest] && v.Gone(m.Digest) {
				v.Say(m, Kept, "", "an index that stays refers to it")
				again = true
			}
		}
	}
}

// Held are the children of the manifests that stay.
func (v *Verdicts) Held() map[string]bool {
	held := map[string]bool{}
	for i := range v.repo.Manifests {
		m := &v.repo.Manifests[i]
		if v.manifests[m.Digest].Outcome == Deleted {
			continue
		}
		for _, c := range m.Children {
			held[c] = true
		}
	}
	return held
}

// Of is the verdict about a tag, or about a manifest where tag is "".
func (v *Verdicts) Of(digest, tag string) Verdict {
	if tag != "" {
		return *v.tags[tag]
	}
	return *v.manifests[digest]
}

// List has all: each manifest in its order, and its tags behind it.
func (v *Verdicts) List() []Verdict {
	list := make([]Verdict, 0, len(v.manifests)+len(v.tags))
	for i := range v.repo.Manifests {
		m := &v.repo.Manifests[i]
		list = append(list, *v.manifests[m.Digest])
		for _, t := range m.Tags {
			list = append(list, *v.tags[t.Name])
		}
	}
	return list
}
