package contract

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

func (k *checker) checkEnvironments() {
	envs := k.c.Spec.Environments
	things := make([]named, len(envs))
	for i, e := range envs {
		things[i] = named{e.Name, e.Formerly, func() string { return fmt.Sprintf("spec.environments[%d]", i) }}
	}
	k.unique("environment", things)
	k.checkClusters()
	for i, e := range envs {
		k.checkPromotion(i, e)
		for f, w := range e.Promotion.Freeze {
			k.checkFreeze(w, "spec.environments[%d].promotion.freeze[%d].to", i, f)
		}
	}
	k.checkCycles()
}

// checkClusters: a cluster belongs to one environment only.
func (k *checker) checkClusters() {
	var things []named
	for i, e := range k.c.Spec.Environments {
		written := k.written("spec.environments[%d].clusters", i)
		for j, c := range e.Clusters {
			at := func() string { return fmt.Sprintf("spec.environments[%d].clusters[%d]", i, j) }
			if !written && k.environments[e.Name] != i {
				continue // the environment's name is taken, and that is reported
			}
			if !written {
				at = func() string { return fmt.Sprintf("spec.environments[%d]", i) }
			}
			things = append(things, named{c.Name, c.Formerly, at})
		}
	}
	k.unique("cluster", things)
}

func (k *checker) checkPromotion(i int, e Environment) {
	p := e.Promotion
	k.distinct(p.Approvers, "spec.environments[%d].promotion.approvers", i)
	switch {
	case p.Mode == "approval" && len(p.Approvers) == 0:
		k.add("is missing", "mode approval needs at least one, for example approvers: [\"@acme/release-managers\"]", "spec.environments[%d].promotion.approvers", i)
	case p.Mode == "automatic" && len(p.Approvers) > 0:
		k.add("are given, but nobody is asked in mode automatic", "write \"mode: approval\" or remove them", "spec.environments[%d].promotion.approvers", i)
	}
	if i == 0 || p.From == "" || !k.written("spec.environments[%d].promotion.from", i) {
		return
	}
	if _, known := k.environments[p.From]; !known {
		k.unknownEnvironment(p.From, "spec.environments[%d].promotion.from", i)
	} else if p.From == e.Name {
		k.add("is the environment itself", "write the environment that a release must have reached before", "spec.environments[%d].promotion.from", i)
	}
}

func (k *checker) checkFreeze(w Freeze, format string, args ...any) {
	from, err := time.Parse(time.RFC3339, w.From)
	to, err2 := time.Parse(time.RFC3339, w.To)
	if err == nil && err2 == nil && !to.After(from) {
		k.add("is "+quote(w.To)+", not after the start "+quote(w.From), "write an end after the start", format, args...)
	}
}

// checkCycles follows each environment back to the first. Every environment
// has at most one predecessor, so each cycle is met once from its first member.
func (k *checker) checkCycles() {
	envs := k.c.Spec.Environments
	met := make([]int, len(envs)) // on the way from which environment, plus one
	for start := range envs {
		var way []int
		for i, ok := start, true; ok; i, ok = k.before(i) {
			if met[i] == start+1 {
				k.reportCycle(way[slices.Index(way, i):])
			}
			if met[i] != 0 {
				break
			}
			met[i] = start + 1
			way = append(way, i)
		}
	}
}

// before returns the environment that the i-th is promoted from.
func (k *checker) before(i int) (int, bool) {
	from := k.c.Spec.Environments[i].Promotion.From
	j, known := k.environments[from]
	return j, i > 0 && known && j != i
}

func (k *checker) reportCycle(members []int) {
	least := slices.Index(members, slices.Min(members))
	members = append(slices.Clone(members[least:]), members[:least]...)
	names := make([]string, 0, len(members)+1)
	for _, i := range append(members, members[0]) {
		names = append(names, k.c.Spec.Environments[i].Name)
	}
	at := members[0]
	for _, i := range members {
		if k.written("spec.environments[%d].promotion.from", i) {
			at = i
			break
		}
	}
	k.add("closes a circle: "+strings.Join(names, " is promoted from "), "let the path lead back to "+quote(k.c.Spec.Environments[0].Name), "spec.environments[%d].promotion.from", at)
}
