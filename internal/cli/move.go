package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/release/delivery"
	"github.com/penstock-dev/penstock/internal/release/promotion"
)

// moveOptions are the flags of the commands that change what an environment
// runs.
type moveOptions struct {
	io IO
	appOptions
	gitPlaces
	env      string
	branch   string
	actor    string
	pipeline string
}

func (o *moveOptions) flags(cmd *cobra.Command, env string) {
	o.appOptions.flags(cmd)
	o.gitPlaces.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&o.env, env, "", "the environment")
	f.StringVar(&o.branch, "branch", "", "where Git says what runs: the branch to make from HEAD and to commit the change on (default: the file is written, and not committed)")
	f.StringVar(&o.actor, "actor", "", "who does it (default: what CI says, else Git's user.name and user.email, else the login and the machine)")
	f.StringVar(&o.pipeline, "pipeline", "", "URL of the pipeline (default: what CI says)")
	_ = cmd.MarkFlagRequired(env)
}

// gitPlaces are the flags that name the checkouts in which Git says what runs.
type gitPlaces struct{ delivery.Clones }

func (o *gitPlaces) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.PlatformDir, "platform-dir", "", "clone of the platform repository, where Git pins what runs (default: where the contract lies, if that is one)")
	f.StringVar(&o.AppDir, "app-dir", "", "clone of the app's repository, for an app delivered by Git (default: where the contract lies, if that is one)")
	for _, name := range []string{"platform-dir", "app-dir"} {
		_ = cmd.MarkFlagDirname(name)
	}
}

// run prepares a move, makes it, and prints what it did or says what is true
// now and what to run next.
func (o *moveOptions) run(ctx context.Context, what promotion.Action, move func(context.Context, *delivery.Move) (*delivery.Done, error)) error {
	in, m, app, err := o.find(o.Dirs()...)
	if err != nil {
		return err
	}
	ae, err := delivery.Environment(app, o.env)
	if err != nil {
		return err
	}
	o.Warnings = o.io.Err
	mv, err := delivery.Prepare(delivery.Request{
		Clones: o.Clones, In: in, Model: m, Place: ae, Registry: registryClient(o.io, in.Contract.Spec.Registry),
		Branch: o.branch, Actor: o.actor, Pipeline: o.pipeline, Now: now(),
	}, what)
	if err != nil {
		return err
	}
	done, err := move(ctx, mv)
	if done == nil {
		return refusedMove(err)
	}
	if err := o.print(done.Outcome); err != nil {
		return err
	}
	fmt.Fprint(o.io.Err, done.Notes)
	return err
}

func (o *moveOptions) print(out promotion.Outcome) error {
	if o.output == "json" {
		return printJSON(o.io.Out, out)
	}
	text := out.App + ": " + out.Message + "\n"
	if out.Digest != "" {
		text += out.Digest + "\n"
	}
	_, err := fmt.Fprint(o.io.Out, text)
	return err
}

// refusedMove gives what a move stops for its exit code.
func refusedMove(err error) error {
	switch promotion.KindOf(err) {
	case promotion.BadRelease, promotion.WrongPlace:
		return diag.Refuse(diag.Invalid, err.Error())
	case promotion.MovedByHand:
		return diag.Refuse(diag.Person, err.Error())
	}
	return err
}
