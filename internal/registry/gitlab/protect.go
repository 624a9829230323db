package gitlab

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/registry"
	"github.com/penstock-dev/penstock/internal/registry/sweep"
)

// protectionFile are the project's tag protection rules: each is what "POST
// /projects/:id/registry/protection/tag/rules" takes.
const protectionFile = "tag-protection.json"

// As many rules as a project has, and characters as a pattern has: "Protected
// container tags", read 2026-11-22.
//
// [M] Whether rules that protect and rules that make immutable share the count is
// not documented: together they are no more. Live:
// glab api projects/ID/registry/protection/tag/rules
const (
	mostRules   = 5
	mostPattern = 100
)

// protection protects tags by role or, with Immutable, from everybody (Ultimate
// only, so none is rendered). Its pattern matches anywhere in a tag.
type protection struct {
	Pattern   string `json:"tag_name_pattern"`
	Push      string `json:"minimum_access_level_for_push,omitempty"`
	Delete    string `json:"minimum_access_level_for_delete,omitempty"`
	Immutable bool   `json:"immutable,omitempty"`

	is *regexp.Regexp
}

// notSwept is every tag but those of classes that anybody's pipeline writes.
const notSwept = "^([^cps]|c[^i]|p[^r]|s[^h]|ci[^-]|pr[^-]|sh[^a]|sha[^2])|^([cps]|sha?)$"

// protections are those of releases, and of the environments' tags, their claims
// and their records, which setup.go's rule is about as well. The pipelines write
// all of them as Maintainer.
func protections(r registry.Retention) []protection {
	patterns := append([]string{`^[0-9]+\.[0-9]+\.[0-9]+`}, environmentPatterns(r.Sharing())...)
	var list []protection
	for _, p := range patterns {
		list = append(list, protection{Pattern: p, Push: "maintainer", Delete: "owner"})
	}
	return list
}

// environmentPatterns are as few as hold the names. Where those are more than a
// project has rules for, it is one that names none.
func environmentPatterns(names []string) (patterns []string) {
	const start, end = "^(record-)?(", ")(-[0-9]{4}-.*)?$"
	var some []string
	for _, name := range names {
		name = regexp.QuoteMeta(name)
		if len(some) > 0 && len(start+strings.Join(some, "|")+"|"+name+end) > mostPattern {
			patterns = append(patterns, start+strings.Join(some, "|")+end)
			some = nil
		}
		some = append(some, name)
	}
	if len(some) > 0 {
		patterns = append(patterns, start+strings.Join(some, "|")+end)
	}
	if len(patterns) > mostRules-1 {
		return []string{notSwept}
	}
	return patterns
}

// readProtections reads the rules back.
func readProtections(files map[string][]byte) ([]guard, diag.List) {
	var list []protection
	ds := registry.ReadJSON(protectionFile, files, &list)
	if len(ds) == 0 && list == nil {
		ds.Add(diag.Where{File: protectionFile, Line: 1}, "is no list of rules", `restore it with "penstock generate"`)
	}
	if len(ds) > 0 {
		return nil, ds
	}
	data, seen := files[protectionFile], map[string]bool{}
	var guards []guard
	for i, at := range registry.Items(data) {
		one, place := &list[i], registry.PlaceIn(protectionFile, data, at)
		found := one.faults(seen)
		if i == mostRules {
			found = append(found, fmt.Sprintf("is one rule more than the %d that a project has", mostRules))
		}
		for _, what := range found {
			ds.Add(place, what, `GitLab refuses the rule: restore it with "penstock generate"`)
		}
		guards = append(guards, guard{one, place.Line})
	}
	return guards, ds
}

type guard struct {
	*protection
	line int
}

// faults are why GitLab would refuse a rule; it also reads the pattern.
func (p *protection) faults(seen map[string]bool) (found []string) {
	say := func(bad bool, what string) {
		if bad {
			found = append(found, fmt.Sprintf("rule %q %s", p.Pattern, what))
		}
	}
	say(p.Pattern == "" || seen[p.Pattern], "has no pattern, or another one's")
	seen[p.Pattern] = true
	say(len(p.Pattern) > mostPattern, fmt.Sprintf("has more than %d characters", mostPattern))
	var err error
	p.is, err = regexp.Compile(p.Pattern)
	say(err != nil, "is no regular expression of RE2")
	for _, level := range []string{p.Push, p.Delete} {
		known := slices.Contains([]string{"maintainer", "owner", "admin"}, level)
		say(!p.Immutable && !known, fmt.Sprintf("has the role %q, and not maintainer, owner or admin", level))
		say(p.Immutable && level != "", "is immutable, so no role may do anything")
	}
	return found
}

func guardRules(r registry.Retention, guards []guard) (list []sweep.Rule) {
	for _, g := range guards {
		list = append(list, sweep.Rule{File: protectionFile, Name: g.Pattern, Line: g.line, Keeps: true, Repository: r.OfReleases, Tag: g.is.MatchString})
	}
	return list
}
