package gitlab

import (
	"cmp"
	"regexp"
	"slices"
	"time"

	"github.com/penstock-dev/penstock/internal/registry/sweep"
)

// expiry is what both files come to.
type expiry struct {
	enabled       bool
	keep          int
	older         time.Duration
	delete, keeps *regexp.Regexp
	protections   []guard
}

// review is how long GitLab leaves a manifest before it collects it: "Container
// registry garbage collection", read 2026-11-22.
const review = 24 * time.Hour

const collected = "garbage collection"

// sweep is what GitLab does (cleanup_tags_base_service.rb, read 2026-12-01): of the
// tags that one pattern matches and the other does not, newest first, so many stay,
// and of the rest those that are old go, one by one, unless they are protected.
// Then its garbage collection takes the manifests that are left without a tag.
//
// GitLab looks at 1,000 tags at a time and leaves keep_n of each; here it is of
// all, which is the worst case. A tag's time is that of its last change.
func (e expiry) sweep(repo *sweep.Repository, now time.Time, v *sweep.Verdicts) {
	if e.enabled {
		e.expire(repo, now, v)
	} else {
		for i := range repo.Manifests {
			for _, t := range repo.Manifests[i].Tags {
				v.SayTag(t.Name, sweep.Kept, "enabled", "the policy is off, as it is where GitLab has no age that is long enough")
			}
		}
	}
	collect(repo, now, v)
}

func (e expiry) expire(repo *sweep.Repository, now time.Time, v *sweep.Verdicts) {
	type tag struct {
		name string
		age  time.Duration
	}
	var tags []tag
	for i := range repo.Manifests {
		m := &repo.Manifests[i]
		for _, t := range m.Tags {
			switch {
			case t.Name == "latest":
				v.SayTag(t.Name, sweep.Kept, "", "GitLab leaves latest")
			case !e.delete.MatchString(t.Name):
			case e.keeps.MatchString(t.Name):
				v.SayTag(t.Name, sweep.Kept, "name_regex_keep", "matches it")
			default:
				tags = append(tags, tag{t.Name, sweep.Age(m.Moved(t), now)})
			}
		}
	}
	slices.SortStableFunc(tags, func(a, b tag) int { return cmp.Compare(a.age, b.age) })
	for i, t := range tags {
		guarded := slices.IndexFunc(e.protections, func(g guard) bool { return g.is.MatchString(t.name) })
		switch {
		case i < e.keep:
			v.SayTag(t.name, sweep.Kept, "keep_n", "among the newest")
		case t.age <= e.older:
			v.SayTag(t.name, sweep.Kept, "older_than", "younger")
		case guarded >= 0:
			v.SayTag(t.name, sweep.Kept, e.protections[guarded].Pattern, "protected")
		default:
			v.SayTag(t.name, sweep.Untagged, "name_regex", "matches it, and it is old")
		}
	}
}

// collect is the online garbage collection: what has no tag, is in no index that
// stays and is a day old goes. What is about a manifest goes although that stays:
// GitLab has no referrers.
//
// [M] What a manifest of type index holds is sure; what is about another was seen
// to go (container-registry#966). Live: push one with "oras attach", and a day later
// crane manifest REPOSITORY@DIGEST
func collect(repo *sweep.Repository, now time.Time, v *sweep.Verdicts) {
	for again := true; again; {
		again = false
		held := v.Held()
		for i := range repo.Manifests {
			m := &repo.Manifests[i]
			if v.Gone(m.Digest) || !v.Bare(m) || held[m.Digest] || sweep.Age(m.PushedAt, now) <= review {
				continue
			}
			rule, why := collected, "no tag, and no index that stays has it"
			if len(m.Tags) > 0 {
				rule, why = v.Of(m.Digest, m.Tags[0].Name).Rule, "its last tag goes, then it is collected"
			}
			v.Say(m, sweep.Deleted, rule, why)
			again = true
		}
	}
}
