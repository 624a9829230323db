package cli

import (
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/internal/generate/gen"
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
	// allowPrune accepts that Flux deletes what runs.
	allowPrune bool
	// onConflict is "stop", the default, or "markers".
	onConflict string

	// site is where the command works, once locate has found it.
	site site
	// named is set where nothing but what the flags name is meant.
	named bool
	// added is the app, as <team>/<app>, that an --app-dir without one means.
	added string
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
	f.StringVarP(&o.workspace, "workspace", "w", "", "workspace: the folder with platform/ and apps/<team>/<app>/ (default: the generated repository that this folder is in, else this folder)")
	f.StringArrayVar(&o.only, "only", nil, `only "platform" or "app/<team>/<app>"; may be repeated`)
	f.StringVar(&o.platformDir, "platform-dir", "", "the platform repository, when it is neither here nor <workspace>/platform")
	f.StringArrayVar(&o.appDirs, "app-dir", nil, "DIR or <team>/<app>=DIR: an app's repository, when it is neither here nor in the workspace; may be repeated")
	f.StringVar(&o.fluxManifests, "flux-manifests", "", "for spec.flux.install manifests: Flux's release archive manifests.tar.gz, or the URL of a mirror of its releases")
	for _, name := range []string{"workspace", "platform-dir"} {
		_ = cmd.MarkFlagDirname(name)
	}
}

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

func quoted(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = strconv.Quote(s)
	}
	return out
}
