package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/internal/release/delivery"
	"github.com/penstock-dev/penstock/internal/release/promotion"
)

type promoteOptions struct {
	moveOptions
	release string
	repair  bool
}

func newPromoteCmd(io IO) *cobra.Command {
	o := promoteOptions{moveOptions: moveOptions{io: io}}
	cmd := &cobra.Command{
		Use:   "promote",
		Short: "Promote a release to an environment",
		Long: `Promote a release to an environment: copy it to where the environment reads, record who, from where and when,
claim it, and move the environment's tag. Refused in a freeze window, on hold, for an older release, and for one
that the environment before never ran. Safe to run again and beside other runs: the last state is what all claims
add up to.

Where Git pins what runs, it changes the pin in a clone of the platform repository instead; merging that is the
promotion. For an app delivered by Git it copies tags and digests from the overlay of the environment before.`,
		Example: `  penstock promote --app payments/checkout --to prod
  penstock promote --app payments/checkout --to dev --release 1.4.2
  penstock promote --app website/docs --to production --platform-dir ../infrastructure --branch docs-to-production`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	o.flags(cmd, "to")
	cmd.Flags().StringVar(&o.release, "release", "", "the release (default: what the environment before runs; in the first one the newest that is no pre-release)")
	cmd.Flags().BoolVar(&o.repair, "repair", false, "undo a move of the environment's tag by hand")
	return cmd
}

func (o *promoteOptions) run(ctx context.Context) error {
	return o.moveOptions.run(ctx, promotion.ActionPromotion, func(ctx context.Context, m *delivery.Move) (*delivery.Done, error) {
		m.Release, m.Repair = o.release, o.repair
		return m.Promote(ctx)
	})
}
