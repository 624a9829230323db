package cli

import (
	"encoding/json"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/generate/site"
	"github.com/penstock-dev/penstock/internal/model"
)

// appOptions are the flags of the commands about one app.
type appOptions struct {
	contract string
	app      string
	output   string
}

func (o *appOptions) flags(cmd *cobra.Command) {
	contractFlag(cmd, &o.contract)
	cmd.Flags().StringVar(&o.app, "app", "", "TEAM/APP; may be left out when the contract has one app")
	enumFlag(cmd, &o.output, "output", "o", "text", "format of the result", "text", "json")
}

// load reads the contract and finds the app in it.
func (o *appOptions) load() (contract.Contract, *model.App, error) {
	in, _, app, err := o.find()
	return in.Contract, app, err
}

// find does so for a contract that may also lie in one of dirs.
func (o *appOptions) find(dirs ...string) (site.Loaded, *model.Model, *model.App, error) {
	in, err := site.Load(o.contract, dirs...)
	if err != nil {
		return in, nil, nil, err
	}
	m := model.Build(in.Contract)
	app, err := pickApp(m, o.app)
	return in, m, app, err
}

// pickApp finds an app by TEAM/APP; without a name, the only one.
func pickApp(m *model.Model, name string) (*model.App, error) {
	var all []string
	var last *model.App
	for _, t := range m.Teams {
		for _, a := range t.Apps {
			if t.Name+"/"+a.Name == name {
				return a, nil
			}
			all, last = append(all, t.Name+"/"+a.Name), a
		}
	}
	const most = 9
	shown := strings.Join(all[:min(most, len(all))], ", ")
	if len(all) > most {
		shown += ", …"
	}
	switch {
	case len(all) == 0:
		return nil, diag.Invalidf("the contract has no app")
	case name != "":
		return nil, diag.Invalidf("--app %q: the contract has no such app; it has %s", name, shown)
	case len(all) > 1:
		return nil, diag.Invalidf("the contract has several apps; name one with --app: %s", shown)
	}
	return last, nil
}

// printJSON writes a result as JSON.
func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
