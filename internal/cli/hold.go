package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/internal/release/delivery"
	"github.com/penstock-dev/penstock/internal/release/promotion"
)

type holdOptions struct {
	moveOptions
	reason string
	lift   bool
}

func newHoldCmd(io IO) *cobra.Command {
	o := holdOptions{moveOptions: moveOptions{io: io}}
	cmd := &cobra.Command{
		Use:   "hold",
		Short: "Hold an environment, or lift the hold",
		Long: `Hold an environment: promotions are refused until the hold is lifted. What runs stays. A rollback holds by
itself. Where Git pins what runs, it is a line in the pin, which counts when it is merged.`,
		Example: `  penstock hold --app payments/checkout --env prod --reason "database migration tonight"
  penstock hold --app payments/checkout --env prod --lift`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	o.flags(cmd, "env")
	cmd.Flags().StringVar(&o.reason, "reason", "", "why, for those who are refused")
	cmd.Flags().BoolVar(&o.lift, "lift", false, "let promotions count again")
	cmd.MarkFlagsOneRequired("reason", "lift")
	cmd.MarkFlagsMutuallyExclusive("reason", "lift")
	return cmd
}

func (o *holdOptions) run(ctx context.Context) error {
	return o.moveOptions.run(ctx, promotion.ActionHold, func(ctx context.Context, m *delivery.Move) (*delivery.Done, error) {
		m.Reason = o.reason
		return m.Hold(ctx, o.lift)
	})
}
