package cli

import (
	"cmp"
	"context"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/internal/release/gitdelivery"
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

// moving is a move that is prepared: the environment as the contract has it,
// and who asks for it.
type moving struct {
	promotion.Options
	contract contract.Contract
	model    *model.Model
	place    *model.AppEnv

	// Where Git says what runs: its checkout, the file in it and what that said.
	checkout *checkout
	file     string
	log      promotion.PinLog
	// The overlays of an app delivered by Git, its own and the one before.
	overlay *gitdelivery.Overlay
	from    gitdelivery.Overlay

	isSigned func(ctx context.Context, digest string) error // nil where Sign is
	signed   bool                                           // by this run
}

// prepare reads what a move rests on, but for the registry.
func (o *moveOptions) prepare(what promotion.Action) (*moving, error) {
	in, m, app, err := o.find(o.gitPlaces.dirs()...)
	if err != nil {
		return nil, err
	}
	ae, err := environment(app, o.env)
	if err != nil {
		return nil, err
	}
	mv := &moving{contract: in.Contract, model: m, place: ae, Options: promotion.Options{
		App: app.Team.Name + "/" + app.Name, Env: envOf(ae),
		Actor:    strings.TrimSpace(o.actor),
		Pipeline: cmp.Or(o.pipeline, pipelineURL()),
		Commit:   cmp.Or(os.Getenv("GITHUB_SHA"), os.Getenv("CI_COMMIT_SHA")),
		Now:      now(),
	}}
	from, promotes := before(ae), what == promotion.ActionPromotion
	switch {
	case !app.OCI && what == promotion.ActionHold:
		err = diag.Invalidf("%s is delivered by Git, where nothing can be held: protect the branch %q of %s from merges, or keep Flux from it with \"flux suspend kustomization %s --namespace %s\"",
			mv.App, app.Git.Branch, app.Git.Web, app.Name, app.Team.Name)
	case !app.OCI:
		err = mv.readOverlays(o.gitPlaces, o.io, in, promotes)
	case ae.Pinned || promotes && from != nil && from.Pinned:
		err = mv.readPins(o.gitPlaces, o.io, in, from)
	}
	if err != nil {
		return nil, err
	}
	mv.Actor = cmp.Or(mv.Actor, actor(mv.checkout))
	switch {
	case o.branch == "":
		return mv, nil
	case mv.file == "":
		return nil, diag.Invalidf("--branch: the registry says what runs in %s, so there is nothing to commit; leave it out", ae.Env.Name)
	}
	if err := mv.checkout.repo.Ready(o.branch); err != nil {
		return mv, err
	}
	return mv, mv.checkout.repo.Takes([]string{mv.checkout.at(mv.file)})
}

// pipelineURL is the running pipeline, as the CI system says.
func pipelineURL() string {
	if id := os.Getenv("GITHUB_RUN_ID"); id != "" {
		return os.Getenv("GITHUB_SERVER_URL") + "/" + os.Getenv("GITHUB_REPOSITORY") + "/actions/runs/" + id
	}
	return os.Getenv("CI_PIPELINE_URL")
}

// environment finds an environment of an app.
func environment(app *model.App, name string) (*model.AppEnv, error) {
	var names []string
	for _, ae := range app.Envs {
		names = append(names, ae.Env.Name)
		if ae.Env.Name == name {
			return ae, nil
		}
	}
	return nil, diag.Invalidf("environment %q: %s/%s has no such environment; it has %v", name, app.Team.Name, app.Name, names)
}

// before is the environment that releases come from, or nil.
func before(ae *model.AppEnv) *model.AppEnv {
	for _, f := range ae.Envs {
		if f.Env == ae.Env.From {
			return f
		}
	}
	return nil
}

// envOf is an environment as the protocol needs it, but for what Git says.
func envOf(ae *model.AppEnv) promotion.Env {
	env := promotion.Env{Name: ae.Env.Name, Repository: ae.Repository, Releases: ae.Releases, Freeze: ae.Env.Freeze, Pinned: ae.Pinned}
	if f := before(ae); f != nil {
		env.From = &promotion.From{Name: f.Env.Name, Repository: f.Repository}
	}
	return env
}

// finish prints what a move did, or says what is true now and what to run next.
func (o *moveOptions) finish(out promotion.Outcome, err error) error {
	if err != nil {
		switch promotion.KindOf(err) {
		case promotion.BadRelease, promotion.WrongPlace:
			return diag.Refuse(diag.Invalid, err.Error())
		case promotion.MovedByHand:
			return diag.Refuse(diag.Person, err.Error())
		default:
			return err
		}
	}
	if o.output == "json" {
		return printJSON(o.io.Out, out)
	}
	text := out.App + ": " + out.Message + "\n"
	if out.Digest != "" {
		text += out.Digest + "\n"
	}
	_, err = io.WriteString(o.io.Out, text)
	return err
}
