package model

import (
	"cmp"
	"slices"
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
