package ecr

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/registry"
	"github.com/penstock-dev/penstock/internal/registry/sweep"
)

// lifecycleFile is the policy of every repository of releases. What environments
// read is in repositories without a policy: nothing is deleted there.
const lifecycleFile = "lifecycle-releases.json"

// lifecycle is a lifecycle policy as the API takes it: ECR user guide, "Lifecycle
// policy template", read 2026-11-22.
type lifecycle struct {
	Rules []rule `json:"rules"`
}

type rule struct {
	Priority    int       `json:"rulePriority"`
	Description string    `json:"description"`
	Selection   selection `json:"selection"`
	Action      action    `json:"action"`
}

type selection struct {
	TagStatus string   `json:"tagStatus"`
	Patterns  []string `json:"tagPatternList,omitempty"`
	Prefixes  []string `json:"tagPrefixList,omitempty"`
	CountType string   `json:"countType"`
	CountUnit string   `json:"countUnit,omitempty"`
	Count     int      `json:"countNumber"`
}

type action struct {
	Type string `json:"type"`
}

// ever is a count that no repository reaches.
const ever = 9999

// files render the policy. A rule that keeps stands in front: an image that it is
// about is never expired by one behind it. Patterns in one list would be ANDed,
// so each rule has one.
func files(r registry.Retention) []registry.File {
	var l lifecycle
	add := func(priority int, what, pattern, countType string, count int) {
		s := selection{TagStatus: "tagged", Patterns: []string{pattern}, CountType: countType, Count: count}
		if countType == "sinceImagePushed" {
			s.CountUnit = "days"
		}
		l.Rules = append(l.Rules, rule{priority, what, s, action{"expire"}})
	}
	keep := func(what, pattern string) {
		add(len(l.Rules)+1, what, pattern, "imageCountMoreThan", ever)
	}
	for _, e := range r.Sharing() {
		keep("keep "+e, e)
		keep("keep the promotion tags of "+e, e+"-*")
	}
	if len(r.Sharing()) > 0 {
		keep("keep records", registry.RecordPrefix+"*")
	}
	keep("keep signatures", registry.SignaturePrefix+"*")
	add(len(l.Rules)+1, "releases", "*.*.*", "imageCountMoreThan", cmp.Or(r.Releases, ever))
	add(100, fmt.Sprintf("previews of %d days", r.Previews), registry.PreviewPrefix+"*", "sinceImagePushed", r.Previews)
	add(101, fmt.Sprintf("candidates of %d days", r.Candidates), registry.CandidatePrefix+"*", "sinceImagePushed", r.Candidates)
	return []registry.File{{Name: lifecycleFile, Data: registry.JSON(l)}}
}

// read reads the policy back.
func read(r registry.Retention, files map[string][]byte) (sweep.Policy, diag.List) {
	var l lifecycle
	if ds := registry.ReadJSON(lifecycleFile, files, &l); len(ds) > 0 {
		return sweep.Policy{}, ds
	}
	var ds diag.List
	seen := map[int]bool{}
	p := sweep.Policy{}
	for i, one := range l.Rules {
		at := registry.Find(lifecycleFile, files[lifecycleFile], `"rulePriority"`, i)
		for _, what := range one.faults(seen) {
			ds.Add(at, what, "ECR refuses the policy: restore it with \"penstock generate\"")
		}
		p.Rules = append(p.Rules, sweep.Rule{
			File: lifecycleFile, Name: one.Description, Line: at.Line, Keeps: one.Selection.CountType == "imageCountMoreThan",
			Repository: r.OfReleases,
			Tag:        func(tag string) bool { return one.matches([]sweep.Tag{{Name: tag}}) },
		})
	}
	slices.SortStableFunc(l.Rules, func(a, b rule) int { return cmp.Compare(a.Priority, b.Priority) })
	p.Sweep = func(repo *sweep.Repository, now time.Time) *sweep.Verdicts {
		v := sweep.Begin(repo)
		if r.OfReleases(repo.Name) {
			l.sweep(repo, now, v)
		}
		return v
	}
	return p, ds
}

// faults are why ECR would refuse a rule.
func (r rule) faults(seen map[int]bool) (found []string) {
	s := r.Selection
	say := func(bad bool, what string) {
		if bad {
			found = append(found, fmt.Sprintf("rule %d %s", r.Priority, what))
		}
	}
	say(r.Priority < 1 || seen[r.Priority], "has a priority below 1, or another rule's")
	seen[r.Priority] = true
	say(r.Action.Type != "expire", "has no action that is known here")
	say(!slices.Contains([]string{"tagged", "untagged", "any"}, s.TagStatus), "has no tagStatus that there is")
	lists := len(s.Patterns) + len(s.Prefixes)
	say((s.TagStatus == "tagged") != (lists > 0) || len(s.Patterns) > 0 && len(s.Prefixes) > 0, "needs either patterns or prefixes where it is about tagged images, and none elsewhere")
	say(slices.ContainsFunc(s.Patterns, func(p string) bool { return strings.Count(p, "*") > 4 }), "has a pattern with more than four *")
	say(s.CountType != "imageCountMoreThan" && s.CountType != "sinceImagePushed", "has no countType that is known here")
	say((s.CountType == "sinceImagePushed") != (s.CountUnit == "days"), "needs days where it counts time, and no unit elsewhere")
	say(s.Count < 1, "has a count below 1")
	return found
}

// matches reports an image with these tags: every pattern is on some tag of it.
func (r rule) matches(tags []sweep.Tag) bool {
	switch r.Selection.TagStatus {
	case "untagged":
		return len(tags) == 0
	case "any":
		return true
	}
	on := func(fits func(tag string) bool) bool {
		return slices.ContainsFunc(tags, func(t sweep.Tag) bool { return fits(t.Name) })
	}
	for _, p := range r.Selection.Patterns {
		if !on(glob(p).MatchString) {
			return false
		}
	}
	for _, p := range r.Selection.Prefixes {
		if !on(func(tag string) bool { return strings.HasPrefix(tag, p) }) {
			return false
		}
	}
	return len(tags) > 0
}

func glob(pattern string) *regexp.Regexp {
	return regexp.MustCompile(`^` + strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, `.*`) + `$`)
}
