package cli

import (
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/internal/diag"
)

// problem is one thing that is wrong, in JSON output. Line and Column count from
// 1 and are 0 where there is none.
type problem struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Field  string `json:"field,omitempty"`
	What   string `json:"what"`
	Fix    string `json:"fix"`
}

// counted tells whether a command has printed a result.
type counted struct {
	io.Writer
	n int
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.Writer.Write(p)
	c.n += n
	return n, err
}

// printProblems writes what a command ended with in the place of a result.
func printProblems(w io.Writer, err error) error {
	return printJSON(w, struct {
		Problems []problem `json:"problems"`
	}{append([]problem{}, problemsIn(err)...)})
}

// wantsJSON reports whether a call asked for JSON, also one that could not be
// read to its end.
func wantsJSON(cmd *cobra.Command, args []string) bool {
	f := cmd.Flags().Lookup("output")
	if f == nil && !cmd.HasSubCommands() {
		return false
	}
	if f != nil {
		if e, ok := f.Value.(enum); !ok || !slices.Contains(e.allowed, "json") {
			return false
		}
	}
	for i, a := range args {
		switch {
		case a == "-ojson", a == "-o=json", a == "--output=json":
			return true
		case (a == "-o" || a == "--output") && i+1 < len(args) && args[i+1] == "json":
			return true
		}
	}
	return false
}

// problemsIn lists what an error tells.
func problemsIn(err error) []problem {
	var list []problem
	if many, ok := err.(interface{ Unwrap() []error }); ok { //nolint:errorlint // the outermost alone is meant
		for _, e := range many.Unwrap() {
			list = append(list, problemsIn(e)...)
		}
		return list
	}
	var bad problems
	var call usageError
	var exit exitError
	switch ran, ok := err.(ranError); { //nolint:errorlint // the outermost alone is meant
	case ok:
		return problemsIn(ran.error)
	case errors.As(err, &bad):
		for _, d := range diag.List(bad).Sorted() {
			list = append(list, problem{d.Where.File, d.Where.Line, d.Where.Column, d.Where.Field, d.What, d.Fix})
		}
	case errors.As(err, &call):
		for _, text := range call.list {
			p := problemOf(call.command + ": " + text)
			if p.Fix == "" {
				p.Fix = `see "` + call.command + ` --help"`
			}
			list = append(list, p)
		}
	case errors.As(err, &exit) && exit.list != nil:
		return exit.list
	default:
		return problemsOfText(err.Error())
	}
	return list
}

// problemsOfText reads messages, one a line; what is indented belongs to the
// line above.
func problemsOfText(text string) []problem {
	var list []problem
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case line == "":
		case len(list) > 0 && strings.HasPrefix(line, " "):
			p := &list[len(list)-1]
			p.Fix = strings.TrimLeft(p.Fix+"\n"+line, "\n")
		default:
			list = append(list, problemOf(line))
		}
	}
	return list
}

// placed is the place that a message begins with.
var placed = regexp.MustCompile(`^([^\s:"]+):(\d+)(?::(\d+))?: `)

// problemOf takes a message apart: "file:line:column: what; fix".
func problemOf(line string) problem {
	var p problem
	if m := placed.FindStringSubmatch(line); m != nil {
		p.File, line = m[1], line[len(m[0]):]
		p.Line, _ = strconv.Atoi(m[2])
		p.Column, _ = strconv.Atoi(m[3])
	}
	p.What = line
	if i := strings.LastIndex(line, "; "); i > 0 {
		p.What, p.Fix = line[:i], line[i+2:]
	}
	return p
}

// in is a problem of a file whose name is known.
func (p problem) in(file string) problem {
	p.File, p.What = file, strings.TrimPrefix(p.What, file+": ")
	return p
}
