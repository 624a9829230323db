package effect

import (
	"fmt"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/model"
)

// Hint is what a change of the contract does not do by itself: what stays
// behind, and what people do about it.
type Hint struct {
	Text  string
	Tasks []model.Task
}

// mostShown is how many commands of a kind a hint has.
const mostShown = 5

// Hints compares the contract of the last run with the one of now.
func Hints(was, is contract.Contract) []Hint {
	before, now := model.Build(was), model.Build(is)
	p := pairs{was: before, is: now, teams: map[string]*model.Team{}}
	for _, t := range before.Teams {
		p.teams[t.Name] = t
	}
	var list []Hint
	list = append(list, renames(was, is)...)
	list = append(list, p.deliveries()...)
	list = append(list, p.repositories()...)
	list = append(list, p.paths()...)
	list = append(list, p.references()...)
	return append(list, signing(was, is)...)
}

// renames finds what may be a rename that nobody wrote down.
func renames(was, is contract.Contract) []Hint {
	type gone struct{ removed, added []string }
	byList := map[string]*gone{}
	var order []string
	for _, c := range contract.Changes(was, is) {
		if !c.Thing || c.Was != "" && c.Is != "" {
			continue
		}
		at := c.Field[:strings.LastIndexByte(c.Field, '[')]
		if byList[at] == nil {
			byList[at] = &gone{}
			order = append(order, at)
		}
		if c.Is == "" {
			byList[at].removed = append(byList[at].removed, c.Was)
		} else {
			byList[at].added = append(byList[at].added, c.Is)
		}
	}
	var list []Hint
	for _, at := range order {
		g, noun := byList[at], strings.TrimSuffix(at[strings.LastIndexByte(at, '.')+1:], "s")
		if len(g.removed) != 1 || len(g.added) != 1 || noun == "notification" {
			continue
		}
		list = append(list, Hint{
			Text: fmt.Sprintf("The %s %s is gone and %s is new. If it is the same one by another name, write so: its edits, its pins and the steps in which nothing stops depend on it.", noun, g.removed[0], g.added[0]),
			Tasks: []model.Task{{
				Text: fmt.Sprintf("set `formerly: %s` on %s `%s` in the contract, and run this again", g.removed[0], noun, g.added[0]),
			}},
		})
	}
	return list
}

// pairs are what both contracts have, by today's names and those of before.
type pairs struct {
	was, is *model.Model
	teams   map[string]*model.Team // of before, by name
}

// before is what an app in an environment was; nil when it was not there.
func (p pairs) before(ae *model.AppEnv) *model.AppEnv {
	for _, team := range []string{ae.Team.Name, ae.Team.Formerly} {
		t := p.teams[team]
		if t == nil {
			continue
		}
		for _, a := range t.Apps {
			if !called(a.Name, ae.App.Name, ae.App.Formerly) {
				continue
			}
			for _, e := range a.Envs {
				if called(e.Env.Name, ae.Env.Name, ae.Env.Formerly) {
					return e
				}
			}
		}
	}
	return nil
}

func called(name, now, formerly string) bool { return name == now || name == formerly }

// repositories tells which bundles would have to move in the registry.
func (p pairs) repositories() []Hint {
	var moved [][2]string
	seen := map[[2]string]bool{}
	add := func(from, to string) {
		if pair := [2]string{from, to}; from != to && !seen[pair] {
			seen[pair] = true
			moved = append(moved, pair)
		}
	}
	for _, a := range p.is.Apps() {
		for _, ae := range a.Envs {
			if b := p.before(ae); b != nil && a.OCI && b.OCI {
				add(b.Releases, ae.Releases)
				add(b.Repository, ae.Repository)
			}
		}
	}
	if len(moved) == 0 {
		return nil
	}
	h := Hint{Text: fmt.Sprintf("Bundles are looked for elsewhere now, in %s, and nothing in the registry moves along: neither releases nor promotion tags, holds, records or signatures. "+
		"Clusters keep what they run, and get nothing new until what they look for is there.", countOf(len(moved), "repository", "repositories"))}
	h.Tasks = append(h.Tasks, model.Task{Text: "before this is merged: give CI and Flux access to the new repositories, see `docs/setup.md` and `README.md` of the platform repository"})
	for _, m := range moved[:min(len(moved), mostShown)] {
		h.Tasks = append(h.Tasks, model.Task{
			Text: "before this is merged: copy `" + m[0] + "` with its signatures and records",
			Command: "for tag in $(oras repo tags " + model.ShellQuote(m[0]) + "); do\n" +
				"  oras copy --recursive " + model.ShellQuote(m[0]) + ":\"$tag\" " + model.ShellQuote(m[1]) + ":\"$tag\"\ndone",
		})
	}
	if n := len(moved) - mostShown; n > 0 {
		h.Tasks = append(h.Tasks, model.Task{Text: fmt.Sprintf("the same for %d more", n)})
	}
	h.Tasks = append(h.Tasks, model.Task{Text: "look whether all of it arrived, from this contract", Command: "penstock history --check"})
	return []Hint{h}
}

// paths tells where a release has to pass an environment that it did not pass
// before.
func (p pairs) paths() []Hint {
	var list []Hint
	for _, e := range p.is.Envs {
		i := slices.IndexFunc(p.was.Envs, func(b *model.Env) bool { return called(b.Name, e.Name, e.Formerly) })
		if i < 0 || e.From == nil || p.was.Envs[i].From == nil || called(p.was.Envs[i].From.Name, e.From.Name, e.From.Formerly) {
			continue
		}
		h := Hint{Text: fmt.Sprintf("%s is promoted from %s now, before from %s. What runs in %s stays; a promotion to it is refused until its release counted in %s.",
			e.Name, e.From.Name, p.was.Envs[i].From.Name, e.Name, e.From.Name)}
		h.Tasks = p.promotions(e.From, e)
		list = append(list, h)
	}
	return list
}

// promotions are the calls that bring the apps of an environment to another.
func (p pairs) promotions(to, of *model.Env) []model.Task {
	return p.tasks([]*model.Env{to, of}, func(app string) model.Task {
		command := "penstock promote --app " + app + " --to " + to.Name
		if to.Pinned {
			command += " --platform-dir . --branch " + strings.ReplaceAll(app, "/", "-") + "-to-" + to.Name
		}
		return model.Task{Text: "when `" + to.Name + "` is there: bring `" + app + "` to it", Command: command}
	})
}

// tasks makes one for each bundled app that is in all of some environments.
func (p pairs) tasks(envs []*model.Env, task func(app string) model.Task) (tasks []model.Task) {
	more := 0
	for _, a := range p.is.Apps() {
		in := func(e *model.Env) bool {
			return slices.ContainsFunc(a.Envs, func(ae *model.AppEnv) bool { return ae.Env == e })
		}
		switch {
		case !a.OCI || slices.ContainsFunc(envs, func(e *model.Env) bool { return !in(e) }):
		case len(tasks) == mostShown:
			more++
		default:
			tasks = append(tasks, task(a.Team.Name+"/"+a.Name))
		}
	}
	if more > 0 {
		tasks = append(tasks, model.Task{Text: fmt.Sprintf("the same for %s more", countOf(more, "app", "apps"))})
	}
	return tasks
}

// references tells what an environment runs where the place that says so
// changed.
func (p pairs) references() []Hint {
	var list []Hint
	for _, e := range p.is.Envs {
		i := slices.IndexFunc(p.was.Envs, func(b *model.Env) bool { return called(b.Name, e.Name, e.Formerly) })
		if i < 0 || p.was.Envs[i].Pinned == e.Pinned {
			continue
		}
		if e.Pinned {
			list = append(list, Hint{
				Text:  fmt.Sprintf("Git pins what runs in %s now. The new pins are suspended and hold nothing: clusters keep what they run, and holds of the registry do not count.", e.Name),
				Tasks: p.promotions(e, e),
			})
			continue
		}
		list = append(list, Hint{
			Text: fmt.Sprintf("The registry says what runs in %s now, and each promotion tag there counts: also one of a pull request that was never merged. Pins and their holds count no longer.", e.Name),
			Tasks: p.tasks([]*model.Env{e}, func(app string) model.Task {
				return model.Task{Text: "before this is merged: hold what the registry says of `" + app + "` against its pin", Command: "penstock history --app " + app + " --env " + e.Name}
			}),
		})
	}
	return list
}

// signing tells that what was published before is signed otherwise.
func signing(was, is contract.Contract) []Hint {
	a, b := was.Spec.SupplyChain, is.Spec.SupplyChain
	if b.Signing == "none" || a.Signing == b.Signing && a.PublicKey == b.PublicKey {
		return nil
	}
	return []Hint{{
		Text: "Flux verifies other signatures now (" + b.Signing + "), which nothing that was published before has: clusters keep what they run and refuse the rest, rollbacks to earlier releases included.",
		Tasks: []model.Task{{
			Text: "release and promote each app again, by its own pipeline, before you rely on a rollback",
		}},
	}}
}

func countOf(n int, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, several)
}
