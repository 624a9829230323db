package cli

import (
	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/contract/edit"
	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/internal/wizard"
)

func newAddEnvironmentCmd(io IO) *cobra.Command {
	a := addition{io: io, required: []string{"name", "from"}, fields: map[string]string{"name": "spec.environments.name", "approver": "spec.environments.promotion.approvers"}}
	var name, from string
	var approvers []string
	var leaf bool
	a.ask = func(p wizard.Prompter, c contract.Contract) (edit.Change, error) {
		e, err := wizard.Environment(p, c)
		return edit.Environment{Environment: e, Leaf: leaf}, err
	}
	a.tasks = func(m *model.Model, change edit.Change) []model.Task {
		return m.EnvironmentTasks(change.(edit.Environment).Name)
	}
	cmd := &cobra.Command{
		Use:   "environment",
		Short: "Add an environment to the promotion path",
		Long: `Add an environment behind the one that --from names, in place, and regenerate. What was promoted from there is
promoted from the new one then, and the output says so; with --leaf the new one ends a path of its own.`,
		Example: `  penstock add environment --name qa --from dev
  penstock add environment --name dr --from prod --approver @acme/release-managers`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a.take(cmd, map[string]*string{"name": &name, "from": &from}, map[string]*[]string{"approver": &approvers})
			return a.run(cmd.Context())
		},
	}
	a.flags(cmd)
	cmd.Flags().StringVar(&name, "name", "", "name of the environment")
	cmd.Flags().StringVar(&from, "from", "", "environment that it is promoted from")
	cmd.Flags().StringArrayVar(&approvers, "approver", nil, "CODEOWNERS handle of who approves; may be repeated; none: promotion is automatic")
	cmd.Flags().BoolVar(&leaf, "leaf", false, "leave what follows --from where it is")
	return cmd
}
