package simulate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/registry"
	"github.com/penstock-dev/penstock/internal/registry/sweep"
)

// rules checks that each rule that keeps is about a tag that pipelines make, and
// that each one that deletes is about such tags only as may go.
func rules(r registry.Retention, p sweep.Policy) []Breach {
	breaches := []Breach{}
	made := Made(r)
	repositories := make([]string, 0, len(made))
	for repository := range made {
		repositories = append(repositories, repository)
	}
	slices.Sort(repositories)
	for _, rule := range p.Rules {
		about := 0
		var wrong []string
		for _, repository := range repositories {
			if !rule.Repository(repository) {
				continue
			}
			for _, tag := range made[repository] {
				if !rule.Tag(tag) {
					continue
				}
				about++
				class := ClassOf(tag, r.Environments)
				may := class == Candidate || class == Preview || class == Release && r.Releases > 0 && r.OfReleases(repository)
				if !rule.Keeps && !may {
					wrong = append(wrong, tag)
				}
			}
		}
		say := func(what string) {
			breaches = append(breaches, Breach{Invariant: "rule", File: rule.File, Line: rule.Line, What: what})
		}
		if rule.Keeps && about == 0 {
			say(fmt.Sprintf("%q protects no tag that the pipelines make", rule.Name))
		}
		if len(wrong) > 0 {
			say(fmt.Sprintf("%q deletes by a pattern that is also about %s", rule.Name, strings.Join(wrong[:min(3, len(wrong))], ", ")))
		}
	}
	return breaches
}

// Made are tags as the pipelines make them, by the repositories of an app.
func Made(r registry.Retention) map[string][]string {
	const app = "team/app"
	hex := strings.Repeat("0123456789abcdef", 4)
	signatures := []string{"sha256-" + hex, "sha256-" + hex + ".sig"}
	made := map[string][]string{
		r.ReleasesRoot() + app: append([]string{"1.4.2", "10.20.30", "1.5.0-rc.1", "ci-412-1a2b3c4d", "ci-20261201-7-1a2b3c4", "pr-7-1a2b3c4d"}, signatures...),
	}
	for _, e := range r.Environments {
		repository := r.ReleasesRoot() + app
		if r.Layout == registry.PerEnvironment {
			repository = r.EnvironmentRoot(e) + app
			made[repository] = append(made[repository], signatures...)
		}
		for _, claim := range []string{"-2026-02-22.1-1.4.2", "-2026-02-22.12-rollback-1.4.1", "-2026-02-23.1-hold-1.4.1", "-2026-02-24.1-lift-1.4.1", "-2026-12-31.3-2.0.0-rc.1"} {
			made[repository] = append(made[repository], e+claim, registry.RecordPrefix+e+claim)
		}
		made[repository] = append(made[repository], e)
	}
	return made
}
