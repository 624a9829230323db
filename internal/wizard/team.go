package wizard

import (
	"cmp"
	"strings"

	"github.com/penstock-dev/penstock/internal/contract"
)

// What can be done to a list that has something in it.
const (
	keep   = "keep them"
	more   = "add one"
	remove = "remove "
	change = "change "
)

// list asks about the items of a list: the first time one after the other,
// later what to do with them. ask asks about one item.
func (a *asker) list(key, noun string, names func() []string, drop func(i int), ask func(i int)) {
	if a.err == nil && len(names()) > 0 {
		a.edit(noun, names, drop, ask)
		return
	}
	for a.err == nil {
		n := len(names())
		first := "Add " + article(noun) + " now"
		if n > 0 {
			first = "Add another " + noun
		}
		if !a.confirm(Question{Key: item(key, n), Text: first, Default: yes(n == 0)}) {
			return
		}
		ask(n)
	}
}

func article(noun string) string {
	if strings.ContainsAny(noun[:1], "aeio") {
		return "an " + noun
	}
	return "a " + noun
}

func (a *asker) edit(noun string, names func() []string, drop func(i int), ask func(i int)) {
	for a.err == nil {
		q := Question{Text: "The " + noun + "s " + join(names()), Default: keep, Options: []Option{{keep, ""}, {more, ""}}}
		for _, name := range names() {
			q.Options = append(q.Options, Option{change + name, ""})
		}
		for _, name := range names() {
			q.Options = append(q.Options, Option{remove + name, ""})
		}
		answer := a.pick(q)
		switch answer {
		case keep, "":
			return
		case more:
			ask(len(names()))
			continue
		}
		for i, name := range names() {
			switch answer {
			case change + name:
				ask(i)
			case remove + name:
				drop(i)
			default:
				continue
			}
			break
		}
	}
}

func (a *asker) teams() {
	a.list("teams", "team", func() []string {
		var names []string
		for _, t := range a.c.Spec.Teams {
			names = append(names, t.Name)
		}
		return names
	}, func(i int) {
		a.c.Spec.Teams = without(a.c.Spec.Teams, i)
	}, a.team)
}

func (a *asker) team(i int) {
	at := item("spec.teams", i)
	now := extended(a.c.Spec.Teams, i)[i]
	name := now.Name
	if name == "" && i == 0 {
		name = "payments"
	}
	a.text(at+".name", Question{Text: "Name of the team", Need: true, Guess: now.Name == "", Default: name}, func(c *contract.Contract, v string) {
		c.Spec.Teams = extended(c.Spec.Teams, i)
		c.Spec.Teams[i].Name = v
	})
	if a.err != nil {
		return
	}
	name = a.c.Spec.Teams[i].Name
	a.text(at+".owners", Question{
		Text: "Who owns " + name + " (CODEOWNERS handles)", Need: true, List: true, Guess: len(now.Owners) == 0, MadeUp: len(now.Owners) == 0,
		Default: cmp.Or(join(now.Owners), around(a.c).owners(name)),
	}, func(c *contract.Contract, v string) { c.Spec.Teams[i].Owners = split(v) })
	a.text(at+".contact", Question{Text: "Where an incident of " + name + " goes", Default: now.Contact},
		func(c *contract.Contract, v string) { c.Spec.Teams[i].Contact = v })
	a.list(at[len("spec."):]+".apps", "app", func() []string {
		var names []string
		for _, app := range a.c.Spec.Teams[i].Apps {
			names = append(names, app.Name)
		}
		return names
	}, func(j int) {
		a.c.Spec.Teams[i].Apps = without(a.c.Spec.Teams[i].Apps, j)
	}, func(j int) { a.app(i, j) })
}

func (a *asker) app(i, j int) {
	at := item(item("spec.teams", i)+".apps", j)
	team := a.c.Spec.Teams[i]
	now := extended(team.Apps, j)[j]
	name := now.Name
	if name == "" && team.Name == "payments" && j == 0 {
		name = "checkout"
	}
	a.text(at+".name", Question{Text: "Name of the app", Need: true, Guess: now.Name == "", Default: name}, func(c *contract.Contract, v string) {
		t := &c.Spec.Teams[i]
		t.Apps = extended(t.Apps, j)
		t.Apps[j].Name = v
	})
	if a.err != nil {
		return
	}
	name = a.c.Spec.Teams[i].Apps[j].Name
	a.text(at+".git.url", Question{
		Text: "Git repository of " + name, Need: true, Guess: now.Git.URL == "", MadeUp: now.Git.URL == "", Default: cmp.Or(now.Git.URL, around(a.c).repository(name)),
	}, func(c *contract.Contract, v string) { c.Spec.Teams[i].Apps[j].Git.URL = v })
	a.text(at+".image", Question{Text: "Image that CI builds for " + name, Default: now.Image},
		func(c *contract.Contract, v string) { c.Spec.Teams[i].Apps[j].Image = v })
}

// extended returns a list that has an i-th item.
func extended[T any](list []T, i int) []T {
	for len(list) <= i {
		var zero T
		list = append(list, zero)
	}
	return list
}

func without[T any](list []T, i int) []T {
	return append(append([]T(nil), list[:i]...), list[i+1:]...)
}
