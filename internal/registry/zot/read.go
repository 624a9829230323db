package zot

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/registry"
	"github.com/penstock-dev/penstock/internal/registry/sweep"
)

// read reads the configuration back.
func read(r registry.Retention, files map[string][]byte) (sweep.Policy, diag.List) {
	var c configuration
	if ds := registry.ReadJSON(retentionFile, files, &c); len(ds) > 0 {
		return sweep.Policy{}, ds
	}
	s, data := &c.Storage, files[retentionFile]
	var ds diag.List
	add := func(at diag.Where, list []string) {
		for _, what := range list {
			ds.Add(at, what, `zot refuses it, or deletes what it should not: restore it with "penstock generate"`)
		}
	}
	add(registry.Find(retentionFile, data, `"storage":`, 0), s.faults())
	p := sweep.Policy{}
	lists, patterns := 0, 0
	for i := range s.Retention.Policies {
		one := &s.Retention.Policies[i]
		add(registry.Find(retentionFile, data, `"repositories":`, i), one.faults())
		on := func(name string) bool { return s.policyOf(path(r, name)) == one }
		if len(one.KeepTags) == 0 {
			continue
		}
		at := registry.Find(retentionFile, data, `"keepTags":`, lists)
		lists++
		p.Rules = append(p.Rules, sweep.Rule{File: retentionFile, Name: noEntry, Line: at.Line, Repository: on, Tag: func(tag string) bool { return one.entryOf(tag) < 0 }})
		for j := range one.KeepTags {
			e := &one.KeepTags[j]
			if len(e.Patterns) > 0 {
				at = registry.Find(retentionFile, data, `"patterns":`, patterns)
				patterns++
			}
			add(at, e.compile())
			if e.none() && e.fitsAll() {
				continue // names no tags
			}
			p.Rules = append(p.Rules, sweep.Rule{
				File: retentionFile, Name: e.name(), Line: at.Line, Keeps: e.none(), Repository: on,
				Tag: func(tag string) bool { return one.entryOf(tag) == j },
			})
		}
	}
	p.Sweep = func(repo *sweep.Repository, now time.Time) *sweep.Verdicts {
		return s.sweep(repo, path(r, repo.Name), now)
	}
	return p, ds
}

// noEntry is the rule that is not written: a tag that fits no entry goes.
const noEntry = "no entry of keepTags fits"

func path(r registry.Retention, repository string) string {
	return strings.TrimPrefix(repository, r.Host+"/")
}

// name is an entry in words; zot's have no names.
func (e *entry) name() string {
	words := []string{"keepTags"}
	if len(e.Patterns) > 0 {
		words = append(words, strings.Join(e.Patterns, " or "))
	}
	if e.PushedCount != 0 {
		words = append(words, fmt.Sprintf("mostRecentlyPushedCount %d", e.PushedCount))
	}
	if e.PulledCount != 0 {
		words = append(words, fmt.Sprintf("mostRecentlyPulledCount %d", e.PulledCount))
	}
	if e.PushedWithin != "" {
		words = append(words, "pushedWithin "+string(e.PushedWithin))
	}
	if e.PulledWithin != "" {
		words = append(words, "pulledWithin "+string(e.PulledWithin))
	}
	return strings.Join(words, " ")
}

func (e *entry) fitsAll() bool {
	return len(e.Patterns) == 0 || slices.Contains(e.Patterns, everything) || slices.Contains(e.Patterns, "")
}

// policyOf is the first policy with a pattern that fits a repository, or nil.
func (s *storage) policyOf(name string) *tagPolicy {
	for i := range s.Retention.Policies {
		p := &s.Retention.Policies[i]
		for _, pattern := range p.Repositories {
			if ok, err := doublestar.Match(pattern, name); ok && err == nil {
				return p
			}
		}
	}
	return nil
}

// entryOf is the place of the first entry that fits a tag, or -1.
func (p *tagPolicy) entryOf(tag string) int {
	return slices.IndexFunc(p.KeepTags, func(e entry) bool {
		return len(e.Patterns) == 0 || slices.ContainsFunc(e.compiled, func(re *regexp.Regexp) bool { return re.MatchString(tag) })
	})
}

// compile makes the patterns, and says what is wrong with the entry.
func (e *entry) compile() []string {
	found := e.limits.faults()
	for _, p := range e.Patterns {
		re, err := regexp.Compile(p)
		if err != nil {
			found = append(found, fmt.Sprintf("has the pattern %q: %v", p, err))
			continue
		}
		e.compiled = append(e.compiled, re)
	}
	return found
}

func (l limits) faults() (found []string) {
	if l.PushedCount < 0 || l.PulledCount < 0 {
		found = append(found, "has a count below 0")
	}
	for name, d := range map[string]duration{"pushedWithin": l.PushedWithin, "pulledWithin": l.PulledWithin} {
		if d != "" {
			found = append(found, d.faults(name)...)
		}
	}
	slices.Sort(found)
	return found
}

func (d duration) faults(name string) []string {
	if n, err := time.ParseDuration(string(d)); err != nil || n < 0 {
		return []string{fmt.Sprintf("has the %s %q, and a duration is written 48h", name, string(d))}
	}
	return nil
}

func (s *storage) faults() []string {
	found := slices.Concat(s.Delay.faults("gcDelay"), s.Interval.faults("gcInterval"), s.Retention.Delay.faults("delay"))
	if !s.GC {
		found = append(found, "has no gc, without which there is no retention")
	}
	return found
}

func (p *tagPolicy) faults() (found []string) {
	if len(p.Repositories) == 0 {
		found = append(found, "has a policy of no repositories")
	}
	for _, pattern := range p.Repositories {
		if !doublestar.ValidatePattern(pattern) {
			found = append(found, fmt.Sprintf("has the pattern %q", pattern))
		}
	}
	if p.KeepUntagged != nil {
		found = append(found, p.KeepUntagged.faults()...)
	}
	return found
}
