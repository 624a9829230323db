package pages

import (
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/generate/markdown"
	"github.com/penstock-dev/penstock/internal/model"
)

// Place is a part of the platform repository with who answers for it, all as
// Markdown. No place is about one team or environment only.
type Place struct{ Where, What, Owner, Call string }

// Places lists the parts of the platform repository, the most particular last.
func (m Pages) Places() []Place {
	owner, call := markdown.Text(strings.Join(m.Platform.Owners, ", ")), markdown.Text(m.Platform.ContactOr())
	list := []Place{
		{"`penstock.yaml` and everything else here", "the contract and what is made from it", owner, call},
		{"`clusters/`, `platform/`", "what each cluster reconciles, and the policies it enforces", owner, call},
		{"`tenants/*/base/`", "namespaces, rights, quotas and network rules of the teams", owner, call},
		{"`tenants/*/*/`", "where each app's releases come from, and whose signature they need", owner, call},
	}
	const pins, what = "`tenants/<team>/<environment>/*.pin.yaml`", "what runs there: merging a change of a pin is the promotion"
	if slices.ContainsFunc(m.Envs, func(e *model.Env) bool { return e.Pinned && !e.NeedsPerson }) {
		list = append(list, Place{pins + ", where a promotion is automatic", what, "the team; nobody has to review it", "the team"})
	}
	if slices.ContainsFunc(m.Envs, func(e *model.Env) bool { return e.Pinned && e.NeedsPerson }) {
		list = append(list, Place{pins + ", where a promotion needs approval", what, "who approves them: [docs/promotion.md](docs/promotion.md#the-path)", call})
	}
	return list
}

// Move is a right to change what runs somewhere.
type Move struct {
	What   string // as Markdown
	Who    string
	HeldBy string // what keeps others from it, as Markdown
}

// Moves lists who may move what.
func (m Pages) Moves() []Move {
	var list []Move
	if m.HasOCI() {
		list = append(list, Move{"a new release tag", "CI of the app's repository", m.heldReleases()})
		const who = "CI; where the gate is an approval, after that"
		if m.Floating() {
			list = append(list, Move{"the tag of an environment", who, m.heldTag()})
		}
		if m.pins() {
			list = append(list, Move{"a pin", who, "CODEOWNERS and branch protection of this repository"})
		}
	}
	if m.HasGit() {
		list = append(list, Move{"an overlay of an app delivered by Git", "who may merge to the app's branch", "branch protection of the app's repository"})
	}
	return list
}

func (m Pages) heldTag() string {
	held := "the registry: only the promotion's identity may move this tag"
	if m.Registry.PerEnvironment() {
		held = "the registry: only the promotion's identity may write `" + strings.TrimSuffix(m.Registry.TeamPrefix("<environment>", "<team>"), "/") + "/*`"
	}
	if m.SupplyChain.Signing == "keyless" && m.SignsPerEnv() {
		held += "; and Flux: only what `promote-<environment>.yaml` signed runs there"
	}
	return held
}

func (m Pages) heldReleases() string {
	held := "the registry's rights on `" + strings.TrimSuffix(m.Registry.ReleasesPrefix("<team>"), "/") + "/*`"
	if m.Registry.GitDigest() {
		held = "nothing in the registry, which is why Git pins digests"
	}
	if m.SupplyChain.Signing == "none" {
		return held
	}
	return held + "; Flux refuses what is not signed"
}

// TeamHandle is an example of a team's handle on the platform's Git host.
func (m Pages) TeamHandle() string {
	return "@" + m.Platform.Git.Owner() + "/ledger"
}
