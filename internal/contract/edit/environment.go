package edit

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/penstock-dev/penstock/internal/contract"
)

// Environment is an environment to add behind the one that Promotion.From
// names. What was promoted from there is promoted from the new one then.
type Environment struct {
	contract.Environment
	// Leaf makes the new one the end of a path: what follows From stays so.
	Leaf bool
}

func (e Environment) apply(c *contract.Contract) (what, fix string) {
	envs := c.Spec.Environments
	from := slices.IndexFunc(envs, func(x contract.Environment) bool { return x.Name == e.Promotion.From })
	if from < 0 {
		return missing("environment", e.Promotion.From, environments(c))
	}
	if e.Leaf {
		c.Spec.Environments = append(envs, e.Environment)
		return "", ""
	}
	for i := range envs {
		if envs[i].Promotion.From == e.Promotion.From {
			envs[i].Promotion.From = e.Name
		}
	}
	c.Spec.Environments = slices.Insert(envs, from+1, e.Environment)
	return "", ""
}

// followers are the environments that are promoted from the new one.
func (e Environment) followers(c *contract.Contract) []string {
	var list []string
	for _, x := range c.Spec.Environments {
		if !e.Leaf && x.Promotion.From == e.Promotion.From {
			list = append(list, x.Name)
		}
	}
	return list
}

// reach deploys apps to the new environment: those that are deployed to all,
// and those that could not be promoted past it otherwise.
func (e Environment) reach(c *contract.Contract, d *document) {
	followers := e.followers(c)
	for t := range c.Spec.Teams {
		for a := range c.Spec.Teams[t].Apps {
			app := &c.Spec.Teams[t].Apps[a]
			past := slices.ContainsFunc(app.Environments, func(name string) bool { return slices.Contains(followers, name) })
			if past || d.environmentsOf(c.Spec.Teams[t].Name, app.Name) == nil {
				app.Environments = append(app.Environments, e.Name)
			}
		}
	}
}

// environmentsOf is the list that an app's environments are written in.
func (d *document) environmentsOf(team, app string) *yaml.Node {
	t := named(find(at(d.root, "spec"), "teams"), team)
	return target(find(named(find(t, "apps"), app), "environments"))
}

func (e Environment) splice(d *document) [][]splice {
	list := target(find(at(d.root, "spec"), "environments"))
	if list == nil {
		return nil
	}
	from := slices.IndexFunc(list.Content, func(n *yaml.Node) bool { return nameOf(n) == e.Promotion.From })
	written := e.Environment
	written.Promotion.From = ""
	at := from
	if last := len(list.Content) - 1; e.Leaf && from != last {
		written.Promotion.From = e.Promotion.From
		at = last
	}
	choices := d.item(list, pieceOf(e.Name, written), at+1)
	if len(choices) == 0 {
		return nil
	}
	splices := choices[0]
	done := map[*yaml.Node]bool{}
	if !e.Leaf {
		splices = append(splices, d.rewire(list, e, done)...)
	}
	return [][]splice{append(splices, d.deploy(list, e, done)...)}
}

// rewire says of each environment behind the new one that it is promoted from
// there, also where that was a default: two branches that put one at the same
// place then say two things about the same line.
func (d *document) rewire(list *yaml.Node, e Environment, done map[*yaml.Node]bool) []splice {
	var splices []splice
	before := ""
	for _, n := range list.Content {
		from := find(find(n, "promotion"), "from")
		follows := from == nil && before == e.Promotion.From || from != nil && target(from).Value == e.Promotion.From
		before = nameOf(n)
		switch {
		case !follows || from != nil && done[from]:
		case from != nil:
			done[from] = true
			splices = append(splices, d.replace(from, e.Name)...)
		case before != e.Promotion.From:
			splices = append(splices, d.from(target(n), e.Name)...)
		}
	}
	return splices
}

// from writes where an environment is promoted from, below its name.
func (d *document) from(env *yaml.Node, name string) []splice {
	s := d.style()
	from := word("from").flow(s) + ": " + word(name).flow(s)
	_, promotion := field(env, "promotion")
	promotion = target(promotion)
	switch {
	case promotion == nil && find(env, "promotion") == nil && isFlow(env):
		return d.lastInBrackets(d.value(env), d.offset(env.Content[len(env.Content)-2]), word("promotion").flow(s)+": {"+from+"}")
	case promotion == nil && find(env, "promotion") == nil:
		_, value := field(env, "name")
		if value == nil {
			return nil
		}
		column := env.Content[0].Column - 1
		at := d.end(value, column)
		text := "\n" + strings.Repeat(" ", column) + "promotion:\n" + strings.Repeat(" ", column+s.Step) + from
		return []splice{{at, at, d.ends(text)}}
	case promotion == nil || promotion.Kind != yaml.MappingNode || len(promotion.Content) == 0:
		return nil
	case isFlow(promotion):
		return d.lastInBrackets(d.value(promotion), d.offset(promotion.Content[len(promotion.Content)-2]), from)
	}
	at := d.offset(promotion.Content[0])
	return []splice{{at, at, d.ends(from + "\n" + strings.Repeat(" ", d.column(at)))}}
}

// deploy adds the new environment to the lists of apps that are promoted past
// it.
func (d *document) deploy(envs *yaml.Node, e Environment, done map[*yaml.Node]bool) []splice {
	if e.Leaf {
		return nil
	}
	var splices []splice
	teams := target(find(at(d.root, "spec"), "teams"))
	if teams == nil {
		return nil
	}
	for _, team := range teams.Content {
		apps := target(find(team, "apps"))
		if apps == nil {
			continue
		}
		for _, app := range apps.Content {
			list := target(find(app, "environments"))
			if list == nil || done[list] || !d.past(envs, list, e.Promotion.From) {
				continue
			}
			done[list] = true
			i := slices.IndexFunc(list.Content, func(n *yaml.Node) bool { return target(n).Value == e.Promotion.From })
			if i < 0 {
				i = len(list.Content) - 1
			}
			for _, choice := range d.item(list, word(e.Name), i+1) {
				splices = append(splices, choice...)
			}
		}
	}
	return splices
}

// past reports whether one of the names in a list is promoted from an
// environment.
func (d *document) past(envs, list *yaml.Node, from string) bool {
	before := ""
	for _, n := range envs.Content {
		name := nameOf(n)
		of := before
		if written := find(find(n, "promotion"), "from"); written != nil {
			of = target(written).Value
		}
		before = name
		if of == from && slices.ContainsFunc(list.Content, func(x *yaml.Node) bool { return target(x).Value == name }) {
			return true
		}
	}
	return false
}

func nameOf(n *yaml.Node) string {
	if v := target(find(n, "name")); v != nil {
		return v.Value
	}
	return ""
}
