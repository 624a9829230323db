package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/internal/release/gitdelivery"
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
	mv, err := o.prepare(promotion.ActionRollback)
	if err != nil {
		return err
	}
	mv.To, mv.Reason = o.to, o.reason
	if mv.overlay != nil {
		data, out, err := gitdelivery.Rollback(mv.Options, *mv.overlay)
		return o.finishGit(mv, data, out, err)
	}
	mv.signers()
	reg := registryClient(o.io, mv.contract.Spec.Registry)
	if mv.file == "" {
		out, err := promotion.Rollback(ctx, reg, mv.Options)
		return o.finishSigned(ctx, mv, out, o.finish(out, err))
	}
	data, out, err := promotion.RollbackPin(ctx, reg, mv.Options, mv.log)
	return o.finishSigned(ctx, mv, out, o.finishGit(mv, data, out, err))
}

// finishSigned ends a rollback that is done. What counted here before is signed;
// only what somebody named may not be, and even that must not make a rollback
// fail that did its work.
func (o *rollbackOptions) finishSigned(ctx context.Context, mv *moving, out promotion.Outcome, err error) error {
	if err != nil || o.to == "" {
		return err
	}
	if out.CopiedFrom != "" {
		mv.unsigned(o.io, out, "rollback", "to")
	}
	if err := mv.seal(ctx, out); err != nil {
		fmt.Fprintf(o.io.Err, "rolled back, but the signature that Flux asks for is not certain: %v\n", err)
	}
	return nil
}
