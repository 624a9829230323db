package cli

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/penstock-dev/penstock/internal/contract/edit"
	"github.com/penstock-dev/penstock/internal/generate/effect"
	"github.com/penstock-dev/penstock/internal/generate/site"
	"github.com/penstock-dev/penstock/internal/model"
)

// added is what "add" did, in JSON output: the promotions that changed, the
// files, and what people must still do.
type added struct {
	Contract   string      `json:"contract"`
	Promotions []edit.Move `json:"promotions"`
	Changes    []entry     `json:"changes"`
	Tasks      []task      `json:"tasks"`
}

// task is something to do by hand, in JSON output.
type task struct {
	Text    string `json:"text"`
	Command string `json:"command,omitempty"`
}

func tasksJSON(tasks []model.Task) []task {
	list := []task{}
	for _, t := range tasks {
		list = append(list, task{t.Text, t.Command})
	}
	return list
}

// report prints which promotions changed and what people must still do.
func (a *addition) report(in site.Loaded, r edit.Result, change edit.Change) error {
	tasks := a.tasks(model.Build(r.Contract), change)
	for _, h := range effect.Hints(in.Contract, r.Contract) {
		tasks = append(tasks, h.Tasks...)
	}
	if a.output == "json" {
		return printJSON(a.io.Out, added{filepath.ToSlash(in.File), append([]edit.Move{}, r.Moves...), a.done, tasksJSON(tasks)})
	}
	var b strings.Builder
	for _, m := range r.Moves {
		fmt.Fprintf(&b, "%s is now promoted from %s, before from %s.\n", m.Env, m.Now, m.Before)
	}
	if len(r.Moves) > 0 {
		b.WriteString("\n")
	}
	b.WriteString("To do by hand:\n\n" + checklist(tasks))
	_, err := io.WriteString(a.io.Out, b.String())
	return err
}

// checklist writes tasks as Markdown that can be ticked.
func checklist(tasks []model.Task) string {
	var b strings.Builder
	for _, t := range tasks {
		b.WriteString("- [ ] " + t.Text + "\n")
		if t.Command != "" {
			b.WriteString("\n  ```sh\n  " + strings.ReplaceAll(t.Command, "\n", "\n  ") + "\n  ```\n\n")
		}
	}
	return b.String()
}
