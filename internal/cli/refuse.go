package cli

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/penstock-dev/penstock/internal/generate/merge"
	"github.com/penstock-dev/penstock/internal/generate/plan"
	"github.com/penstock-dev/penstock/internal/generate/tree"
)

func (s *session) blocked() int {
	n := 0
	for _, j := range s.jobs {
		n += len(j.plan.Blocked())
	}
	return n
}

// refused reports whether the run waits for a person before it writes.
func (s *session) refused() bool {
	return s.blocked() > 0 || len(s.effect.Prunes) > 0 && !s.allowPrune
}

// refusal names everything that needs a person.
func (s *session) refusal() error {
	var b strings.Builder
	var list []problem
	for _, j := range s.jobs {
		for _, c := range j.plan.Blocked() {
			file, _ := j.edited(c)
			for _, line := range j.lines(c) {
				text := fmt.Sprintf("%s%s: %s", file, line, c.Reason)
				b.WriteString(text + "\n")
				list = append(list, problemOf(text).in(file))
			}
			for _, conflict := range c.Conflicts {
				sides(&b, conflict)
			}
		}
	}
	var waits []string
	if n := s.blocked(); n > 0 {
		waits = append(waits, count(n, "file waits", "files wait")+" for a person to decide")
	}
	if len(s.effect.Prunes) > 0 && !s.allowPrune {
		s.prunes(&b)
		for _, p := range s.effect.Prunes {
			list = append(list, problem{File: s.jobs[0].file(p.File), What: p.String(), Fix: "when that is meant, run again with --allow-prune"})
		}
		waits = append(waits, "Flux would delete what runs; when that is meant, run again with --allow-prune")
	}
	fmt.Fprintf(&b, "nothing was written: %s", strings.Join(waits, ", and "))
	for _, j := range s.jobs {
		if away := j.awayBlocked(); away != nil {
			b.WriteString(j.checkOut(away))
		}
	}
	return exitError{exitPerson, b.String(), list}
}

// prunes writes what Flux would delete, and for renames the order of steps in
// which nothing stops.
func (s *session) prunes(b *strings.Builder) {
	const most = 50
	list := s.effect.Prunes[:min(most, len(s.effect.Prunes))]
	for _, p := range list {
		fmt.Fprintf(b, "%s: %s\n", s.jobs[0].file(p.File), p)
	}
	if n := len(s.effect.Prunes) - most; n > 0 {
		fmt.Fprintf(b, "and %d more; \"-o json\" lists all\n", n)
	}
	flux := s.contract.Spec.Flux
	for _, p := range list {
		b.WriteString(p.Order(flux.Namespace, flux.Install == "operator"))
	}
}

// edited is where a person's edits are now, and what stands there: after a
// rename in the contract that is the former path.
func (j *job) edited(c plan.Change) (string, *tree.File) {
	if c.From == "" {
		return j.file(c.Path), c.Current
	}
	for _, was := range j.plan.Changes {
		if was.Path == c.From {
			return j.file(c.From), was.Current
		}
	}
	return j.file(c.From), nil
}

// lines lists where in a file a person has to look, each as ":12".
func (j *job) lines(c plan.Change) []string {
	var list []string
	if _, f := j.edited(c); c.Action == plan.Unresolved && f != nil {
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
			fmt.Fprintf(b, "    … %s more\n", count(n-most, "line", "lines"))
		case n == 0:
			b.WriteString("    (no line)\n")
		}
	}
}

// marked returns the error of a run that wrote conflict markers, or nil.
func (s *session) marked(would bool) error {
	var b strings.Builder
	n := 0
	var list []problem
	for _, j := range s.jobs {
		for _, c := range j.plan.Changes {
			if c.Action == plan.Mark {
				n++
				text := fmt.Sprintf("%s:%d: %s", j.file(c.Path), c.Line(), c.Reason)
				b.WriteString(text + "\n")
				list = append(list, problemOf(text).in(j.file(c.Path)))
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
	fmt.Fprintf(&b, `%s %s; resolve them (in a Git work tree "git mergetool" helps) and run "penstock generate" again`, count(n, "file", "files"), verb)
	return exitError{exitPerson, b.String(), list}
}
