package effect

import (
	"fmt"
	"slices"
	"strings"
)

// Prune is something that Flux deletes once the run's files are merged, and
// that takes what runs with it.
type Prune struct {
	// Object is what leaves the repository. Its Kind is "cluster" for a whole
	// cluster.
	Object Object
	// File is where it stands before the run, in one of the clusters.
	File     string
	Clusters []string
	// Stake is what Flux deletes with it.
	Stake []Object
	// Stays is what it applied and Flux never deletes.
	Stays []Object
	// Rename is set when it goes because the contract has a new name for it.
	Rename *Rename
}

// Rename is a new name in the contract.
type Rename struct{ Kind, Was, Now string }

func (p Prune) sorted() Prune {
	slices.Sort(p.Clusters)
	slices.SortFunc(p.Stake, compare)
	slices.SortFunc(p.Stays, compare)
	return p
}

// String says in one line what happens.
func (p Prune) String() string {
	if p.Object.Kind == clusterKind {
		what := "is no longer in the contract"
		if p.Rename != nil {
			what = "is now " + p.Rename.Now
		}
		return fmt.Sprintf("cluster %s %s: Flux there loses the folder %s that it follows; while files of yours are left in it, Flux applies those alone and deletes all else",
			p.Object.Name, what, p.File)
	}
	text := fmt.Sprintf("Flux deletes %s on %s", p.Object, strings.Join(p.Clusters, ", "))
	var with []string
	for _, o := range p.Stake {
		with = append(with, o.String())
	}
	runs := p.Object.Kind == "Kustomization" || slices.ContainsFunc(p.Stake, func(o Object) bool { return o.Kind == "Kustomization" })
	switch {
	case len(with) > 0 && runs:
		text += ", and with it " + enumerate(append(capped(with), "all that they run"))
	case len(with) > 0:
		text += ", and with it " + enumerate(capped(with))
	case runs:
		text += ", and with it all that it runs"
	}
	for _, o := range p.Stays {
		text += "; " + o.String() + " stays, with what Flux did not put there"
	}
	return text
}

// most is how many objects a line names.
const most = 8

func capped(names []string) []string {
	if len(names) <= most {
		return names
	}
	return append(slices.Clone(names[:most]), fmt.Sprintf("%d more", len(names)-most))
}

func enumerate(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
