package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/generate/site"
	"github.com/penstock-dev/penstock/internal/generate/workspace"
	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/internal/registry/sweep"
	"github.com/penstock-dev/penstock/internal/release/delivery"
	"github.com/penstock-dev/penstock/internal/release/oci"
	"github.com/penstock-dev/penstock/internal/release/promotion"
)

type historyOptions struct {
	io IO
	appOptions
	gitPlaces
	env     string
	check   bool
	export  bool
	maxHold time.Duration
}

func newHistoryCmd(io IO) *cobra.Command {
	o := historyOptions{io: io}
	cmd := &cobra.Command{
		Use:   "history",
		Short: "Say what should run where, and who moved it",
		Long: `With --env: every move of an app in an environment, newest first, with who, when, from which pipeline and why.
Without: what should run where, since when, by whom, held or not, and how many releases could be gone back to; for
all apps, or for one. Nothing is changed. Where Git pins what runs, it is read from the log of the pin file, on the
branch that counts as it was last fetched; for an app delivered by Git, from the log of the overlay.`,
		Example: `  penstock history
  penstock history --app payments/checkout --env prod
  penstock history --app payments/checkout --env prod --check
  penstock history --app website/docs --env production --platform-dir ../infrastructure`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	o.appOptions.flags(cmd)
	o.gitPlaces.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&o.env, "env", "", "the environment")
	f.BoolVar(&o.check, "check", false, "exit with 3 when a promise is broken: an old hold, too few candidates, a tag off its claims, a missing record")
	f.BoolVar(&o.export, "export", false, "what the repositories hold, for the retention simulator")
	f.DurationVar(&o.maxHold, "max-hold", 7*24*time.Hour, "with --check: how old a hold may be")
	cmd.MarkFlagsMutuallyExclusive("check", "export")
	return cmd
}

func (o historyOptions) run(ctx context.Context) error {
	o.Warnings = o.io.Err
	in, m, apps, err := o.apps()
	if err != nil {
		return err
	}
	if o.env != "" && !apps[0].OCI {
		return o.gitHistory(in, apps[0])
	}
	places, err := o.Places(in, m, apps, o.env)
	if err != nil {
		return err
	}
	reg := registryClient(o.io, in.Contract.Spec.Registry)
	switch {
	case o.export:
		return o.runExport(ctx, reg, o.known(places))
	case o.check:
		return o.runCheck(ctx, reg, places, in.Contract.Spec.Registry.Retention)
	case o.env == "":
		return o.runOverview(promotion.Overview(ctx, reg, places), places)
	case places[0].Unknown != "":
		return diag.Invalidf("%s", places[0].Unknown)
	}
	h, err := delivery.ReadHistory(ctx, reg, places[0])
	if lost := (delivery.Unresolved{}); errors.As(err, &lost) {
		fmt.Fprintf(o.io.Err, "%v; whether its releases are still there is not known\n", err)
	} else if err != nil {
		return err
	}
	return o.history(h)
}

// apps picks one app, or all.
func (o historyOptions) apps() (site.Loaded, *model.Model, []*model.App, error) {
	in, err := site.Load(o.contract, o.Dirs()...)
	if err != nil {
		return in, nil, nil, err
	}
	m := model.Build(in.Contract)
	if o.app == "" && o.env == "" {
		return in, m, m.Apps(), nil
	}
	app, err := pickApp(m, o.app)
	return in, m, []*model.App{app}, err
}

// known leaves out, and names, the places that cannot be read.
func (o historyOptions) known(all []promotion.Place) []promotion.Place {
	var places []promotion.Place
	for _, p := range all {
		if p.Known != nil || p.Env.Repository == "" { // delivered by Git, nothing was promised
			continue
		}
		if p.Unknown == "" {
			places = append(places, p)
			continue
		}
		fmt.Fprintf(o.io.Err, "%s in %s is left out: %s\n", p.App, p.Env.Name, p.Unknown)
	}
	return places
}

// runOverview prints what is known, and fails where something could not be read.
func (o historyOptions) runOverview(list []promotion.Standing, places []promotion.Place) error {
	if err := o.overview(list); err != nil {
		return err
	}
	failed, unasked := 0, ""
	for i, s := range list {
		switch {
		case s.Error == "":
		case places[i].Elsewhere:
			unasked = s.Error
		default:
			failed++
		}
	}
	switch {
	case failed > 0:
		return diag.Refuse(diag.Failed, fmt.Sprintf("%d of %s could not be read", failed, workspace.Count(len(list), "environment", "environments")))
	case unasked != "" && !slices.ContainsFunc(list, func(s promotion.Standing) bool { return s.Error == "" }):
		return diag.Invalidf("nothing is known here: %s", unasked)
	}
	return nil
}

// runCheck checks what can be read. What can't is named and keeps the check from
// passing: a promise that nobody looked at is not kept.
func (o historyOptions) runCheck(ctx context.Context, reg promotion.Registry, all []promotion.Place, keep contract.Retention) error {
	places := o.known(all)
	var broken diag.List
	var failed []error
	for _, p := range places {
		h, err := delivery.ReadHistory(ctx, reg, p)
		if err != nil {
			failed = append(failed, fmt.Errorf("%s in %s: %w", p.App, p.Env.Name, err))
			continue
		}
		broken = append(broken, h.Check(promotion.Promise{Candidates: keep.Promotions, HoldAge: o.maxHold, Now: now()})...)
	}
	if o.output == "json" {
		if err := printJSON(o.io.Out, findings(broken)); err != nil {
			return err
		}
	} else if _, err := io.WriteString(o.io.Out, broken.String()); err != nil {
		return err
	}
	for _, p := range all {
		if p.Unknown != "" && !p.Elsewhere {
			failed = append(failed, fmt.Errorf("%s in %s was not checked", p.App, p.Env.Name))
		}
	}
	switch {
	case len(failed) > 0:
		return errors.Join(failed...)
	case len(broken) > 0:
		return diag.Refuse(diag.Differs, "")
	case len(places) == 0 && slices.ContainsFunc(all, func(p promotion.Place) bool { return p.Elsewhere && p.Env.Repository != "" }):
		return diag.Invalidf("nothing was checked")
	}
	return nil
}

// finding is a broken promise in JSON output.
type finding struct {
	Where string `json:"where"`
	What  string `json:"what"`
	Fix   string `json:"fix"`
}

func findings(list diag.List) []finding {
	out := []finding{}
	for _, d := range list.Sorted() {
		out = append(out, finding{d.Where.String(), d.What, d.Fix})
	}
	return out
}

// runExport prints what each repository holds, once: those of the releases, and
// those that environments read.
func (o historyOptions) runExport(ctx context.Context, reg *oci.Client, places []promotion.Place) error {
	var repositories []string
	environments := map[string][]string{}
	add := func(r string, of ...string) {
		if !slices.Contains(repositories, r) {
			repositories = append(repositories, r)
		}
		environments[r] = append(environments[r], of...)
	}
	for _, p := range places {
		if p.Env.Releases != "" {
			add(p.Env.Releases)
		}
		add(p.Env.Repository, p.Env.Name)
	}
	exports := []sweep.Repository{}
	var errs []error
	for _, r := range repositories {
		x, err := promotion.ReadExport(ctx, reg, reg, r, environments[r])
		errs = append(errs, err)
		for _, p := range places {
			if p.Env.Repository == r {
				x.Pins = append(x.Pins, promotion.ExportPins(p)...)
			}
		}
		exports = append(exports, x)
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return printJSON(o.io.Out, exports)
}

// gitHistory prints the history of an app that is delivered by Git.
func (o historyOptions) gitHistory(in site.Loaded, app *model.App) error {
	ae, err := delivery.Environment(app, o.env)
	if err != nil {
		return err
	}
	if o.check || o.export {
		return diag.Invalidf("%s/%s is delivered by Git: no registry holds what --check and --export are about", app.Team.Name, app.Name)
	}
	h, err := o.GitHistory(in, ae)
	if err != nil {
		return err
	}
	return o.history(h)
}
