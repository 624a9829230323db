package cli

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/gen"
	"github.com/penstock-dev/penstock/internal/repo"
	"github.com/penstock-dev/penstock/internal/state"
)

// place is a target and the folder that it is generated into.
type place struct {
	gen.Target
	dir string // for the operating system
	to  string // where its folder moves, after a rename; usually empty
}

// targetOptions are the flags that say what is generated where.
type targetOptions struct {
	contract    string
	workspace   string
	only        []string
	platformDir string
	appDirs     []string
	// fluxManifests is a release archive of Flux or a mirror's URL.
	fluxManifests string
	// command is how messages call the command; empty: generate.
	command string
	// allowPrune accepts that Flux deletes what runs.
	allowPrune bool
	// onConflict is "stop", the default, or "markers".
	onConflict string
}

func (o *targetOptions) markers() bool { return o.onConflict == "markers" }

// pruneFlag is for commands that say what a run would do to the clusters.
func (o *targetOptions) pruneFlag(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&o.allowPrune, "allow-prune", false,
		"accept that Flux deletes what runs: a team, an app, an environment or a cluster goes or is renamed")
}

func (o *targetOptions) flags(cmd *cobra.Command) {
	contractFlag(cmd, &o.contract)
	f := cmd.Flags()
	f.StringVarP(&o.workspace, "workspace", "w", ".", "workspace: the folder with platform/ and apps/<team>/<app>/")
	f.StringArrayVar(&o.only, "only", nil, `only "platform" or "app/<team>/<app>"; may be repeated`)
	f.StringVar(&o.platformDir, "platform-dir", "", "the platform repository, when it is not <workspace>/platform")
	f.StringArrayVar(&o.appDirs, "app-dir", nil, "<team>/<app>=DIR: an app's repository, when it is not in the workspace; may be repeated")
	f.StringVar(&o.fluxManifests, "flux-manifests", "", "for spec.flux.install manifests: Flux's release archive manifests.tar.gz, or the URL of a mirror of its releases")
	for _, name := range []string{"workspace", "platform-dir"} {
		_ = cmd.MarkFlagDirname(name)
	}
}

// places lists what to generate. The flags are checked against the contract.
func (o *targetOptions) places(c contract.Contract) ([]place, error) {
	targets := gen.Targets(c)
	dirs, err := o.dirs(targets)
	if err != nil {
		return nil, err
	}
	for _, name := range o.only {
		if !slices.ContainsFunc(targets, func(t gen.Target) bool { return t.Name() == name }) {
			return nil, invalid("--only %q: the contract has no such repository; it has %s", name, names(targets))
		}
	}
	var places []place
	former := gen.FormerDirs(c)
	looked := false
	for _, t := range targets {
		if len(o.only) > 0 && !slices.Contains(o.only, t.Name()) {
			continue
		}
		p := place{Target: t, dir: dirs[t.Name()]}
		if p.dir == "" {
			if !looked {
				if err := o.outsideTarget(t); err != nil {
					return nil, err
				}
				looked = true
			}
			if p, err = o.settle(t, former[t]); err != nil {
				return nil, err
			}
		}
		places = append(places, p)
	}
	return places, nil
}

func (o *targetOptions) dirs(targets []gen.Target) (map[string]string, error) {
	dirs := map[string]string{}
	if o.platformDir != "" {
		dirs["platform"] = o.platformDir
	}
	for _, s := range o.appDirs {
		app, dir, ok := strings.Cut(s, "=")
		name := "app/" + app
		switch {
		case !ok || dir == "" || strings.Count(app, "/") != 1:
			return nil, invalid("--app-dir %q: is not <team>/<app>=DIR", s)
		case !slices.ContainsFunc(targets, func(t gen.Target) bool { return t.Name() == name }):
			return nil, invalid("--app-dir %q: the contract has no such app; it has %s", s, names(targets))
		case dirs[name] != "":
			return nil, invalid("--app-dir %q: given twice for %s", s, app)
		}
		dirs[name] = dir
	}
	return dirs, nil
}

// outsideTarget refuses to make a repository inside of another one.
func (o *targetOptions) outsideTarget(t gen.Target) error {
	_, err := os.Lstat(filepath.Join(o.workspace, state.Dir))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		away, err := repo.ReadAway(o.workspace)
		if err != nil || len(away.Below(state.Dir)) == 0 {
			return err
		}
	case err != nil:
		return err
	}
	switch {
	case t.App == "":
		return invalid("%s: is a generated repository itself; to regenerate the platform repository here, run\n"+
			"  penstock %s --only platform --platform-dir %s", o.workspace, o.name(), o.workspace)
	default:
		return invalid("%s: is a generated repository itself; to regenerate an app here, run\n"+
			"  penstock %s --only %s --app-dir %s/%s=%s", o.workspace, o.name(), t.Name(), t.Team, t.App, o.workspace)
	}
}

func (o *targetOptions) name() string { return cmp.Or(o.command, "generate") }

func names(targets []gen.Target) string {
	const most = 9
	list := make([]string, 0, len(targets))
	for _, t := range targets[:min(most, len(targets))] {
		list = append(list, t.Name())
	}
	if len(targets) > most {
		list = append(list, "…")
	}
	return strings.Join(list, ", ")
}
