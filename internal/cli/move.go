package cli

import (
	"cmp"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/internal/promotion"
)

// moveOptions are the flags of the commands that change what an environment
// runs.
type moveOptions struct {
	io IO
	appOptions
	env      string
	actor    string
	pipeline string
}

func (o *moveOptions) flags(cmd *cobra.Command, env string) {
	o.appOptions.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&o.env, env, "", "the environment")
	f.StringVar(&o.actor, "actor", "", "who does it (default: what CI says, else the user's name)")
	f.StringVar(&o.pipeline, "pipeline", "", "URL of the pipeline (default: what CI says)")
	_ = cmd.MarkFlagRequired(env)
}

// options prepares a move: the environment as the contract has it, and who
// asks for it.
func (o *moveOptions) options() (contract.Contract, promotion.Options, error) {
	c, app, err := o.load()
	if err != nil {
		return c, promotion.Options{}, err
	}
	env, err := environment(app, o.env)
	if err != nil {
		return c, promotion.Options{}, err
	}
	return c, promotion.Options{
		App: app.Team.Name + "/" + app.Name, Env: env,
		Actor:    cmp.Or(o.actor, os.Getenv("GITHUB_ACTOR"), os.Getenv("GITLAB_USER_LOGIN"), os.Getenv("USER"), os.Getenv("LOGNAME")),
		Pipeline: cmp.Or(o.pipeline, pipelineURL()),
		Commit:   cmp.Or(os.Getenv("GITHUB_SHA"), os.Getenv("CI_COMMIT_SHA")),
		Now:      now(),
	}, nil
}

// pipelineURL is the running pipeline, as the CI system says.
func pipelineURL() string {
	if id := os.Getenv("GITHUB_RUN_ID"); id != "" {
		return os.Getenv("GITHUB_SERVER_URL") + "/" + os.Getenv("GITHUB_REPOSITORY") + "/actions/runs/" + id
	}
	return os.Getenv("CI_PIPELINE_URL")
}

// environment is an environment of an app as the protocol needs it.
func environment(app *model.App, name string) (promotion.Env, error) {
	var names []string
	for _, ae := range app.Envs {
		names = append(names, ae.Env.Name)
		if ae.Env.Name == name {
			return envOf(app, ae)
		}
	}
	return promotion.Env{}, invalid("environment %q: %s/%s has no such environment; it has %v", name, app.Team.Name, app.Name, names)
}

func envOf(app *model.App, ae *model.AppEnv) (promotion.Env, error) {
	switch {
	case !app.OCI:
		return promotion.Env{}, invalid("%s/%s is delivered by Git: a promotion is a commit in %s", app.Team.Name, app.Name, app.Git.Web)
	case ae.Pinned:
		return promotion.Env{}, invalid("environment %q is pinned in Git: change %s in the platform repository; merging that is the promotion", ae.Env.Name, ae.PinFile())
	}
	env := promotion.Env{Name: ae.Env.Name, Repository: ae.Repository, Releases: app.Releases, Freeze: ae.Env.Freeze}
	if from := ae.Env.From; from != nil {
		for _, f := range app.Envs {
			if f.Env == from {
				env.From = &promotion.From{Name: from.Name, Repository: f.Repository}
			}
		}
	}
	return env, nil
}

// finish prints what a move did, or says what is true now and what to run next.
func (o *moveOptions) finish(out promotion.Outcome, err error) error {
	if err != nil {
		switch promotion.KindOf(err) {
		case promotion.BadRelease, promotion.WrongPlace:
			return exitError{exitInvalid, err.Error()}
		case promotion.MovedByHand:
			return exitError{exitPerson, err.Error()}
		default:
			return err
		}
	}
	if o.output == "json" {
		return printJSON(o.io.Out, out)
	}
	_, err = fmt.Fprintf(o.io.Out, "%s: %s\n%s\n", out.App, out.Message, out.Digest)
	return err
}
