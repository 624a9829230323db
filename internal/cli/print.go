package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/penstock-dev/penstock/internal/plan"
)

// entry is one file in JSON output.
type entry struct {
	Repository string      `json:"repository"`
	Path       string      `json:"path"`
	Action     plan.Action `json:"action"`
	Unit       string      `json:"unit"`
	Reason     string      `json:"reason"`
	From       string      `json:"from,omitempty"`
}

// print writes what the session does. In text, a run that wrote lists only
// what a person may not expect; full lists every file.
func (s *session) print(w io.Writer, format string, full bool) error {
	if format == "json" {
		return s.printJSON(w)
	}
	var b strings.Builder
	for _, j := range s.jobs {
		for _, c := range j.plan.Changes {
			if c.Action == plan.Keep || !full && (c.Action == plan.Create || c.Action == plan.Update) {
				continue
			}
			fmt.Fprintf(&b, "%s %s", c.Action.Symbol(), j.file(c.Path))
			if c.Action != plan.Create && c.Action != plan.Update {
				fmt.Fprintf(&b, ": %s", c.Reason)
			}
			b.WriteByte('\n')
		}
	}
	b.WriteString(s.summary(full))
	_, err := io.WriteString(w, b.String())
	return err
}

func (s *session) printJSON(w io.Writer) error {
	entries := []entry{}
	for _, j := range s.jobs {
		for _, c := range j.plan.Changes {
			if c.Action != plan.Keep {
				entries = append(entries, entry{j.Name(), c.Path, c.Action, c.Unit, c.Reason, c.From})
			}
		}
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(entries)
}

// summary counts the files by action.
func (s *session) summary(would bool) string {
	counts := map[plan.Action]int{}
	repositories := 0
	for _, j := range s.jobs {
		if !j.plan.Empty() {
			repositories++
		}
		for _, c := range j.plan.Changes {
			counts[c.Action]++
		}
	}
	var parts []string
	for _, p := range []struct {
		action plan.Action
		done   string
	}{{plan.Create, "created"}, {plan.Update, "updated"}, {plan.Merge, "merged"}, {plan.Mark, "with conflict markers"}, {plan.Delete, "deleted"}} {
		if n := counts[p.action]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, p.done))
		}
	}
	if len(parts) == 0 {
		return "nothing to change\n"
	}
	verb := ""
	if would {
		verb = "would be: "
	}
	return fmt.Sprintf("%s%s, in %s\n", verb, strings.Join(parts, ", "), count(repositories, "repository", "repositories"))
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// file is how a change's file is called in messages: from the current folder.
func (j *job) file(path string) string {
	return filepath.ToSlash(filepath.Join(j.dir, filepath.FromSlash(path)))
}

func (s *session) blocked() int {
	n := 0
	for _, j := range s.jobs {
		n += len(j.plan.Blocked())
	}
	return n
}

func (s *session) empty() bool {
	for _, j := range s.jobs {
		if !j.plan.Empty() {
			return false
		}
	}
	return true
}

// refusal names each file that needs a person.
func (s *session) refusal() error {
	var b strings.Builder
	for _, j := range s.jobs {
		for _, c := range j.plan.Blocked() {
			fmt.Fprintf(&b, "%s: %s\n", j.file(c.Path), c.Reason)
		}
	}
	fmt.Fprintf(&b, "nothing was written: %s for a person to decide", count(s.blocked(), "file waits", "files wait"))
	return exitError{exitPerson, b.String()}
}
