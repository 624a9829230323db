package cli

import (
	"errors"
	"io"
	"slices"
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
	}{problems(problemsIn(err))})
}

func problems(ds diag.List) []problem {
	list := make([]problem, len(ds))
	for i, d := range ds {
		list[i] = problem{d.Where.File, d.Where.Line, d.Where.Column, d.Where.Field, d.What, d.Fix}
	}
	return list
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
func problemsIn(err error) diag.List {
	var list diag.List
	if many, ok := err.(interface{ Unwrap() []error }); ok { //nolint:errorlint // the outermost alone is meant
		for _, e := range many.Unwrap() {
			list = append(list, problemsIn(e)...)
		}
		return list
	}
	var bad diag.Faults
	var call usageError
	var stops diag.Refusal
	switch ran, ok := err.(ranError); { //nolint:errorlint // the outermost alone is meant
	case ok:
		return problemsIn(ran.error)
	case errors.As(err, &bad):
		return diag.List(bad).Sorted()
	case errors.As(err, &call):
		for _, text := range call.list {
			p := diag.Read(call.command + ": " + text)
			if p.Fix == "" {
				p.Fix = `see "` + call.command + ` --help"`
			}
			list = append(list, p)
		}
	case errors.As(err, &stops) && stops.List != nil:
		return stops.List
	default:
		return problemsOfText(err.Error())
	}
	return list
}

// problemsOfText reads messages, one a line; what is indented belongs to the
// line above.
func problemsOfText(text string) diag.List {
	var list diag.List
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case line == "":
		case len(list) > 0 && strings.HasPrefix(line, " "):
			p := &list[len(list)-1]
			p.Fix = strings.TrimLeft(p.Fix+"\n"+line, "\n")
		default:
			list = append(list, diag.Read(line))
		}
	}
	return list
}
