package cli

import (
	"io"
	"path/filepath"
	"strings"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/model"
)

// initialised is what "init" did, in JSON output: the files, the fields whose
// values are made up, and what people must do next.
type initialised struct {
	Contract string   `json:"contract"`
	Changes  []entry  `json:"changes"`
	MadeUp   []string `json:"madeUp"`
	Tasks    []task   `json:"tasks"`
}

// next leads on, all the way to Flux running.
func (o initOptions) next(c contract.Contract, done initialised) error {
	var list []model.Task
	if made := done.MadeUp; len(made) > 0 {
		command := "penstock generate"
		if o.workspace != "." {
			command += " -w " + model.ShellQuote(filepath.ToSlash(o.workspace))
		}
		list = append(list, model.Task{Text: "replace what Penstock made up, marked in `" + done.Contract + "`: " + strings.Join(made, ", "), Command: command})
	}
	list = append(list, model.Build(c).BeginTasks(filepath.ToSlash(o.workspace))...)
	if o.output == "json" {
		done.Tasks = tasksJSON(list)
		return printJSON(o.io.Out, done)
	}
	_, err := io.WriteString(o.io.Err, "\nNext:\n\n"+checklist(list))
	return err
}
