package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/internal/release/delivery"
	"github.com/penstock-dev/penstock/internal/release/promotion"
)

type rollbackOptions struct {
	moveOptions
	to     string
	reason string
}

func newRollbackCmd(io IO) *cobra.Command {
	o := rollbackOptions{moveOptions: moveOptions{io: io}}
	cmd := &cobra.Command{
		Use:   "rollback",
		Short: "Go back to an earlier release, and hold the environment",
		Long: `Go back to an earlier release of an environment, and hold it there: promotions are refused until
"penstock hold --lift". Allowed in a freeze window. Without --to it goes back to the newest release that ran here,
is older than the current one and was not left by a rollback.

Where Git pins what runs, it changes the pin in a clone of the platform repository instead; merging that is the
rollback. For an app delivered by Git it puts back the images of an earlier commit, and holds nothing.`,
		Example: `  penstock rollback --app payments/checkout --env prod --reason "checkout fails for new cards"
  penstock rollback --app payments/checkout --env prod --to 1.4.1 --reason "errors since 1.4.2"`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	o.flags(cmd, "env")
	cmd.Flags().StringVar(&o.to, "to", "", "a promotion tag or a release; for an app delivered by Git, a commit or a release")
	cmd.Flags().StringVar(&o.reason, "reason", "", "why, for those who read the history")
	return cmd
}

func (o *rollbackOptions) run(ctx context.Context) error {
	return o.moveOptions.run(ctx, promotion.ActionRollback, func(ctx context.Context, m *delivery.Move) (*delivery.Done, error) {
		m.To, m.Reason = o.to, o.reason
		return m.Rollback(ctx)
	})
}
