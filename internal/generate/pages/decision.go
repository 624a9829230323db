package pages

import (
	"fmt"
	"slices"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/model"
)

// Assumption is a condition of the decision and where the contract meets it,
// both as Markdown.
type Assumption struct{ Text, Says string }

// Weighing is a question with this platform's answer and what follows from it,
// all as Markdown.
type Weighing struct{ Question, Answer, Follows string }

// ReviewDate says when the decision is looked at again.
func (m Pages) ReviewDate() string {
	if m.Decision.ReviewBy == "" {
		return "no date is set; set `spec.decision.reviewBy`"
	}
	return "by " + m.Decision.ReviewBy
}

// Assumptions lists what must be true for the decision to hold.
func (m Pages) Assumptions() []Assumption {
	return []Assumption{
		{"CI builds once and promotes what it built", fmt.Sprintf("%s; unpinned images: %s", m.CI.Provider, m.SupplyChain.UnpinnedImages)},
		{"environments are apart and reconcile by themselves", "each environment has clusters of its own, none is shared"},
		{"Git and the registry are both run well", "Git at `" + m.Platform.Git.Host + "`; registry " + m.Registry.Provider + " at `" + m.Registry.Host + "`, maturity " + orUnknown(m.Decision.RegistryMaturity)},
		{"going back always has something to go back to", fmt.Sprintf("the last %d digests of each environment are kept", m.Registry.Retention.Promotions)},
	}
}

// AuditInGit reports whether audit demands a Git-native review of changes.
func (m Pages) AuditInGit() bool {
	return m.Decision.GitNativeAudit != nil && *m.Decision.GitNativeAudit
}

// Weighings lists the contract's answers and what follows from each.
func (m Pages) Weighings() []Weighing {
	return []Weighing{m.weighAudit(), m.weighRegistry(), m.weighBoundary(), m.weighLayout(), m.weighPath()}
}

func (m Pages) weighAudit() Weighing {
	w := Weighing{Question: "Must each promoted change be reviewed in Git?", Answer: answer(m.Decision.GitNativeAudit)}
	switch {
	case m.Decision.GitNativeAudit == nil:
		w.Follows = "not decided on; set `spec.decision.gitNativeAudit`"
	case !m.AuditInGit():
		w.Follows = "the pipeline's approval and its record in the registry are enough"
	case !m.Floating():
		w.Follows = "every environment is pinned: each promotion is a reviewed commit"
	default:
		w.Follows = "speaks for pins, or for delivery by Git. Not reviewed in Git today: bundles, where a tag decides what runs"
	}
	return w
}

func (m Pages) weighRegistry() Weighing {
	w := Weighing{Question: "Is the registry run well enough to be on the release path?", Answer: orUnknown(m.Decision.RegistryMaturity)}
	switch m.Decision.RegistryMaturity {
	case "high":
		w.Follows = "speaks for bundles"
	case "medium":
		w.Follows = "bundles are workable; watch retention and rights closely, and practise the outage"
	case "low":
		w.Follows = "speaks for delivery by Git until the registry is run better"
	default:
		w.Follows = "not decided on; set `spec.decision.registryMaturity`"
	}
	return w
}

func (m Pages) weighBoundary() Weighing {
	w := Weighing{Question: "Is the border between platform and apps written down and kept?", Answer: answer(m.Decision.BoundariesWritten)}
	switch {
	case m.Decision.BoundariesWritten == nil:
		w.Follows = "not decided on; set `spec.decision.boundariesWritten`. [OWNERSHIP.md](../../OWNERSHIP.md) is the written form"
	case *m.Decision.BoundariesWritten:
		w.Follows = "two kinds of source are safe to run: [OWNERSHIP.md](../../OWNERSHIP.md) says which side a failure is on"
	default:
		w.Follows = "two kinds of source will confuse people. Agree on [OWNERSHIP.md](../../OWNERSHIP.md) first"
	}
	return w
}

func (m Pages) weighLayout() Weighing {
	w := Weighing{Question: "Can the registry say who moves what?", Answer: m.Registry.Provider + ", layout " + m.Registry.Layout}
	switch m.Registry.Layout {
	case contract.LayoutSingle:
		w.Follows = "yes, by tag: one repository an app is enough"
	case contract.LayoutPerEnvironment:
		w.Follows = "yes, by repository: each environment has its own, filled by copying the same digest"
	default:
		w.Follows = "not relied on: Git pins the digest in every environment"
	}
	return w
}

func (m Pages) weighPath() Weighing {
	where := "nowhere"
	if slices.ContainsFunc(m.Envs, func(e *model.Env) bool { return e.NeedsPerson }) {
		where = "where the gate is an approval: [promotion.md](../promotion.md#the-path)"
	}
	return Weighing{"Where does a person decide?", where, "every other promotion is automatic"}
}

func answer(b *bool) string {
	switch {
	case b == nil:
		return "unknown"
	case *b:
		return "yes"
	default:
		return "no"
	}
}

func orUnknown(s string) string {
	if s == "" {
		return "unknown"
	}
	return s
}
