package cli

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/internal/promotion"
)

type historyOptions struct {
	io IO
	appOptions
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
all apps, or for one. Nothing is changed. Environments that Git pins have their history in the pin file's log.`,
		Example: `  penstock history
  penstock history --app payments/checkout --env prod
  penstock history --app payments/checkout --env prod --check`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	o.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&o.env, "env", "", "the environment")
	f.BoolVar(&o.check, "check", false, "exit with 3 when a promise is broken: an old hold, too few candidates, a tag off its claims, a missing record")
	f.BoolVar(&o.export, "export", false, "what the repositories hold, for the retention simulator")
	f.DurationVar(&o.maxHold, "max-hold", 7*24*time.Hour, "with --check: how old a hold may be")
	cmd.MarkFlagsMutuallyExclusive("check", "export")
	return cmd
}

func (o historyOptions) run(ctx context.Context) error {
	in, err := loadContract(o.contract, ".")
	if err != nil {
		return err
	}
	m := model.Build(in.contract)
	reg := registryClient(o.io, in.contract.Spec.Registry)
	if o.env == "" && !o.check && !o.export {
		places, err := o.places(m)
		if err != nil {
			return err
		}
		return o.overview(promotion.Overview(ctx, reg, places))
	}
	places, err := o.floating(m)
	if err != nil {
		return err
	}
	switch {
	case o.export:
		return o.runExport(ctx, reg, places)
	case o.check:
		return o.runCheck(ctx, reg, places, in.contract.Spec.Registry.Retention)
	}
	h, err := promotion.ReadHistory(ctx, reg, places[0].App, places[0].Env, 0)
	if err != nil {
		return err
	}
	return o.history(h)
}

// places lists the environments of one app, or of all, that have bundles.
func (o historyOptions) places(m *model.Model) ([]promotion.Place, error) {
	apps := m.Apps()
	if o.app != "" || o.env != "" {
		app, err := pickApp(m, o.app)
		if err != nil {
			return nil, err
		}
		apps = []*model.App{app}
	}
	var places []promotion.Place
	for _, app := range apps {
		for _, ae := range app.Envs {
			if !app.OCI || o.env != "" && ae.Env.Name != o.env {
				continue
			}
			p := promotion.Place{App: app.Team.Name + "/" + app.Name, Env: promotion.Env{Name: ae.Env.Name, Repository: ae.Repository, Releases: app.Releases, Pinned: ae.Pinned}}
			places = append(places, p)
		}
	}
	return places, nil
}

// floating lists the places that have claims.
func (o historyOptions) floating(m *model.Model) ([]promotion.Place, error) {
	if o.env != "" {
		app, err := pickApp(m, o.app)
		if err != nil {
			return nil, err
		}
		env, err := environment(app, o.env)
		return []promotion.Place{{App: app.Team.Name + "/" + app.Name, Env: env}}, err
	}
	all, err := o.places(m)
	var places []promotion.Place
	for _, p := range all {
		if !p.Env.Pinned {
			places = append(places, p)
		}
	}
	return places, err
}

func (o historyOptions) runCheck(ctx context.Context, reg promotion.Registry, places []promotion.Place, keep contract.Retention) error {
	var broken diag.List
	for _, p := range places {
		h, err := promotion.ReadHistory(ctx, reg, p.App, p.Env, 0)
		if err != nil {
			return err
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
	if len(broken) > 0 {
		return exitError{code: exitDifferences}
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

// runExport prints what each repository holds, once.
func (o historyOptions) runExport(ctx context.Context, reg promotion.Registry, places []promotion.Place) error {
	var repositories []string
	environments := map[string][]string{}
	for _, p := range places {
		r := p.Env.Repository
		if environments[r] == nil {
			repositories = append(repositories, r)
		}
		environments[r] = append(environments[r], p.Env.Name)
	}
	exports := []promotion.Export{}
	var errs []error
	for _, r := range repositories {
		x, err := promotion.ReadExport(ctx, reg, r, environments[r])
		errs = append(errs, err)
		exports = append(exports, x)
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return printJSON(o.io.Out, exports)
}
