package cli

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/penstock-dev/penstock/internal/generate/plan"
	"github.com/penstock-dev/penstock/internal/generate/workspace"
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
}

// printSession writes what the session does. In text, a run that wrote lists only
// what a person may not expect; full lists every file. A person in a terminal
// is told what the letters mean, beside the result.
func printSession(s *workspace.Session, io IO, format string, full bool) error {
	if format == "json" {
		return printJSON(io.Out, entries(s))
	}
	var b strings.Builder
	for _, j := range s.Jobs {
		printJob(j, &b, full)
	}
	if s.AllowPrune {
		for _, p := range s.Effect.Prunes {
			fmt.Fprintf(&b, "%s %s: %s\n", signPrune, s.Platform().File(p.File), p)
		}
	}
	for _, p := range s.Unnamed {
		fmt.Fprintf(&b, "%s %s: %s\n", signUnnamed, filepath.ToSlash(p.At), unnamed)
	}
	if io.Progress {
		fmt.Fprint(io.Err, legend(b.String()))
	}
	b.WriteString(summary(s, full))
	_, err := fmt.Fprint(io.Out, b.String())
	return err
}

// printJob lists what happens in one repository.
func printJob(j *workspace.Job, b *strings.Builder, full bool) {
	if j.To != "" {
		fmt.Fprintf(b, "%s %s: its repository moves to %s\n", plan.Move.Symbol(), j.File(""), filepath.ToSlash(j.To))
	}
	for _, c := range j.Plan.Changes {
		plain := (c.Action == plan.Create || c.Action == plan.Update) && c.Of == ""
		if c.Action == plan.Keep || plain && !full {
			continue
		}
		fmt.Fprintf(b, "%s %s", c.Action.Symbol(), j.File(c.Path))
		if !plain {
			fmt.Fprintf(b, ": %s", c.Reason)
		}
		b.WriteByte('\n')
	}
	for _, c := range j.OnlyState() {
		if full && !j.Plan.Follows() {
			fmt.Fprintf(b, "%s %s: %s\n", c.Action.Symbol(), j.File(c.Path), c.Reason)
		}
	}
	for _, e := range j.Strangers {
		fmt.Fprintf(b, "%s %s: %s\n", plan.Leave.Symbol(), j.File(e.Path), e.Reason)
	}
}

const unnamed = "the contract does not name this app; its repository is left as it is"

// entries lists what the session does, for JSON.
func entries(s *workspace.Session) []entry {
	list := []entry{}
	for _, j := range s.Jobs {
		if j.To != "" {
			list = append(list, entry{Repository: j.Name(), Action: "move-repository", Reason: "renamed", From: filepath.ToSlash(j.At)})
		}
		for _, c := range j.Plan.Changes {
			if c.Action != plan.Keep {
				list = append(list, entry{Repository: j.Name(), Path: c.Path, Action: c.Action.String(), Unit: c.Unit, Reason: c.Reason, From: cmp.Or(c.Of, c.From)})
			}
		}
		for _, c := range j.OnlyState() {
			list = append(list, entry{Repository: j.Name(), Path: c.Path, Action: "state", Unit: c.Unit, Reason: c.Reason})
		}
		for _, n := range j.Strangers {
			list = append(list, entry{Repository: j.Name(), Path: n.Path, Action: plan.Leave.String(), Reason: n.Reason})
		}
	}
	for _, p := range s.Effect.Prunes {
		objects := []string{p.Object.String()}
		for _, o := range p.Stake {
			objects = append(objects, o.String())
		}
		list = append(list, entry{Repository: s.Platform().Name(), Path: p.File, Action: "prune", Reason: p.String(), Clusters: p.Clusters, Objects: objects})
	}
	for _, p := range s.Unnamed {
		list = append(list, entry{Repository: p.Name(), Action: "unnamed", Reason: unnamed})
	}
	return list
}

// summary counts the files by action.
func summary(s *workspace.Session, would bool) string {
	counts := map[plan.Action]int{}
	repositories, moved, states := 0, 0, 0
	for _, j := range s.Jobs {
		states += len(j.OnlyState())
		if !j.Empty() {
			repositories++
		}
		if j.To != "" {
			moved++
		}
		for _, c := range j.Plan.Changes {
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
		parts = append(parts, workspace.Count(states, "state file", "state files")+" written")
	}
	if moved > 0 {
		parts = append(parts, workspace.Count(moved, "repository", "repositories")+" moved")
	}
	if len(parts) == 0 {
		return "nothing to change\n"
	}
	verb := ""
	if would {
		verb = "would be: "
	}
	return fmt.Sprintf("%s%s, in %s\n", verb, strings.Join(parts, ", "), workspace.Count(repositories, "repository", "repositories"))
}
