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
	c.Spec.Teams = append(c.Spec.Teams, t.Team)
	return "", ""
}

func (t Team) splice(d *document) [][]splice {
	spec := at(d.root, "spec")
	p := pieceOf(t.Team)
	if teams := find(spec, "teams"); teams != nil {
		return d.item(teams, p, -1)
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
			t.Apps = append(t.Apps, a.App)
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
	p := pieceOf(a.App)
	if apps := find(team, "apps"); apps != nil {
		return d.item(apps, p, -1)
	}
	return d.list(team, "apps", "", p)
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
			e.Clusters = append(e.Clusters, n.Cluster)
			return "", ""
		}
	}
	return missing("environment", n.Environment, environments(c))
}

func (n Cluster) splice(d *document) [][]splice {
	env := named(find(at(d.root, "spec"), "environments"), n.Environment)
	p := pieceOf(n.Cluster)
	if clusters := find(env, "clusters"); clusters != nil {
		return d.item(clusters, p, -1)
	}
	first := contract.Cluster{Name: n.Environment}
	if f := target(find(env, "formerly")); f != nil {
		first.Formerly = f.Value
	}
	var choices [][]splice
	for _, c := range []contract.Cluster{first, {Name: n.Environment}} {
		one := pieceOf(c)
		one.small, p.small = true, true
		choices = append(choices, d.list(env, "clusters", "", one, p)...)
	}
	return choices
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
