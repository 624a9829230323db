package wizard

import (
	"slices"
	"strings"
)

// guess is a question whose default was made up.
type guess struct {
	field string
	q     Question
	put   set
}

// guesses are the questions to which the person took what was made up.
func (a *asker) guesses() []guess {
	if a.alone {
		return nil
	}
	r, ok := a.p.(*recorder)
	if !ok {
		return nil
	}
	var list []guess
	for _, g := range a.made {
		was, ok := r.last(g.q.name())
		if !ok || was.silent || was.answer != was.q.Default || !was.q.MadeUp {
			continue
		}
		list = slices.DeleteFunc(list, func(other guess) bool { return other.field == g.field })
		list = append(list, g)
	}
	return list
}

// madeUp lists the values that nobody gave.
func (a *asker) madeUp() []string {
	var list []string
	for _, g := range a.guesses() {
		for _, v := range split(g.q.Default) {
			if !slices.Contains(list, v) {
				list = append(list, v)
			}
		}
	}
	return list
}

// madeUpAgain asks once more for what was made up so that the person could go
// on: by now they may have looked it up.
func (a *asker) madeUpAgain() {
	list := a.guesses()
	if a.err != nil || len(list) == 0 {
		return
	}
	var b strings.Builder
	b.WriteString("\nPenstock made these up, so that you could go on:\n")
	for _, g := range list {
		b.WriteString("  " + g.q.Text + ": " + g.q.Default + "\n")
	}
	if !a.confirm(Question{Text: "Give the real ones now", Default: "yes", Intro: b.String(), Help: "What you do not know yet stays, is marked in the contract, and can be changed there."}) {
		return
	}
	for _, g := range list {
		a.text(g.field, g.q, g.put)
	}
}

// Mark puts a comment behind each line of a contract that holds a value that
// was made up.
func Mark(data []byte, values []string) []byte {
	var b strings.Builder
	for line := range strings.Lines(string(data)) {
		text := strings.TrimRight(line, "\n")
		if !strings.HasPrefix(strings.TrimSpace(text), "#") && holds(text, values) {
			text += " # made up: replace it"
		}
		b.WriteString(text + "\n")
	}
	return []byte(b.String())
}

// holds reports whether a line has one of the values as a word.
func holds(text string, values []string) bool {
	words := strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune(" \"'[]{},", c) })
	return slices.ContainsFunc(values, func(v string) bool { return slices.Contains(words, v) })
}
