package wizard

import (
	"strconv"
	"strings"

	"github.com/penstock-dev/penstock/internal/contract"
)

// asker asks the questions of one contract. After an error it asks no more,
// so that sections need not look at it.
type asker struct {
	p    Prompter
	c    contract.Contract // what is empty has its default
	seed Seed
	// today: see Options.
	today string
	err   error
	// manifests: see Options.
	manifests bool
	// alone: no person answers.
	alone bool
	// made are the questions whose defaults were made up.
	made []guess
	// intro is shown before the next question.
	intro string
}

// set puts an answer into a contract.
type set func(c *contract.Contract, answer string)

// prepare fills in what follows from the field that a question is about.
func (a *asker) prepare(q *Question, field string, put set) {
	if q.Key == "" {
		q.Key = strings.TrimPrefix(field, "spec.")
	}
	q.Intro, a.intro = a.intro+q.Intro, ""
	if q.Help == "" {
		q.Help = help(field, *q)
	}
	if q.Check == nil {
		q.Check = func(answer string) string { return a.tried(field, answer, put) }
	}
}

// help explains a question; the default is the one that it shows.
func help(field string, q Question) string {
	text := contract.Help(field)
	if q.Default != "" {
		text, _, _ = strings.Cut(text, "\nDefault: ")
	}
	if q.List {
		text += "\nSeveral are separated by commas."
	}
	return text
}

// tried puts an answer into a copy of the contract and returns what Parse says
// about the field and what is below it.
func (a *asker) tried(field, answer string, put set) string {
	trial := a.c.Clone()
	put(&trial, answer)
	_, ds := contract.Parse("", trial.YAML())
	for _, d := range ds {
		rest, about := strings.CutPrefix(d.Where.Field, field)
		if about && (rest == "" || rest[0] == '[' || rest[0] == '.') {
			if d.Fix == "" {
				return d.What
			}
			return d.What + "; " + d.Fix
		}
	}
	return ""
}

// text asks for one value, or several.
func (a *asker) text(field string, q Question, put set) {
	if a.err != nil {
		return
	}
	asked := q
	a.prepare(&q, field, put)
	if q.MadeUp {
		asked.Key = q.Key
		a.made = append(a.made, guess{field, asked, put})
	}
	answer, err := a.p.Input(q)
	if a.err = err; err == nil {
		put(&a.c, answer)
	}
}

// choose asks for one of the values that a field allows. about says a few
// words on each.
func (a *asker) choose(field string, q Question, about map[string]string, put set) {
	if a.err != nil {
		return
	}
	a.prepare(&q, field, put)
	q.Help = contract.Describe(field)
	for _, v := range contract.Options(field) {
		problem := a.tried(field, v, put)
		if v == "manifests" && !a.manifests {
			problem = "needs --flux-manifests"
		}
		if problem == "" {
			q.Options = append(q.Options, Option{v, about[v]})
		} else {
			q.Help += "\nNot offered: " + v + "; it " + problem + "."
		}
	}
	if len(q.Options) == 0 {
		return // the summary says why
	}
	if q.Problem(q.Default) != "" {
		q.Default = q.Options[len(q.Options)-1].Value
	}
	answer, err := a.p.Select(q)
	if a.err = err; err == nil {
		put(&a.c, answer)
	}
}

// pick asks for one of options that are no field's values.
func (a *asker) pick(q Question) string {
	if a.err != nil {
		return ""
	}
	q.Intro, a.intro = a.intro+q.Intro, ""
	answer, err := a.p.Select(q)
	a.err = err
	return answer
}

func (a *asker) several(q Question) []string {
	if a.err != nil {
		return nil
	}
	q.Intro, a.intro = a.intro+q.Intro, ""
	answer, err := a.p.MultiSelect(q)
	a.err = err
	return answer
}

func (a *asker) confirm(q Question) bool {
	if a.err != nil {
		return false
	}
	q.Intro, a.intro = a.intro+q.Intro, ""
	answer, err := a.p.Confirm(q)
	a.err = err
	return answer && err == nil
}

// misses reports whether Parse wants a field that is empty.
func (a *asker) misses(field string) bool {
	_, ds := contract.Parse("", a.c.YAML())
	for _, d := range ds {
		if d.Where.Field == field && d.What == "is missing" {
			return true
		}
	}
	return false
}

// complete is the contract with every default, as far as it goes.
func (a *asker) complete() contract.Contract {
	c, _ := contract.Parse("", a.c.YAML())
	return c
}

func item(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
