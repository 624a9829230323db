package model

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/penstock-dev/penstock/internal/contract"
)

// LastEnv is the environment at the end of the list: production, by custom.
func (m *Model) LastEnv() *Env { return m.Envs[len(m.Envs)-1] }

// ByStart returns the windows by their start, whatever their time zones; the
// contract's order has no meaning.
func ByStart(list []contract.Freeze) []contract.Freeze {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b contract.Freeze) int {
		return cmp.Or(instant(a.From).Compare(instant(b.From)), instant(a.To).Compare(instant(b.To)),
			cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Reason, b.Reason))
	})
	return list
}

func instant(s string) time.Time {
	t, _ := time.Parse(time.RFC3339, s) // the contract refuses what does not parse
	return t
}

// Move is a right to change what runs somewhere.
type Move struct {
	What   string // as Markdown
	Who    string
	HeldBy string // what keeps others from it, as Markdown
}

// Moves lists who may move what.
func (m *Model) Moves() []Move {
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

func (m *Model) heldTag() string {
	held := "the registry: only the promotion's identity may move this tag"
	if m.Registry.PerEnvironment() {
		held = "the registry: only the promotion's identity may write `" + strings.TrimSuffix(m.Registry.TeamPrefix("<environment>", "<team>"), "/") + "/*`"
	}
	if m.SupplyChain.Signing == "keyless" && m.SignsPerEnv() {
		held += "; and Flux: only what `promote-<environment>.yaml` signed runs there"
	}
	return held
}

func (m *Model) heldReleases() string {
	held := "the registry's rights on `" + strings.TrimSuffix(m.Registry.ReleasesPrefix("<team>"), "/") + "/*`"
	if m.Registry.GitDigest() {
		held = "nothing in the registry, which is why Git pins digests"
	}
	if m.SupplyChain.Signing == "none" {
		return held
	}
	return held + "; Flux refuses what is not signed"
}
