package workspace

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/generate/merge"
	"github.com/penstock-dev/penstock/internal/generate/plan"
	"github.com/penstock-dev/penstock/internal/generate/site"
	"github.com/penstock-dev/penstock/internal/generate/tree"
)

func (s *Session) blocked() int {
	n := 0
	for _, j := range s.Jobs {
		n += len(j.Plan.Blocked())
	}
	return n
}

// Refused reports whether the run waits for a person before it writes.
func (s *Session) Refused() bool {
	return s.blocked() > 0 || len(s.Effect.Prunes) > 0 && !s.AllowPrune
}

// Refusal names everything that needs a person.
func (s *Session) Refusal() error {
	var b strings.Builder
	var list diag.List
	for _, j := range s.Jobs {
		for _, c := range j.Plan.Blocked() {
			file, _ := j.Edited(c)
			for _, line := range j.lines(c) {
				text := fmt.Sprintf("%s%s: %s", file, line, c.Reason)
				b.WriteString(text + "\n")
				list = append(list, diag.Read(text).In(file))
			}
			for _, conflict := range c.Conflicts {
				sides(&b, conflict)
			}
		}
	}
	var waits []string
	if n := s.blocked(); n > 0 {
		waits = append(waits, Count(n, "file waits", "files wait")+" for a person to decide")
	}
	if len(s.Effect.Prunes) > 0 && !s.AllowPrune {
		s.prunes(&b)
		for _, p := range s.Effect.Prunes {
			list = append(list, diag.Diagnostic{Where: diag.Where{File: s.Platform().File(p.File)}, What: p.String(), Fix: "when that is meant, run again with --allow-prune"})
		}
		waits = append(waits, "Flux would delete what runs; when that is meant, run again with --allow-prune")
	}
	fmt.Fprintf(&b, "nothing was written: %s", strings.Join(waits, ", and "))
	for _, j := range s.Jobs {
		if away := j.awayBlocked(); away != nil {
			b.WriteString(site.CheckOut(j.away, j.At, away))
		}
	}
	return diag.Refusal{Kind: diag.Person, Text: b.String(), List: list}
}

// prunes writes what Flux would delete, and for renames the order of steps in
// which nothing stops.
func (s *Session) prunes(b *strings.Builder) {
	const most = 50
	list := s.Effect.Prunes[:min(most, len(s.Effect.Prunes))]
	for _, p := range list {
		fmt.Fprintf(b, "%s: %s\n", s.Platform().File(p.File), p)
	}
	if n := len(s.Effect.Prunes) - most; n > 0 {
		fmt.Fprintf(b, "and %d more; \"-o json\" lists all\n", n)
	}
	flux := s.Contract.Spec.Flux
	for _, p := range list {
		b.WriteString(p.Order(flux.Namespace, flux.Install == "operator"))
	}
}

// Edited is where a person's edits are now, and what stands there: after a
// rename in the contract that is the former path.
func (j *Job) Edited(c plan.Change) (string, *tree.File) {
	if c.From == "" {
		return j.File(c.Path), c.Current
	}
	for _, was := range j.Plan.Changes {
		if was.Path == c.From {
			return j.File(c.From), was.Current
		}
	}
	return j.File(c.From), nil
}

// lines lists where in a file a person has to look, each as ":12".
func (j *Job) lines(c plan.Change) []string {
	var list []string
	if _, f := j.Edited(c); c.Action == plan.Unresolved && f != nil {
		for _, n := range merge.Unresolved(f.Data) {
			list = append(list, fmt.Sprintf(":%d", n))
		}
	} else if n := c.Line(); n > 0 {
		list = append(list, fmt.Sprintf(":%d", n))
	}
	if list == nil {
		return []string{""}
	}
	return list
}

// sides shows both sides of a conflict.
func sides(b *strings.Builder, c merge.Conflict) {
	const most = 10
	for _, side := range []struct {
		name string
		merge.Section
	}{{"here", c.Current}, {"contract", c.Desired}} {
		fmt.Fprintf(b, "  %s:\n", side.name)
		n := 0
		for line := range bytes.Lines(side.Data) {
			if n++; n <= most {
				fmt.Fprintf(b, "    %s\n", strings.TrimRight(string(line), "\r\n"))
			}
		}
		switch {
		case n > most:
			fmt.Fprintf(b, "    … %s more\n", Count(n-most, "line", "lines"))
		case n == 0:
			b.WriteString("    (no line)\n")
		}
	}
}

// Marked returns the error of a run that wrote conflict markers, or nil.
func (s *Session) Marked(would bool) error {
	var b strings.Builder
	n := 0
	var list diag.List
	for _, j := range s.Jobs {
		for _, c := range j.Plan.Changes {
			if c.Action == plan.Mark {
				n++
				text := fmt.Sprintf("%s:%d: %s", j.File(c.Path), c.Line(), c.Reason)
				b.WriteString(text + "\n")
				list = append(list, diag.Read(text).In(j.File(c.Path)))
			}
		}
	}
	if n == 0 {
		return nil
	}
	verb := "has conflict markers"
	if n > 1 {
		verb = "have conflict markers"
	}
	if would {
		verb = "would get conflict markers"
	}
	fmt.Fprintf(&b, `%s %s; resolve them (in a Git work tree "git mergetool" helps) and run "penstock generate" again`, Count(n, "file", "files"), verb)
	return diag.Refusal{Kind: diag.Person, Text: b.String(), List: list}
}
