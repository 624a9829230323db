package gen_test

import (
	"maps"
	"slices"
	"strconv"
	"testing"
)

// TestContractsCover: what the other tests run over has everything in it that
// templates decide by.
func TestContractsCover(t *testing.T) {
	t.Parallel()
	seen := map[string]int{}
	each(t, func(*testing.T, delivery) {})
	for _, d := range deliveries.all {
		m, s := d.m, d.c.Spec
		for _, what := range []string{
			"registry " + s.Registry.Provider, "layout " + s.Registry.Layout, "install " + s.Flux.Install, "signing " + s.SupplyChain.Signing,
			"ci " + s.CI.Provider, "notify " + s.CI.Notify, "git " + s.Platform.Git.Provider, "ssh " + strconv.FormatBool(m.Platform.Git.SSH),
			"teams " + strconv.FormatBool(len(m.Teams) > 0), "insecure " + strconv.FormatBool(s.Registry.Insecure),
			"unpinned " + s.SupplyChain.UnpinnedImages, "flux " + s.Flux.Line().Version, "pulls by token " + strconv.FormatBool(m.PullsByToken()), "one environment " + strconv.FormatBool(len(m.Envs) == 1),
		} {
			seen[what]++
		}
		for i, e := range m.Envs {
			seen["approval "+strconv.FormatBool(e.NeedsPerson)+", pinned "+strconv.FormatBool(e.Pinned)]++
			seen["branches "+strconv.FormatBool(len(e.Next) > 1)]++
			seen["listed before its predecessor "+strconv.FormatBool(e.From != nil && !slices.Contains(m.Envs[:i], e.From))]++
		}
		for _, team := range m.Teams {
			seen["apps "+strconv.FormatBool(len(team.Apps) > 0)]++
			seen["quota "+strconv.FormatBool(team.HasQuota())]++
			for _, a := range team.Apps {
				seen["delivery "+a.Delivery]++
				seen["everywhere "+strconv.FormatBool(len(a.Envs) == len(m.Envs))]++
			}
		}
	}
	for _, what := range []string{
		"registry zot", "registry ecr", "registry ghcr", "registry gar", "registry acr", "registry harbor", "registry gitlab",
		"layout single", "layout per-environment", "layout git-digest", "install existing", "install operator", "install manifests",
		"signing keyless", "signing key", "signing none", "ci github-actions", "ci gitlab-ci", "notify none", "git github", "git gitlab", "ssh true", "ssh false",
		"teams false", "insecure true", "unpinned allow", "one environment true", "approval true, pinned true", "approval false, pinned true",
		"approval true, pinned false", "branches true", "listed before its predecessor true", "apps false", "quota true", "quota false",
		"flux 2.8", "flux 2.9", "flux 2.10", "pulls by token true", "pulls by token false", "delivery git", "delivery oci", "everywhere true", "everywhere false",
	} {
		if seen[what] == 0 {
			t.Errorf("no contract has: %s; there are: %v", what, slices.Sorted(maps.Keys(seen)))
		}
	}
}
