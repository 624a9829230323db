package cli

import (
	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/contract/edit"
	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/internal/wizard"
)

func newAddTeamCmd(io IO) *cobra.Command {
	a := addition{io: io, required: []string{"name", "owner"}, fields: map[string]string{"name": "spec.teams.name", "owner": "spec.teams.owners", "contact": "spec.teams.contact"}}
	a.ask = func(p wizard.Prompter, c contract.Contract) (edit.Change, error) {
		t, err := wizard.Team(p, c)
		return edit.Team{Team: t}, err
	}
	a.tasks = func(m *model.Model, change edit.Change) []model.Task { return m.TeamTasks(change.(edit.Team).Name) }
	var name, contact string
	var owners []string
	cmd := &cobra.Command{
		Use:   "team",
		Short: "Add a team",
		Long: `Add a team to the contract in place and regenerate. The team gets its namespace, rights and policies on every
cluster; its apps follow with "penstock add app".`,
		Example: `  penstock add team --name ledger --owner @acme/ledger --contact "#ledger-oncall"`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a.take(cmd, map[string]*string{"name": &name, "contact": &contact}, map[string]*[]string{"owner": &owners})
			return a.run(cmd.Context())
		},
	}
	a.flags(cmd)
	cmd.Flags().StringVar(&name, "name", "", "name of the team and of its namespace")
	cmd.Flags().StringArrayVar(&owners, "owner", nil, "CODEOWNERS handle; may be repeated")
	cmd.Flags().StringVar(&contact, "contact", "", "where an incident of the team goes")
	return cmd
}
