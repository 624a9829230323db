package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/release/gitdelivery"
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
	mv, err := o.prepare(promotion.ActionPromotion)
	if err != nil {
		return err
	}
	mv.Release, mv.Repair = o.release, o.repair
	if mv.file != "" && o.repair {
		return diag.Invalidf("--repair: Git says what runs in %s; revert the commit that changed it", o.env)
	}
	if mv.overlay != nil {
		data, out, err := gitdelivery.Promote(mv.Options, mv.from, *mv.overlay)
		return o.finishGit(mv, data, out, err)
	}
	mv.signers()
	reg := registryClient(o.io, mv.contract.Spec.Registry)
	if mv.file == "" {
		out, err := promotion.Promote(ctx, reg, mv.Options)
		return o.finishSigned(ctx, mv, out, o.finish(out, err))
	}
	data, out, err := promotion.PromotePin(ctx, reg, mv.Options, mv.log)
	return o.finishSigned(ctx, mv, out, o.finishGit(mv, data, out, err))
}

// finishSigned ends a promotion that is done with what its signature lacks.
func (o *promoteOptions) finishSigned(ctx context.Context, mv *moving, out promotion.Outcome, err error) error {
	if err != nil {
		return err
	}
	if out.Changed {
		mv.unsigned(o.io, out, "promote", "release")
	}
	if o.repair && o.release == "" {
		return nil
	}
	return mv.seal(ctx, out)
}
