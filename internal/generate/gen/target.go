package gen

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/generate/tree"
)

// Target is one repository to generate. The zero Target is the platform
// repository.
type Target struct {
	Team, App string
}

// Name is the target's name as --only has it: "platform" or "app/<team>/<app>".
func (t Target) Name() string {
	if t.App == "" {
		return "platform"
	}
	return path.Join("app", t.Team, t.App)
}

// Dir is the target's place in a workspace, as a slash path.
func (t Target) Dir() string {
	if t.App == "" {
		return "platform"
	}
	return path.Join("apps", t.Team, t.App)
}

// Targets lists the repositories of a contract: the platform, then the apps by
// team and name.
func Targets(c contract.Contract) []Target {
	targets := []Target{{}}
	for _, t := range c.Spec.Teams {
		for _, a := range t.Apps {
			targets = append(targets, Target{Team: t.Name, App: a.Name})
		}
	}
	slices.SortFunc(targets, func(a, b Target) int {
		return cmp.Or(cmp.Compare(a.Team, b.Team), cmp.Compare(a.App, b.App))
	})
	return targets
}

// clusterFiles picks the files of one cluster.
func clusterFiles(files tree.Tree, cluster string) tree.Tree {
	picked := tree.Tree{}
	for p, f := range files {
		if strings.HasPrefix(p, "clusters/"+cluster+"/") {
			picked[p] = f
		}
	}
	return picked
}
