package ecr

import (
	"cmp"
	"slices"
	"time"

	"github.com/penstock-dev/penstock/internal/registry/sweep"
)

// sweep is what ECR documents ("Lifecycle policy evaluation rules", read
// 2026-11-22): all rules are evaluated over all images; an image belongs to the
// first rule whose tag requirement it meets, whether or not that one marks it;
// what a list of manifests refers to goes after the list, and what is about an
// image with it.
func (l lifecycle) sweep(repo *sweep.Repository, now time.Time, v *sweep.Verdicts) {
	owner := make(map[string]int, len(repo.Manifests))
	marked := make([]map[string]bool, len(l.Rules))
	for i, rule := range l.Rules {
		fits := rule.fitter()
		var images []*sweep.Manifest
		for j := range repo.Manifests {
			m := &repo.Manifests[j]
			if m.Subject != "" && len(m.Tags) == 0 {
				continue // goes with its subject
			}
			if fits(m.Tags) {
				images = append(images, m)
				if _, owned := owner[m.Digest]; !owned {
					owner[m.Digest] = i
				}
			}
		}
		marked[i] = rule.marks(images, now)
	}
	for j := range repo.Manifests {
		m := &repo.Manifests[j]
		i, owned := owner[m.Digest]
		switch {
		case !owned:
		case marked[i][m.Digest]:
			v.Say(m, sweep.Deleted, l.Rules[i].Description, "expired")
		default:
			v.Say(m, sweep.Kept, l.Rules[i].Description, "belongs to this rule, which does not expire it")
		}
	}
	v.Spare()
	v.Follow("with its subject")
}

// marks are the images that a rule would expire.
func (r rule) marks(images []*sweep.Manifest, now time.Time) map[string]bool {
	marked := map[string]bool{}
	if r.Selection.CountType == "sinceImagePushed" {
		for _, m := range images {
			if sweep.Age(m.PushedAt, now) > time.Duration(r.Selection.Count)*24*time.Hour {
				marked[m.Digest] = true
			}
		}
		return marked
	}
	images = slices.Clone(images)
	slices.SortStableFunc(images, func(a, b *sweep.Manifest) int {
		return cmp.Compare(sweep.Age(a.PushedAt, now), sweep.Age(b.PushedAt, now))
	})
	for _, m := range images[min(r.Selection.Count, len(images)):] {
		marked[m.Digest] = true
	}
	return marked
}

// fitter is matches with the patterns made once.
func (r rule) fitter() func([]sweep.Tag) bool {
	if len(r.Selection.Patterns) != 1 {
		return r.matches
	}
	pattern := glob(r.Selection.Patterns[0])
	return func(tags []sweep.Tag) bool {
		return slices.ContainsFunc(tags, func(t sweep.Tag) bool { return pattern.MatchString(t.Name) })
	}
}
