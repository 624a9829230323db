package cli

import (
	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/contract/edit"
	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/internal/wizard"
)

func newAddAppCmd(io IO) *cobra.Command {
	a := addition{io: io, required: []string{"team", "name", "git-url"}, fields: map[string]string{"name": "spec.teams.apps.name", "git-url": "spec.teams.apps.git.url", "image": "spec.teams.apps.image"}}
	a.ask = func(p wizard.Prompter, c contract.Contract) (edit.Change, error) {
		team, app, err := wizard.App(p, c)
		return edit.App{Team: team, App: app}, err
	}
	a.tasks = func(m *model.Model, change edit.Change) []model.Task {
		app := change.(edit.App)
		return m.AppTasks(app.Team, app.Name)
	}
	var team, name, url, image string
	cmd := &cobra.Command{
		Use:   "app",
		Short: "Add an app to a team",
		Long: `Add an app to a team of the contract in place and regenerate: its source and Kustomization in the platform
repository, and a repository of its own to begin with.`,
		Example: `  penstock add app --team payments --name refunds --git-url https://github.com/acme/refunds`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a.take(cmd, map[string]*string{"team": &team, "name": &name, "git-url": &url, "image": &image}, nil)
			return a.run(cmd.Context())
		},
	}
	a.flags(cmd)
	cmd.Flags().StringVar(&team, "team", "", "team of the app")
	cmd.Flags().StringVar(&name, "name", "", "name of the app, unique in the team")
	cmd.Flags().StringVar(&url, "git-url", "", "URL of the app's Git repository")
	cmd.Flags().StringVar(&image, "image", "", "image that its CI builds, without tag")
	return cmd
}
