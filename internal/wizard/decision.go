package wizard

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/model"
)

// open is the answer of those who cannot tell yet.
const open = "not decided"

func (a *asker) decision() {
	d := &a.c.Spec.Decision
	audit := "Does audit demand a Git-native review of each released change"
	d.GitNativeAudit = a.truth("spec.decision.gitNativeAudit", audit, d.GitNativeAudit)
	maturity := a.pick(Question{
		Key: "decision.registryMaturity", Text: "How well is the registry run, to be on the release path", Help: contract.Describe("spec.decision.registryMaturity"),
		Default: cmp.Or(d.RegistryMaturity, open), Options: []Option{
			{"high", "backed up, watched, someone is on call for it"},
			{"medium", "it works; an outage would be noticed"},
			{"low", "nobody in particular runs it"},
			{open, ""},
		},
	})
	d.RegistryMaturity = ""
	if maturity != open {
		d.RegistryMaturity = maturity
	}
	border := "Is the border between platform and apps written down and kept"
	d.BoundariesWritten = a.truth("spec.decision.boundariesWritten", border, d.BoundariesWritten)
	a.choice(model.Advise(*d, a.complete().Spec.Registry.Layout))
	if *d == (contract.Decision{ReviewBy: d.ReviewBy}) {
		d.ReviewBy = ""
		return
	}
	put := func(c *contract.Contract, v string) { c.Spec.Decision.ReviewBy = v }
	a.text("spec.decision.reviewBy", Question{
		Text: "When to look at the decision again", Default: cmp.Or(d.ReviewBy, a.seed.Review),
		Check: func(v string) string { return cmp.Or(a.tried("spec.decision.reviewBy", v, put), a.past(v)) },
	}, put)
}

// past says what is wrong with a date that is over. Only who answers is told
// so: a contract that was good yesterday is good today.
func (a *asker) past(date string) string {
	if date == "" || date >= a.today {
		return ""
	}
	return "is " + strconv.Quote(date) + ", which is over; write a date from today, " + a.today + ", on"
}

// truth asks a question that may stay open.
func (a *asker) truth(field, text string, now *bool) *bool {
	q := Question{
		Key: field[len("spec."):], Text: text, Help: contract.Describe(field),
		Options: []Option{{"yes", ""}, {"no", ""}, {open, ""}}, Default: open,
	}
	if now != nil {
		q.Default = yes(*now)
	}
	switch a.pick(q) {
	case "yes":
		return new(true)
	case "no":
		return new(false)
	}
	return nil
}

// choice shows the advice and asks what is to be done; the person may decide
// otherwise.
func (a *asker) choice(advice model.Advice) {
	a.intro += "Advice: delivery " + advice.Delivery + ", reference " + advice.Reference + ".\n" +
		"Why: " + advice.Why + ".\n"
	var apps, byGit []string
	for _, t := range a.c.Spec.Teams {
		for _, app := range t.Apps {
			name := t.Name + "/" + app.Name
			apps = append(apps, name)
			if advice.Delivery == "git" || app.Delivery == "git" {
				byGit = append(byGit, name)
			}
		}
	}
	if len(apps) > 0 {
		picked := a.several(Question{
			Key: "delivery.git", Text: "Apps to deliver by Git; the others travel as bundles", Options: options(apps), Default: join(byGit),
			Help: contract.Describe("spec.teams.apps.delivery"),
		})
		for t := range a.c.Spec.Teams {
			for j := range a.c.Spec.Teams[t].Apps {
				app := &a.c.Spec.Teams[t].Apps[j]
				app.Delivery = ""
				if slices.Contains(picked, a.c.Spec.Teams[t].Name+"/"+app.Name) {
					app.Delivery = "git"
				}
			}
		}
	}
	a.pins(advice)
}

func (a *asker) pins(advice model.Advice) {
	envs := a.c.Spec.Environments
	if a.complete().Spec.Registry.Layout == contract.LayoutGitDigest {
		for i := range envs {
			envs[i].Reference = ""
		}
		return // Git pins them all
	}
	var names, pinned []string
	for _, e := range envs {
		names = append(names, e.Name)
		if e.Reference == "pinned" || advice.Reference == "pinned" && e.Promotion.Mode == "approval" {
			pinned = append(pinned, e.Name)
		}
	}
	picked := a.several(Question{
		Key: "delivery.pinned", Text: "Environments where Git pins the digest; the others follow a tag", Options: options(names), Default: join(pinned),
		Help: contract.Describe("spec.environments.reference"),
	})
	for i := range envs {
		envs[i].Reference = ""
		if slices.Contains(picked, envs[i].Name) {
			envs[i].Reference = "pinned"
		}
	}
}

func options(values []string) []Option {
	list := make([]Option, len(values))
	for i, v := range values {
		list[i].Value = v
	}
	return list
}
