package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/internal/promotion"
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
is older than the current one and was not left by a rollback.`,
		Example: `  penstock rollback --app payments/checkout --env prod --reason "checkout fails for new cards"
  penstock rollback --app payments/checkout --env prod --to 1.4.1 --reason "errors since 1.4.2"`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	o.flags(cmd, "env")
	cmd.Flags().StringVar(&o.to, "to", "", "a promotion tag or a release")
	cmd.Flags().StringVar(&o.reason, "reason", "", "why, for those who read the history")
	return cmd
}

func (o *rollbackOptions) run(ctx context.Context) error {
	c, p, err := o.options()
	if err != nil {
		return err
	}
	p.To, p.Reason = o.to, o.reason
	return o.finish(promotion.Rollback(ctx, registryClient(o.io, c.Spec.Registry), p))
}
