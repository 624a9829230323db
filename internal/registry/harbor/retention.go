package harbor

import (
	"cmp"
	"fmt"

	"github.com/penstock-dev/penstock/internal/registry"
)

// The policies of the project of the releases. What environments read is in
// projects without any: nothing is deleted there.
const (
	// immutableFile has the bodies of POST /api/v2.0/projects/NAME/immutabletagrules,
	// one a rule.
	immutableFile = "immutable-releases.json"
	// retentionFile is the body of POST /api/v2.0/retentions. Its scope's ref is the
	// project's number, which is put in when it is applied.
	retentionFile = "retention-releases.json"
)

// immutable is a rule of immutability.
type immutable struct {
	Disabled bool   `json:"disabled"`
	Action   string `json:"action"`
	Template string `json:"template"`
	selectors
}

// retention is a retention policy.
type retention struct {
	Algorithm string  `json:"algorithm"`
	Scope     scope   `json:"scope"`
	Trigger   trigger `json:"trigger"`
	Rules     []rule  `json:"rules"`
}

type scope struct {
	Level string `json:"level"`
	Ref   int64  `json:"ref"`
}

type trigger struct {
	Kind     string            `json:"kind"`
	Settings map[string]string `json:"settings"`
}

// rule says what is retained. What no rule does is deleted, in every repository
// that some rule is about.
type rule struct {
	Disabled bool           `json:"disabled"`
	Action   string         `json:"action"`
	Template string         `json:"template"`
	Params   map[string]int `json:"params"`
	selectors
}

// selectors say what a rule is about.
type selectors struct {
	Scope struct {
		Repository []selector `json:"repository"`
	} `json:"scope_selectors"`
	Tags []selector `json:"tag_selectors"`
}

// selector is one pattern; Extras is JSON in a string.
type selector struct {
	Kind       string `json:"kind"`
	Decoration string `json:"decoration"`
	Pattern    string `json:"pattern"`
	Extras     string `json:"extras,omitempty"`
}

// releasePattern fits releases, pre-releases among them, and no other tag but
// claims of environments whose names begin with a digit: those are written once,
// too.
const releasePattern = "[0-9]*.[0-9]*.[0-9]*"

// tagged leaves out what has no tag where a selector matches, and takes it where
// one excludes: Harbor turns the word round there.
const tagged = `{"untagged":false}`

// about selects all repositories of the project, and tags by one pattern.
func about(decoration, pattern, extras string) selectors {
	var s selectors
	s.Scope.Repository = []selector{{Kind: doublestarKind, Decoration: "repoMatches", Pattern: "**"}}
	s.Tags = []selector{{Kind: doublestarKind, Decoration: decoration, Pattern: pattern, Extras: extras}}
	return s
}

const doublestarKind = "doublestar"

// files render the policies. A count of releases is not rendered: Harbor deletes
// nothing that an immutable tag is on, see Provider.
//
// Not sure: what "untagged" says in a rule that excludes. A dry run shows whether
// all but ci- and pr- is retained:
// curl --user "$HARBOR_ADMIN" --json '{"dry_run":true}' URL/api/v2.0/retentions/ID/executions
func files(r registry.Retention) []registry.File {
	fixed := immutable{Action: "immutable", Template: "immutable_template", selectors: about("matches", releasePattern, "")}
	p := retention{
		Algorithm: "or", Scope: scope{Level: "project"},
		Trigger: trigger{Kind: "Schedule", Settings: map[string]string{"cron": "0 0 3 * * *"}},
	}
	keep := func(decoration, pattern string) {
		p.Rules = append(p.Rules, rule{Action: retain, Template: always, Params: map[string]int{}, selectors: about(decoration, pattern, tagged)})
	}
	for _, e := range r.Sharing() {
		keep("matches", e)
		keep("matches", e+"-*")
	}
	if len(r.Sharing()) > 0 {
		keep("matches", registry.RecordPrefix+"*")
	}
	keep("matches", registry.SignaturePrefix+"*")
	keep("matches", releasePattern)
	// All else that is there, also without a tag: of an artifact with several tags,
	// one that is not excluded is enough.
	keep("excludes", "{"+registry.CandidatePrefix+"*,"+registry.PreviewPrefix+"*}")
	for _, c := range []struct {
		prefix string
		days   int
	}{{registry.PreviewPrefix, r.Previews}, {registry.CandidatePrefix, r.Candidates}} {
		p.Rules = append(p.Rules, rule{Action: retain, Template: sinceDays, Params: map[string]int{sinceDays: c.days}, selectors: about("matches", c.prefix+"*", tagged)})
	}
	return registry.Sorted(
		registry.File{Name: immutableFile, Data: registry.JSON([]immutable{fixed})},
		registry.File{Name: retentionFile, Data: registry.JSON(p)},
	)
}

// What a rule does with what it is about.
const (
	retain    = "retain"
	always    = "always"
	sinceDays = "nDaysSinceLastPush"
	latest    = "latestPushedK"
)

// name is a rule in words; Harbor's have no names.
func (r rule) name() string {
	what := r.Template
	if n, ok := r.Params[r.Template]; ok {
		what = fmt.Sprintf("%s %d", what, n)
	}
	return "retain " + what + r.words()
}

func (r immutable) name() string { return "immutable" + r.words() }

func (s selectors) words() string {
	words := ""
	for _, t := range s.Tags {
		words += " " + cmp.Or(t.Decoration, "?") + " " + t.Pattern
	}
	return words
}
