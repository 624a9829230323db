package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/generate/plan"
	"github.com/penstock-dev/penstock/internal/generate/tree"
	"github.com/penstock-dev/penstock/internal/generate/workspace"
)

type diffOptions struct {
	io       IO
	targets  targetOptions
	exitCode bool
	stat     bool
	output   string
}

// difference is what would happen to one file, in JSON output. Without --stat
// Diff has the unified diff of a file that would be written.
type difference struct {
	entry
	Added   int    `json:"added"`
	Removed int    `json:"removed"`
	Diff    string `json:"diff,omitempty"`
}

func newDiffCmd(io IO) *cobra.Command {
	o := diffOptions{io: io}
	cmd := &cobra.Command{
		Use:   "diff",
		Short: "Show what generate would change",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	o.targets.flags(cmd)
	o.targets.pruneFlag(cmd)
	cmd.Flags().BoolVar(&o.exitCode, "exit-code", false, "exit with 3 when there are differences")
	cmd.Flags().BoolVar(&o.stat, "stat", false, "only count changed lines by file")
	enumFlag(cmd, &o.output, "output", "o", "text", "format of the result", "text", "json")
	return cmd
}

func (o diffOptions) run(ctx context.Context) (err error) {
	s, err := workspace.Open(ctx, o.targets.now())
	if s != nil {
		defer func() { err = errors.Join(err, s.Close()) }()
	}
	if err != nil {
		return err
	}
	warn(o.io, s.Contract)
	sayWhere(s, o.io.Err)
	if err := o.print(s); err != nil {
		return err
	}
	switch {
	case s.Refused():
		return s.Refusal()
	case o.exitCode && !s.Empty():
		return diag.Refuse(diag.Differs, "")
	default:
		return nil
	}
}

func (o diffOptions) print(s *workspace.Session) error {
	if o.output == "json" {
		return printJSON(o.io.Out, o.differences(s))
	}
	var b strings.Builder
	for _, j := range s.Jobs {
		for _, c := range append(j.Plan.Writes(), j.OnlyState()...) {
			patch := unified(j.File(c.Path), c)
			if o.stat {
				b.WriteString(o.counts(j.File(c.Path), patch))
				continue
			}
			b.WriteString(patch)
		}
	}
	text := b.String()
	if o.io.Color && !o.stat {
		text = colour(text)
	}
	_, err := io.WriteString(o.io.Out, text)
	return err
}

// counts is a line of --stat. A file's name that is too long for the terminal
// goes on in the next line.
func (o diffOptions) counts(file, patch string) string {
	added, removed := countLines(patch)
	line := fmt.Sprintf("%s | %d+ %d-", file, added, removed)
	if o.io.Columns > 0 && columns(line) > o.io.Columns {
		line = strings.Join(fold(line, o.io.Columns-2), "\n  ")
	}
	return line + "\n"
}

func (o diffOptions) differences(s *workspace.Session) []difference {
	patches := map[[2]string]string{}
	for _, j := range s.Jobs {
		for _, c := range append(j.Plan.Writes(), j.OnlyState()...) {
			patches[[2]string{j.Name(), c.Path}] = unified(j.File(c.Path), c)
		}
	}
	list := []difference{}
	for _, e := range entries(s) {
		d := difference{entry: e}
		if e.Action != "prune" {
			patch := patches[[2]string{e.Repository, e.Path}]
			d.Added, d.Removed = countLines(patch)
			if !o.stat {
				d.Diff = patch
			}
		}
		list = append(list, d)
	}
	return list
}

// unified is one change as git would show it.
func unified(name string, c plan.Change) string {
	from, to := "a/"+name, "b/"+name
	if c.Current == nil {
		from = "/dev/null"
	}
	if c.Result == nil {
		to = "/dev/null"
	}
	text := udiff.Unified(from, to, content(c.Current), content(c.Result))
	if text == "" && from[0] != to[0] { // an empty file
		text = fmt.Sprintf("--- %s\n+++ %s\n", from, to)
	}
	if c.Current != nil && c.Result != nil && c.Current.Mode != c.Result.Mode {
		text = fmt.Sprintf("--- %s mode %o\n+++ %s mode %o\n", from, c.Current.Mode, to, c.Result.Mode) + text
	}
	return text
}

func content(f *tree.File) string {
	if f == nil {
		return ""
	}
	return string(f.Data)
}

func countLines(patch string) (added, removed int) {
	for line := range strings.Lines(patch) {
		switch {
		case strings.HasPrefix(line, "+++ "), strings.HasPrefix(line, "--- "):
		case strings.HasPrefix(line, "+"):
			added++
		case strings.HasPrefix(line, "-"):
			removed++
		}
	}
	return added, removed
}

func colour(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		code := ""
		switch {
		case strings.HasPrefix(line, "+++ "), strings.HasPrefix(line, "--- "):
			code = "1"
		case strings.HasPrefix(line, "@@"):
			code = "36"
		case strings.HasPrefix(line, "+"):
			code = "32"
		case strings.HasPrefix(line, "-"):
			code = "31"
		}
		if code == "" {
			b.WriteString(line)
			continue
		}
		b.WriteString("\x1b[" + code + "m" + strings.TrimSuffix(line, "\n") + "\x1b[m\n")
	}
	return b.String()
}
