package cli

import (
	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/contract/edit"
	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/internal/wizard"
)

func newAddClusterCmd(io IO) *cobra.Command {
	a := addition{io: io, required: []string{"environment", "name"}, fields: map[string]string{"name": "spec.environments.clusters.name", "webhook": "spec.environments.clusters.webhook"}}
	a.ask = func(p wizard.Prompter, c contract.Contract) (edit.Change, error) {
		env, cluster, err := wizard.Cluster(p, c)
		return edit.Cluster{Environment: env, Cluster: cluster}, err
	}
	a.tasks = func(m *model.Model, change edit.Change) []model.Task {
		return m.ClusterTasks(change.(edit.Cluster).Name)
	}
	var env, name, webhook string
	cmd := &cobra.Command{
		Use:   "cluster",
		Short: "Add a cluster to an environment",
		Long: `Add a cluster to an environment of the contract in place and regenerate. The cluster that an environment has by
default, named after it, stays and is written out.`,
		Example: `  penstock add cluster --environment prod --name prod-us --webhook https://flux.prod-us.acme.example`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a.take(cmd, map[string]*string{"environment": &env, "name": &name, "webhook": &webhook}, nil)
			return a.run(cmd.Context())
		},
	}
	a.flags(cmd)
	cmd.Flags().StringVar(&env, "environment", "", "environment of the cluster")
	cmd.Flags().StringVar(&name, "name", "", "name of the cluster; a cluster belongs to one environment only")
	cmd.Flags().StringVar(&webhook, "webhook", "", "base URL of the cluster's Flux webhook receiver")
	return cmd
}
