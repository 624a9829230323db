// Package wizard turns questions that a person answers into a contract.
//
// Questions come in sections and know no rules of their own: each answer is
// tried in the contract, and contract.Parse says whether it will do. A
// Prompter asks: in a terminal, in plain lines, from a file, or from a test's
// script. Nothing is written here.
package wizard

import (
	"errors"
	"slices"
	"strings"
	"unicode"
)

// Prompter asks questions. Each method returns only answers that
// Question.Problem finds nothing wrong with, or an error that ends the wizard.
type Prompter interface {
	// Input asks for text; several values are separated by commas.
	Input(q Question) (string, error)
	// Select asks for one of the options.
	Select(q Question) (string, error)
	// MultiSelect asks for any number of the options.
	MultiSelect(q Question) ([]string, error)
	// Confirm asks for yes or no.
	Confirm(q Question) (bool, error)
}

// ErrBack is the answer of who wants the question before once more.
var ErrBack = errors.New("back")

// Back is what a person types to go back by one question.
const Back = "<"

func isBack(typed string) bool { return strings.TrimSpace(typed) == Back }

// ErrInterrupted ends the wizard when the person does.
var ErrInterrupted = errors.New("stopped; nothing was written")

// Question is what a Prompter asks.
type Question struct {
	// Key is the question's place in an answers file: "platform.git.url".
	Key string
	// Flag is the flag that answers it, without dashes; empty for none.
	Flag string
	// Intro is shown before the question.
	Intro string
	// Text is the question itself, without a question mark at its end.
	Text string
	// Help is shown on request.
	Help string
	// Default is the answer of those who just press Enter. With Guess it was
	// made up and holds only when a person has seen it.
	Default string
	Guess   bool
	// MadeUp: the default names something outside that nobody has, such as a
	// host. Who takes it is asked again at the end.
	MadeUp bool
	// Need: an answer cannot be empty.
	Need bool
	// List: the answer is several values, separated by commas. Items: in an
	// answers file they are the names of the list's items.
	List, Items bool
	// Lines: the answer may have several lines.
	Lines bool
	// Options of Select and MultiSelect.
	Options []Option
	// Check says what is wrong with an answer that is not empty, or "".
	Check func(answer string) string
}

// Option is one answer of a list, with a few words on it.
type Option struct{ Value, About string }

// Nothing is what a person types to leave a value out that has a default.
const Nothing = "-"

// Problem says what is wrong with an answer, or "".
func (q Question) Problem(answer string) string {
	switch {
	case len(q.Options) > 0 && !slices.ContainsFunc(q.Options, func(o Option) bool { return o.Value == answer }):
		return "is " + quoted(answer) + "; choose one of " + strings.Join(q.values(), ", ")
	case answer == "" && q.Need:
		return "is empty; something is needed here" + q.example()
	case answer == "" || q.Check == nil:
		return ""
	}
	return q.Check(answer)
}

func (q Question) example() string {
	if q.Default == "" {
		return ""
	}
	return ", for example " + q.Default
}

func (q Question) values() []string {
	list := make([]string, len(q.Options))
	for i, o := range q.Options {
		list[i] = o.Value
	}
	return list
}

// typed turns what a person typed into an answer: nothing means the default.
func (q Question) typed(s string) string {
	if !q.Lines {
		s = strings.TrimSpace(s)
	}
	switch {
	case s == "":
		return q.Default
	case s == Nothing && !q.Need:
		return ""
	}
	return s
}

// prompt is the text of a question to which several answers may be given.
func (q Question) prompt() string {
	const how = "several with commas)"
	switch text, brackets := strings.CutSuffix(q.Text, ")"); {
	case !q.List:
		return q.Text
	case brackets:
		return text + "; " + how
	default:
		return q.Text + " (" + how
	}
}

// split returns the values of a list. None holds a blank, so that a person may
// leave the commas out.
func split(answer string) []string {
	return strings.FieldsFunc(answer, func(c rune) bool { return c == ',' || unicode.IsSpace(c) })
}

func join(list []string) string { return strings.Join(list, ", ") }

func quoted(s string) string { return `"` + s + `"` }
