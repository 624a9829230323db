package wizard

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/diag"
)

// Refusal is why the wizard cannot go on with what it was given: the answers
// are to be changed, not the program.
type Refusal struct{ text string }

// Error implements error.
func (r Refusal) Error() string { return r.text }

// NoAnswers answers nothing but with defaults that nobody made up. It is for
// commands that cannot ask.
func NoAnswers() *Answers { return &Answers{} }

// lack takes down a question that has no answer.
func (a *Answers) lack(q Question, around *yaml.Node) {
	if a.explained(q.Key) {
		return
	}
	m := missing{q, "is missing"}
	if a.root == nil {
		_, fix, _ := strings.Cut(m.Error(), "; ")
		a.ds.Add(diag.Where{Field: m.name()}, m.what, fix)
		return
	}
	fix := ""
	if q.Default != "" {
		fix = "for example " + q.Default
	}
	w := a.at(around, q.Key)
	if around == a.root {
		w.Line, w.Column = 1, 1
	}
	a.ds.Add(w, m.what, fix)
}

// explained reports whether a question lacks its answer because of something
// that was reported: a misspelled key, or a list that could not be read.
func (a *Answers) explained(key string) bool {
	if a.meant[indexRE.ReplaceAllString(key, "[]")] {
		return true
	}
	for _, d := range a.ds {
		if rest, ok := strings.CutPrefix(key, d.Where.Field); ok && d.Where.Field != "" && rest != "" && (rest[0] == '[' || rest[0] == '.') {
			return true
		}
	}
	return false
}

var indexRE = regexp.MustCompile(`\[[0-9]+\]`)

// scalars returns the texts of an answer; false when it is something else.
func (a *Answers) scalars(n *yaml.Node, q Question) ([]string, bool) {
	switch n = follow(n); {
	case n.Kind == yaml.ScalarNode && n.ShortTag() != "!!null":
		a.used[n] = true
		if q.List || q.Items {
			return split(n.Value), true
		}
		return []string{n.Value}, true
	case n.Kind == yaml.SequenceNode && q.List:
		var list []string
		for _, c := range n.Content {
			c = follow(c)
			if name := child(c, "name"); q.Items && name != nil {
				c = follow(name)
			}
			if c.Kind != yaml.ScalarNode {
				a.ds.Add(a.at(c, q.Key), "is no text", "write "+describeItem(q))
				continue
			}
			a.used[c] = true
			list = append(list, c.Value)
		}
		return list, true
	}
	return nil, false
}

func describeItem(q Question) string {
	if q.Items {
		return `"name: …", or the name alone`
	}
	return "a text"
}

// answer finds the answer to a question; false when the default has to do.
func (a *Answers) answer(q Question) ([]string, *yaml.Node, bool) {
	n, around := a.find(q.Key)
	if n == nil {
		if q.Guess || q.Need && q.Default == "" {
			a.lack(q, around)
		}
		return nil, nil, false
	}
	list, ok := a.scalars(n, q)
	if !ok {
		want := "a text"
		if q.List {
			want = "a list"
		}
		a.ds.Add(a.at(n, q.Key), "is not "+want, "write "+want)
	}
	return list, n, ok
}

// check takes down what is wrong with an answer and returns one to go on with.
func (a *Answers) check(q Question, n *yaml.Node, answer string) string {
	if problem := q.Problem(answer); problem != "" {
		a.ds.Add(a.at(n, q.Key), problem, "")
		return q.Default
	}
	return answer
}

// Input implements Prompter.
func (a *Answers) Input(q Question) (string, error) {
	list, n, ok := a.answer(q)
	if !ok {
		return q.Default, nil
	}
	return a.check(q, n, join(list)), nil
}

// Select implements Prompter.
func (a *Answers) Select(q Question) (string, error) {
	if q.Key == "" {
		if q.Guess {
			return "", Refusal{strings.TrimSpace(q.Intro)}
		}
		return q.Default, nil
	}
	list, n, ok := a.answer(q)
	if !ok {
		return q.Default, nil
	}
	return a.check(q, n, q.truth(list[0])), nil
}

// truth turns what YAML calls true and false into what the question offers.
func (q Question) truth(answer string) string {
	if said, ok := map[string]string{"true": "yes", "false": "no"}[answer]; ok && slices.Contains(q.values(), said) {
		return said
	}
	return answer
}

// MultiSelect implements Prompter.
func (a *Answers) MultiSelect(q Question) ([]string, error) {
	q.List = true
	list, n, ok := a.answer(q)
	if !ok {
		return split(q.Default), nil
	}
	for _, v := range list {
		if problem := q.Problem(v); problem != "" {
			a.ds.Add(a.at(n, q.Key), problem, "")
		}
	}
	return list, nil
}

// Confirm implements Prompter: one more item is wanted when the file has it.
func (a *Answers) Confirm(q Question) (bool, error) {
	n, _ := a.find(q.Key)
	return n != nil, nil
}

// skip makes an answer count as used: a flag takes its place.
func (a *Answers) skip(key string) {
	if n, _ := a.find(key); n != nil {
		a.spend(follow(n))
	}
}

func (a *Answers) spend(n *yaml.Node) {
	a.used[n] = true
	for _, c := range n.Content {
		a.spend(follow(c))
	}
}

// Preset answers from flags, each question once, and hands all others on. A
// flag that will not do is one more thing wrong with the answers; a person is
// told of it, and asked.
type Preset struct {
	Prompter
	// Values are the flags' values by their names; those of a list are
	// separated by commas.
	Values map[string]string
	done   map[string]bool
}

// answers implements mute.
func (p *Preset) answers(q Question) bool {
	v, ok := p.Values[q.Flag]
	if ok && q.Flag != "" && !p.done[q.Key] {
		return q.Problem(v) == ""
	}
	m, ok := p.Prompter.(mute)
	return ok && m.answers(q)
}

// take returns a flag's answer, or false with a question that is to be asked.
func (p *Preset) take(q Question) (string, Question, bool) {
	v, ok := p.Values[q.Flag]
	if !ok || q.Flag == "" || p.done[q.Key] {
		return "", q, false
	}
	if p.done == nil {
		p.done = map[string]bool{}
	}
	p.done[q.Key] = true
	a, file := p.Prompter.(*Answers)
	if file {
		a.skip(q.Key)
	}
	problem := q.Problem(v)
	switch {
	case problem == "":
		return v, q, true
	case file:
		a.ds.Add(diag.Where{Field: "--" + q.Flag}, problem, "")
		return q.Default, q, true
	}
	q.Intro += "--" + q.Flag + ": " + problem + "\n"
	return "", q, false
}

// Input implements Prompter.
func (p *Preset) Input(q Question) (string, error) {
	v, q, ok := p.take(q)
	if ok {
		return v, nil
	}
	return p.Prompter.Input(q)
}

// Select implements Prompter.
func (p *Preset) Select(q Question) (string, error) {
	v, q, ok := p.take(q)
	if ok {
		return v, nil
	}
	return p.Prompter.Select(q)
}

// CheckFlags says all that is wrong with the values of flags by themselves,
// before anybody is asked anything. fields are the contract's, by flag.
func CheckFlags(fields, values map[string]string) diag.List {
	var ds diag.List
	for _, flag := range slices.Sorted(maps.Keys(values)) {
		for _, v := range split(values[flag]) {
			if field := fields[flag]; field != "" {
				if problem := contract.Check(field, v); problem != "" {
					ds.Add(diag.Where{Field: "--" + flag}, problem, "")
				}
			}
		}
	}
	return ds
}
