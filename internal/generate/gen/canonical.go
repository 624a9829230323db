package gen

import (
	"cmp"
	"slices"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/model"
)

// canonical returns the contract with each list whose order has no meaning
// sorted, so that neither a slice nor a unit's inputs depend on that order. It
// shares no list with c that it changes.
func canonical(c contract.Contract) contract.Contract {
	s := &c.Spec
	s.Platform.Owners = sorted(s.Platform.Owners)
	s.Observability.Notifications = byName(s.Observability.Notifications, func(n contract.Notification) string { return n.Name })
	s.Environments = slices.Clone(s.Environments)
	for i := range s.Environments {
		e := &s.Environments[i]
		e.Clusters = byName(e.Clusters, func(c contract.Cluster) string { return c.Name })
		e.Promotion.Approvers = sorted(e.Promotion.Approvers)
		e.Promotion.Freeze = model.ByStart(e.Promotion.Freeze)
	}
	s.Teams = byName(s.Teams, func(t contract.Team) string { return t.Name })
	for i := range s.Teams {
		t := &s.Teams[i]
		t.Owners = sorted(t.Owners)
		t.Notifications = byName(t.Notifications, func(n contract.Notification) string { return n.Name })
		t.Apps = byName(t.Apps, func(a contract.App) string { return a.Name })
	}
	return c
}

func sorted(list []string) []string {
	return byName(list, func(s string) string { return s })
}

func byName[T any](list []T, name func(T) string) []T {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b T) int { return cmp.Compare(name(a), name(b)) })
	return list
}
