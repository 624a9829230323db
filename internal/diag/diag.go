// Package diag turns what is wrong with a user's input into lines that say
// where it is, what was seen and how to fix it.
//
// It takes no decision and does no I/O: packages collect a List, the command
// line prints it and picks the exit code.
package diag

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Where is a place in a user's file. Line and Column count from 1; 0 means
// unknown and is left out when printed. Field is a path such as
// "spec.teams[1].apps[0].image"; it may be empty.
type Where struct {
	File   string
	Line   int
	Column int
	Field  string
}

// String prints "file:line:column: field", each part only when known.
func (w Where) String() string {
	var b strings.Builder
	b.WriteString(w.File)
	if w.Line > 0 {
		b.WriteString(":" + strconv.Itoa(w.Line))
		if w.Column > 0 {
			b.WriteString(":" + strconv.Itoa(w.Column))
		}
	}
	if w.Field != "" {
		if b.Len() > 0 {
			b.WriteString(": ")
		}
		b.WriteString(w.Field)
	}
	return b.String()
}

// Diagnostic is one problem. What names the value seen; Fix says what to do
// and may be empty when What already does. A Warning stops nothing.
type Diagnostic struct {
	Where   Where
	What    string
	Fix     string
	Warning bool
}

// String prints "where: what; fix" on one line: line breaks and other control
// characters in the parts, which may come from the input, are escaped.
func (d Diagnostic) String() string { return d.after(d.Where.String()) }

// Text prints the same for who says the place otherwise: the field is still
// named.
func (d Diagnostic) Text() string { return d.after(d.Where.Field) }

func (d Diagnostic) after(where string) string {
	s := d.What
	if d.Warning {
		s = "warning: " + s
	}
	if d.Fix != "" {
		s += "; " + d.Fix
	}
	if where != "" {
		s = where + ": " + s
	}
	return escape(s)
}

// List is any number of problems. A nil or empty List means: nothing is wrong.
type List []Diagnostic

// Add appends a problem.
func (l *List) Add(w Where, what, fix string) {
	*l = append(*l, Diagnostic{Where: w, What: what, Fix: fix})
}

// Warn appends a warning.
func (l *List) Warn(w Where, what, fix string) {
	*l = append(*l, Diagnostic{Where: w, What: what, Fix: fix, Warning: true})
}

// Sorted returns a copy ordered by file, position, field and text, without
// repeated entries.
func (l List) Sorted() List {
	s := slices.Clone(l)
	slices.SortStableFunc(s, func(a, b Diagnostic) int {
		return cmp.Or(
			cmp.Compare(a.Where.File, b.Where.File),
			cmp.Compare(a.Where.Line, b.Where.Line),
			cmp.Compare(a.Where.Column, b.Where.Column),
			cmp.Compare(a.Where.Field, b.Where.Field),
			cmp.Compare(a.What, b.What),
			cmp.Compare(a.Fix, b.Fix),
		)
	})
	return slices.Compact(s)
}

// String prints one problem a line, sorted, each line ended.
func (l List) String() string {
	var b strings.Builder
	for _, d := range l.Sorted() {
		b.WriteString(d.String())
		b.WriteByte('\n')
	}
	return b.String()
}

func escape(s string) string {
	clean := func(r rune) bool { return r >= ' ' && r != 0x7f && (r < 0x80 || strconv.IsPrint(r)) }
	if strings.IndexFunc(s, func(r rune) bool { return !clean(r) }) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if clean(r) {
			b.WriteRune(r)
		} else {
			q := strconv.QuoteRune(r)
			b.WriteString(q[1 : len(q)-1])
		}
	}
	return b.String()
}
