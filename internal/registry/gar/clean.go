package gar

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/penstock-dev/penstock/internal/registry/sweep"
)

// clean is what Artifact Registry documents ("Cleanup policies", read
// 2026-11-22). Its unit is the version, a digest: one goes by any of its tags,
// with all of them, unless a policy keeps it. A version that an index that stays
// refers to is not deleted.
//
// [M] Whether untagged attachments count as untagged is not documented: the worst
// is assumed. Live, with a signed bundle and a policy for untagged versions:
// gcloud artifacts repositories set-cleanup-policies REPOSITORY --policy FILE --dry-run,
// then the BatchDeleteVersions entries of the audit log.
func clean(list []policy, repo *sweep.Repository, name string, now time.Time, v *sweep.Verdicts) {
	recent := make([]map[string]bool, len(list))
	for i, p := range list {
		if p.Recent != nil {
			recent[i] = newest(repo, p.Recent.Keep, now)
		}
	}
	first := func(m *sweep.Manifest, keeps bool) *policy {
		least, most := span(m, now)
		for i := range list {
			p := &list[i]
			if p.keeps() != keeps || !p.ofPackage(name) {
				continue
			}
			if p.Condition != nil && p.Condition.fits(m, least, most, keeps) || recent[i][m.Digest] {
				return p
			}
		}
		return nil
	}
	for i := range repo.Manifests {
		m := &repo.Manifests[i]
		deletes := first(m, false)
		keeps := first(m, true)
		switch {
		case keeps != nil:
			v.Say(m, sweep.Kept, keeps.Name, "the policy keeps it, whatever others delete")
		case deletes != nil:
			v.Say(m, sweep.Deleted, deletes.Name, "the policy is about it, and none keeps it")
		}
	}
	v.Spare()
	v.Follow("with its subject")
}

// span is how old a version is at least and at most.
//
// [M] Whether its age counts from its upload or from its last change, such as a
// tag that moved, is not documented: it is what is worse. Live:
// gcloud artifacts versions list --package P --repository R --location L --format 'table(createTime,updateTime)'
// beside a dry run.
func span(m *sweep.Manifest, now time.Time) (least, most time.Duration) {
	if m.PushedAt == nil {
		return 0, sweep.Age(nil, now)
	}
	most = sweep.Age(m.PushedAt, now)
	return changed(m, now), most
}

// changed is how long ago the last change was.
func changed(m *sweep.Manifest, now time.Time) time.Duration {
	age := sweep.Age(m.PushedAt, now)
	for _, t := range m.Tags {
		age = min(age, sweep.Age(m.Moved(t), now))
	}
	return age
}

// fits reports a version that a condition is about. Where its age is not sure, one
// that keeps is not about it, and one that deletes is.
func (c *criteria) fits(m *sweep.Manifest, least, most time.Duration, keeps bool) bool {
	if keeps {
		least, most = most, least
	}
	switch strings.ToLower(c.TagState) {
	case "tagged":
		if len(m.Tags) == 0 {
			return false
		}
	case "untagged":
		if len(m.Tags) > 0 {
			return false
		}
	}
	if c.older != nil && most <= *c.older || c.newer != nil && least >= *c.newer {
		return false
	}
	if len(c.Versions) > 0 && !begins(m.Digest, c.Versions) {
		return false
	}
	return len(c.Tags) == 0 || slices.ContainsFunc(m.Tags, func(t sweep.Tag) bool { return begins(t.Name, c.Tags) })
}

// ofPackage reports a policy that is about a package.
//
// [M] Whether the "/" of a name stands in prefixes as such or as %2F is not
// documented: one that deletes is about both, one that keeps about names that are
// the same in both. Live: gcloud artifacts packages list --repository R --location L
func (p *policy) ofPackage(name string) bool {
	var prefixes []string
	switch {
	case p.Condition != nil:
		prefixes = p.Condition.Packages
	case p.Recent != nil:
		prefixes = p.Recent.Packages
	}
	if len(prefixes) == 0 {
		return true
	}
	plain, escaped := begins(name, prefixes), begins(strings.ReplaceAll(name, "/", "%2F"), prefixes)
	if p.keeps() {
		return plain && escaped
	}
	return plain || escaped
}

// newest are the versions that are among so many newest, by upload and by last
// change.
func newest(repo *sweep.Repository, count int, now time.Time) map[string]bool {
	among := func(age func(*sweep.Manifest) time.Duration) map[string]bool {
		all := make([]*sweep.Manifest, len(repo.Manifests))
		for i := range repo.Manifests {
			all[i] = &repo.Manifests[i]
		}
		slices.SortStableFunc(all, func(a, b *sweep.Manifest) int { return cmp.Compare(age(a), age(b)) })
		found := map[string]bool{}
		for _, m := range all[:min(count, len(all))] {
			found[m.Digest] = true
		}
		return found
	}
	both := among(func(m *sweep.Manifest) time.Duration { return sweep.Age(m.PushedAt, now) })
	changes := among(func(m *sweep.Manifest) time.Duration { return changed(m, now) })
	for digest := range both {
		if !changes[digest] {
			delete(both, digest)
		}
	}
	return both
}
