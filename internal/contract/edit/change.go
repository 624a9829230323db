package edit

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/penstock-dev/penstock/internal/contract"
)

// Team is a team to add.
type Team struct{ contract.Team }

func (t Team) apply(c *contract.Contract) (what, fix string) {
	c.Spec.Teams = slices.Insert(c.Spec.Teams, position(c.Spec.Teams, t.Name, func(t contract.Team) string { return t.Name }), t.Team)
	return "", ""
}

func (t Team) splice(d *document) [][]splice {
	spec := at(d.root, "spec")
	p := pieceOf(t.Name, t.Team)
	if teams := target(find(spec, "teams")); teams != nil {
		return d.item(teams, p, position(teams.Content, t.Name, nameOf))
	}
	return d.list(spec, "teams", "environments", p)
}

// App is an app to add to a team of the contract.
type App struct {
	Team string
	contract.App
}

func (a App) apply(c *contract.Contract) (what, fix string) {
	for i := range c.Spec.Teams {
		if t := &c.Spec.Teams[i]; t.Name == a.Team {
			t.Apps = slices.Insert(t.Apps, inside(t.Apps, a.Name, func(a contract.App) string { return a.Name }), a.App)
			return "", ""
		}
	}
	var teams []string
	for _, t := range c.Spec.Teams {
		teams = append(teams, t.Name)
	}
	return missing("team", a.Team, teams)
}

func (a App) splice(d *document) [][]splice {
	team := named(find(at(d.root, "spec"), "teams"), a.Team)
	p := pieceOf(a.Name, a.App)
	if apps := target(find(team, "apps")); apps != nil {
		return d.item(apps, p, inside(apps.Content, a.Name, nameOf))
	}
	return d.list(team, "apps", nearEnd(team), p)
}

// Cluster is a cluster to add to an environment of the contract. The cluster
// that an environment has by default is written out then, and stays.
type Cluster struct {
	Environment string
	contract.Cluster
}

func (n Cluster) apply(c *contract.Contract) (what, fix string) {
	for i := range c.Spec.Environments {
		if e := &c.Spec.Environments[i]; e.Name == n.Environment {
			e.Clusters = slices.Insert(e.Clusters, inside(e.Clusters, n.Name, func(c contract.Cluster) string { return c.Name }), n.Cluster)
			return "", ""
		}
	}
	return missing("environment", n.Environment, environments(c))
}

func (n Cluster) splice(d *document) [][]splice {
	env := named(find(at(d.root, "spec"), "environments"), n.Environment)
	p := pieceOf(n.Name, n.Cluster)
	if clusters := target(find(env, "clusters")); clusters != nil {
		return d.item(clusters, p, inside(clusters.Content, n.Name, nameOf))
	}
	first := contract.Cluster{Name: n.Environment}
	if f := target(find(env, "formerly")); f != nil {
		first.Formerly = f.Value
	}
	var choices [][]splice
	for _, c := range []contract.Cluster{first, {Name: n.Environment}} {
		one := pieceOf(c.Name, c)
		one.small, p.small = true, true
		both := slices.Insert([]piece{one}, inside([]piece{one}, p.name, func(p piece) string { return p.name }), p)
		choices = append(choices, d.list(env, "clusters", nearEnd(env), both...)...)
	}
	return choices
}

// position is how many items a new one stands behind in a list: in order, where
// the list is kept in the order of its names, else at the end.
func position[T any](items []T, name string, nameOf func(T) string) int {
	names := make([]string, len(items))
	for i, item := range items {
		names[i] = nameOf(item)
	}
	if !slices.IsSorted(names) {
		return len(names)
	}
	i, _ := slices.BinarySearch(names, name)
	return i
}

// nearEnd is the field that a new one stands behind so that it is not the last,
// for the reason that inside has.
func nearEnd(n *yaml.Node) string {
	n = target(n)
	if n == nil || n.Kind != yaml.MappingNode || len(n.Content) < 4 {
		return ""
	}
	return n.Content[len(n.Content)-4].Value
}

// inside is the same for a list in a team or an environment, but never behind
// the last item. There another branch's next team would begin, and Git could not
// tell which of both comes first.
func inside[T any](items []T, name string, nameOf func(T) string) int {
	return min(position(items, name, nameOf), max(0, len(items)-1))
}

func environments(c *contract.Contract) []string {
	list := make([]string, 0, len(c.Spec.Environments))
	for _, e := range c.Spec.Environments {
		list = append(list, e.Name)
	}
	return list
}

// missing says that a thing to add to is not there.
func missing(noun, name string, names []string) (what, fix string) {
	what = "has no " + noun + " " + strconv.Quote(name)
	if near := contract.Closest(name, names); near != "" {
		return what, "did you mean " + strconv.Quote(near) + "?"
	}
	if len(names) == 0 {
		return what, "add the " + noun + " first"
	}
	if len(names) > 9 {
		names = append(slices.Clone(names[:9]), "…")
	}
	return what, "it has " + strings.Join(names, ", ")
}

// find is a mapping's field, its own or one merged into it with "<<".
func find(n *yaml.Node, name string) *yaml.Node {
	if _, own := field(n, name); own != nil {
		return own
	}
	_, merges := field(n, "<<")
	merges = target(merges)
	if merges == nil {
		return nil
	}
	if merges.Kind == yaml.MappingNode {
		return find(merges, name)
	}
	for _, m := range merges.Content {
		if v := find(m, name); v != nil {
			return v
		}
	}
	return nil
}
