package harbor

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/registry"
	"github.com/penstock-dev/penstock/internal/registry/sweep"
)

const restore = `Harbor refuses it, or takes it for something else: restore it with "penstock generate"`

// read reads the policies back.
func read(r registry.Retention, files map[string][]byte) (sweep.Policy, diag.List) {
	var fixed []immutable
	var p retention
	ds := registry.ReadJSON(immutableFile, files, &fixed)
	ds = append(ds, registry.ReadJSON(retentionFile, files, &p)...)
	if len(ds) > 0 {
		return sweep.Policy{}, ds
	}
	add := func(at diag.Where, list []string) {
		for _, what := range list {
			ds.Add(at, what, restore)
		}
	}
	add(registry.Find(retentionFile, files[retentionFile], "{", 0), p.faults())
	policy, project := sweep.Policy{}, func(name string) string { return strings.TrimPrefix(name, r.ReleasesRoot()) }
	inProject := func(s selectors) func(string) bool {
		return func(name string) bool { return r.OfReleases(name) && s.onRepository(project(name)) }
	}
	for i, one := range fixed {
		at := registry.Find(immutableFile, files[immutableFile], `"template":`, i)
		add(at, one.faults())
		if !one.Disabled {
			policy.Rules = append(policy.Rules, sweep.Rule{
				File: immutableFile, Name: one.name(), Line: at.Line, Keeps: true, Repository: inProject(one.selectors),
				Tag: func(tag string) bool { return one.matches([]string{tag}) },
			})
		}
	}
	for i, one := range p.Rules {
		at := registry.Find(retentionFile, files[retentionFile], `"template":`, i)
		add(at, one.faults())
		if !one.Disabled {
			policy.Rules = append(policy.Rules, p.rule(one, at.Line, inProject))
		}
	}
	at := registry.Find(retentionFile, files[retentionFile], `"rules":`, 0)
	policy.Rules = append(policy.Rules, p.rest(at.Line, func(name string) bool { return r.OfReleases(name) && len(p.on(project(name))) > 0 }))
	policy.Sweep = func(repo *sweep.Repository, now time.Time) *sweep.Verdicts {
		if !r.OfReleases(repo.Name) {
			return sweep.Begin(repo)
		}
		return clean(repo, p.on(project(repo.Name)), protecting(fixed, project(repo.Name)), now)
	}
	return policy, ds
}

// rule is a rule for checks. One that retains for a while deletes what no rule
// retains for ever.
func (p retention) rule(one rule, line int, inProject func(selectors) func(string) bool) sweep.Rule {
	return sweep.Rule{
		File: retentionFile, Name: one.name(), Line: line, Keeps: one.Template == always, Repository: inProject(one.selectors),
		Tag: func(tag string) bool {
			tags := []string{tag}
			return one.selects(tags) && (one.Template == always || !slices.ContainsFunc(p.Rules, func(o rule) bool { return !o.Disabled && o.Template == always && o.selects(tags) }))
		},
	}
}

// rest is the rule that no file has: what no rule retains is deleted.
func (p retention) rest(line int, repository func(string) bool) sweep.Rule {
	return sweep.Rule{
		File: retentionFile, Name: nothingRetains, Line: line, Repository: repository,
		Tag: func(tag string) bool {
			return !slices.ContainsFunc(p.Rules, func(o rule) bool { return !o.Disabled && o.selects([]string{tag}) })
		},
	}
}

const nothingRetains = "no rule retains it"

// on are the rules about a repository.
func (p retention) on(repository string) []rule {
	return slices.DeleteFunc(slices.Clone(p.Rules), func(r rule) bool { return r.Disabled || !r.onRepository(repository) })
}

func protecting(fixed []immutable, repository string) []immutable {
	return slices.DeleteFunc(slices.Clone(fixed), func(r immutable) bool { return r.Disabled || !r.onFirstRepository(repository) })
}

// faults are what is wrong with the policy but for its rules. A number of the
// project is put in when it is applied, so that none is right as well.
func (p retention) faults() (found []string) {
	say := sayer(&found)
	say(p.Algorithm != "or", fmt.Sprintf("has the algorithm %q, and Harbor knows or", p.Algorithm))
	say(p.Scope.Level != "project" || p.Scope.Ref < 0, "has a scope that is no project")
	say(p.Trigger.Kind != "Schedule" || p.Trigger.Settings["cron"] == "", "has no schedule")
	return found
}

func sayer(found *[]string) func(bool, string) {
	return func(bad bool, what string) {
		if bad {
			*found = append(*found, what)
		}
	}
}

// faults are why Harbor would refuse a rule, or take it for another one.
func (r rule) faults() (found []string) {
	say := sayer(&found)
	say(r.Action != retain, fmt.Sprintf("has the action %q, and a rule retains", r.Action))
	n, ok := r.Params[r.Template]
	switch r.Template {
	case always:
	case sinceDays:
		say(!ok || n < 0 || n > 20190904, "needs days from 0 to 20190904 in params."+sinceDays)
	case latest:
		say(!ok || n < 0 || n >= 1<<15-1, "needs a count from 0 to 32766 in params."+latest)
	default:
		say(true, fmt.Sprintf("has the template %q, which is not known here", r.Template))
	}
	return append(found, r.selectors.faults()...)
}

func (r immutable) faults() (found []string) {
	say := sayer(&found)
	say(r.Action != "immutable" || r.Template != "immutable_template", "is no rule of immutability")
	say(len(r.Scope.Repository) != 1 || len(r.Tags) != 1, "has more than one selector of a kind, and Harbor looks at the first alone")
	return append(found, r.selectors.faults()...)
}

func (s selectors) faults() (found []string) {
	say := sayer(&found)
	say(len(s.Scope.Repository) == 0 || len(s.Tags) == 0, "needs a selector of repositories and one of tags")
	for _, one := range s.Scope.Repository {
		say(one.Decoration != "repoMatches" && one.Decoration != "repoExcludes", fmt.Sprintf("has the decoration %q for repositories", one.Decoration))
	}
	for _, one := range s.Tags {
		say(one.Decoration != "matches" && one.Decoration != "excludes", fmt.Sprintf("has the decoration %q for tags", one.Decoration))
	}
	for _, one := range slices.Concat(s.Scope.Repository, s.Tags) {
		say(one.Kind != doublestarKind, fmt.Sprintf("has a selector of the kind %q", one.Kind))
		say(one.Pattern == "" || !doublestar.ValidatePattern(one.Pattern), fmt.Sprintf("has the pattern %q", one.Pattern))
		var extras struct {
			Untagged bool `json:"untagged"`
		}
		say(one.Extras != "" && json.Unmarshal([]byte(one.Extras), &extras) != nil, fmt.Sprintf("has the extras %q, which Harbor passes over", one.Extras))
	}
	return found
}
