package ghcr

import (
	"fmt"
	"strings"
	"time"

	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/registry"
	"github.com/penstock-dev/penstock/internal/registry/sweep"
)

// pruneFile is Penstock's own: GHCR deletes nothing by itself. Of what prunes
// there, actions/delete-package-versions takes children of indexes for unused
// (its issues 90 and 162), and knows nothing of signatures.
const pruneFile = "prune.json"

// files render the policy. The unit is the version, a digest with all its tags:
// there is no call that takes one tag away. Releases stay for ever.
//
// Not sure: a deleted version can be restored for 30 days, and one with more than
// 5,000 downloads of a public package cannot be deleted. See
// gh api --method POST orgs/OWNER/packages/container/NAME/versions/ID/restore
// and gh api --method DELETE orgs/OWNER/packages/container/NAME/versions/ID.
func files(r registry.Retention) []registry.File {
	p := sweep.Prune{MinimumHours: 48, Pins: r.Promotions}
	for _, e := range r.Sharing() {
		p.Keep = append(p.Keep, sweep.Class{Name: e, Tags: []string{e}, Prefixes: []string{e + "-"}})
	}
	p.Keep = append(p.Keep,
		sweep.Class{Name: "records", Prefixes: []string{registry.RecordPrefix}},
		// They go and stay with the digest that they name. The fallback index of what
		// is about a digest is load-bearing here: there are no referrers.
		sweep.Class{Name: "signatures", Prefixes: []string{registry.SignaturePrefix}},
		sweep.Class{Name: "releases", Prefixes: strings.Split(registry.Digits, "")},
	)
	p.Delete = []sweep.Class{
		{Name: fmt.Sprintf("previews of %d days", r.Previews), Prefixes: []string{registry.PreviewPrefix}, Days: r.Previews},
		{Name: fmt.Sprintf("candidates of %d days", r.Candidates), Prefixes: []string{registry.CandidatePrefix}, Days: r.Candidates},
	}
	return []registry.File{{Name: pruneFile, Data: registry.JSON(p)}}
}

// read reads the policy back.
func read(r registry.Retention, files map[string][]byte) (sweep.Policy, diag.List) {
	var p sweep.Prune
	if ds := registry.ReadJSON(pruneFile, files, &p); len(ds) > 0 {
		return sweep.Policy{}, ds
	}
	data := files[pruneFile]
	faults := p.Faults()
	var ds diag.List
	add := func(at diag.Where, list []string) {
		for _, what := range list {
			ds.Add(at, what, `restore it with "penstock generate"`)
		}
	}
	add(registry.Find(pruneFile, data, "{", 0), faults[-1])
	policy := sweep.Policy{Sweep: func(repo *sweep.Repository, now time.Time) *sweep.Verdicts {
		if !r.OfReleases(repo.Name) {
			return sweep.Begin(repo)
		}
		return p.Sweep(repo, now)
	}}
	for i := range len(p.Keep) + len(p.Delete) {
		at := registry.Find(pruneFile, data, `"name":`, i)
		add(at, faults[i])
		rule := sweep.Rule{File: pruneFile, Line: at.Line, Keeps: i < len(p.Keep), Repository: r.OfReleases}
		if rule.Keeps {
			rule.Name, rule.Tag = p.Keep[i].Name, p.Keep[i].Has
		} else {
			class := &p.Delete[i-len(p.Keep)]
			rule.Name, rule.Tag = class.Name, func(tag string) bool { return p.Deletes(tag) == class }
		}
		policy.Rules = append(policy.Rules, rule)
	}
	return policy, ds
}
