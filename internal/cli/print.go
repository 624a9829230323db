package cli

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/penstock-dev/penstock/internal/generate/plan"
)

// entry is one file in JSON output, or one thing that a person should know of.
// Its action is a plan's, or "state", "prune", "move-repository" or "unnamed".
type entry struct {
	Repository string   `json:"repository"`
	Path       string   `json:"path"`
	Action     string   `json:"action"`
	Unit       string   `json:"unit"`
	Reason     string   `json:"reason"`
	From       string   `json:"from,omitempty"`
	Clusters   []string `json:"clusters,omitempty"`
	Objects    []string `json:"objects,omitempty"`

	file string // how messages call it
}

// print writes what the session does. In text, a run that wrote lists only
// what a person may not expect; full lists every file. A person in a terminal
// is told what the letters mean, beside the result.
func (s *session) print(io IO, format string, full bool) error {
	if format == "json" {
		return printJSON(io.Out, s.entries())
	}
	var b strings.Builder
	for _, j := range s.jobs {
		j.print(&b, full)
	}
	if s.allowPrune {
		for _, p := range s.effect.Prunes {
			fmt.Fprintf(&b, "%s %s: %s\n", signPrune, s.jobs[0].file(p.File), p)
		}
	}
	for _, e := range s.unnamed {
		fmt.Fprintf(&b, "%s %s: %s\n", signUnnamed, e.file, e.Reason)
	}
	if io.Progress {
		fmt.Fprint(io.Err, legend(b.String()))
	}
	b.WriteString(s.summary(full))
	_, err := fmt.Fprint(io.Out, b.String())
	return err
}

// print lists what happens in one repository.
func (j *job) print(b *strings.Builder, full bool) {
	if j.to != "" {
		fmt.Fprintf(b, "%s %s: its repository moves to %s\n", plan.Move.Symbol(), j.file(""), filepath.ToSlash(j.to))
	}
	for _, c := range j.plan.Changes {
		plain := (c.Action == plan.Create || c.Action == plan.Update) && c.Of == ""
		if c.Action == plan.Keep || plain && !full {
			continue
		}
		fmt.Fprintf(b, "%s %s", c.Action.Symbol(), j.file(c.Path))
		if !plain {
			fmt.Fprintf(b, ": %s", c.Reason)
		}
		b.WriteByte('\n')
	}
	for _, c := range j.onlyState() {
		if full && !j.plan.Follows() {
			fmt.Fprintf(b, "%s %s: %s\n", c.Action.Symbol(), j.file(c.Path), c.Reason)
		}
	}
	for _, e := range j.strangers {
		fmt.Fprintf(b, "%s %s: %s\n", plan.Leave.Symbol(), j.file(e.Path), e.Reason)
	}
}

// entries lists what the session does, for JSON.
func (s *session) entries() []entry {
	entries := []entry{}
	for _, j := range s.jobs {
		if j.to != "" {
			entries = append(entries, entry{Repository: j.Name(), Action: "move-repository", Reason: "renamed", From: filepath.ToSlash(j.dir)})
		}
		for _, c := range j.plan.Changes {
			if c.Action != plan.Keep {
				entries = append(entries, entry{Repository: j.Name(), Path: c.Path, Action: c.Action.String(), Unit: c.Unit, Reason: c.Reason, From: cmp.Or(c.Of, c.From)})
			}
		}
		for _, c := range j.onlyState() {
			entries = append(entries, entry{Repository: j.Name(), Path: c.Path, Action: "state", Unit: c.Unit, Reason: c.Reason})
		}
		entries = append(entries, j.strangers...)
	}
	for _, p := range s.effect.Prunes {
		objects := []string{p.Object.String()}
		for _, o := range p.Stake {
			objects = append(objects, o.String())
		}
		entries = append(entries, entry{Repository: s.jobs[0].Name(), Path: p.File, Action: "prune", Reason: p.String(), Clusters: p.Clusters, Objects: objects})
	}
	return append(entries, s.unnamed...)
}

// summary counts the files by action.
func (s *session) summary(would bool) string {
	counts := map[plan.Action]int{}
	repositories, moved, states := 0, 0, 0
	for _, j := range s.jobs {
		states += len(j.onlyState())
		if !j.empty() {
			repositories++
		}
		if j.to != "" {
			moved++
		}
		for _, c := range j.plan.Changes {
			counts[c.Action]++
		}
	}
	var parts []string
	for _, p := range []struct {
		action plan.Action
		done   string
	}{
		{plan.Create, "created"},
		{plan.Update, "updated"},
		{plan.Merge, "merged"},
		{plan.Move, "moved"},
		{plan.Mark, "with conflict markers"},
		{plan.Delete, "deleted"},
	} {
		if n := counts[p.action]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, p.done))
		}
	}
	if states > 0 && (would || len(parts) == 0) {
		parts = append(parts, count(states, "state file", "state files")+" written")
	}
	if moved > 0 {
		parts = append(parts, count(moved, "repository", "repositories")+" moved")
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
	return nearest(filepath.Join(j.dir, filepath.FromSlash(path)))
}

// nearest shortens a path that leads out of the current folder and back in.
func nearest(p string) string {
	if strings.HasPrefix(p, "..") {
		here, err := os.Getwd()
		if err == nil {
			here, err = filepath.EvalSymlinks(here)
		}
		if err == nil {
			if rel, err := filepath.Rel(here, filepath.Join(here, p)); err == nil {
				p = rel
			}
		}
	}
	return filepath.ToSlash(p)
}

// empty reports whether there is nothing to do with the repository.
func (j *job) empty() bool { return j.to == "" && j.plan.Empty() }

func (s *session) empty() bool {
	for _, j := range s.jobs {
		if !j.empty() {
			return false
		}
	}
	return true
}

// follows reports whether all that there is to do follows from merges of two
// branches.
func (s *session) follows() bool {
	found := false
	for _, j := range s.jobs {
		if j.empty() {
			continue
		}
		if j.to != "" || !j.plan.Follows() {
			return false
		}
		found = true
	}
	return found
}
