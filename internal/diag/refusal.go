package diag

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Faults is a List as an error: what is wrong with a user's file.
type Faults List

func (f Faults) Error() string { return List(f).String() }

// Err is the list as an error; nil when nothing is wrong.
func (l List) Err() error {
	if len(l) == 0 {
		return nil
	}
	return Faults(l)
}

// Kind is who a Refusal waits for. The command line has an exit code for each.
type Kind int

const (
	// Failed is what the user's call could not cause.
	Failed Kind = iota
	// Invalid is a call or a contract that is not right.
	Invalid
	// Differs is a check that found something.
	Differs
	// Person is what a person must decide.
	Person
)

// Refusal is an error that says for whom a command stops. With an empty Text
// the command has said everything already.
type Refusal struct {
	Kind Kind
	Text string
	List List // what Text tells, for machines; nil: as it can be read from Text
}

func (r Refusal) Error() string { return r.Text }

// Refuse makes a Refusal of a text.
func Refuse(k Kind, text string) error { return Refusal{Kind: k, Text: text} }

// Invalidf makes the Refusal of a call that is not right.
func Invalidf(format string, args ...any) error { return Refuse(Invalid, fmt.Sprintf(format, args...)) }

// Personf makes the Refusal of what a person must decide.
func Personf(format string, args ...any) error { return Refuse(Person, fmt.Sprintf(format, args...)) }

// placed is the place that a message begins with.
var placed = regexp.MustCompile(`^([^\s:"]+):(\d+)(?::(\d+))?: `)

// Read takes a message apart: "file:line:column: what; fix".
func Read(line string) Diagnostic {
	var d Diagnostic
	if m := placed.FindStringSubmatch(line); m != nil {
		d.Where.File, line = m[1], line[len(m[0]):]
		d.Where.Line, _ = strconv.Atoi(m[2])
		d.Where.Column, _ = strconv.Atoi(m[3])
	}
	d.What = line
	if i := strings.LastIndex(line, "; "); i > 0 {
		d.What, d.Fix = line[:i], line[i+2:]
	}
	return d
}

// In is a problem of a file whose name is known.
func (d Diagnostic) In(file string) Diagnostic {
	d.Where.File, d.What = file, strings.TrimPrefix(d.What, file+": ")
	return d
}
