package cli

import (
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/internal/generate/workspace"
)

// targetOptions are the flags that say what is generated where.
type targetOptions struct{ workspace.Options }

// now fills in what only the command line knows.
func (o targetOptions) now() workspace.Options {
	o.Version, o.Command, o.Now = Version(), strings.Join(os.Args, " "), now()
	return o.Options
}

// now is the time; no generated file depends on it.
func now() time.Time { return time.Now() } //nolint:forbidigo // see above

// pruneFlag is for commands that say what a run would do to the clusters.
func (o *targetOptions) pruneFlag(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&o.AllowPrune, "allow-prune", false,
		"accept that Flux deletes what runs: a team, an app, an environment or a cluster goes or is renamed")
}

func (o *targetOptions) flags(cmd *cobra.Command) {
	contractFlag(cmd, &o.ContractFile)
	f := cmd.Flags()
	f.StringVarP(&o.Workspace, "workspace", "w", "", "workspace: the folder with platform/ and apps/<team>/<app>/ (default: the generated repository that this folder is in, else this folder)")
	f.StringArrayVar(&o.Only, "only", nil, `only "platform" or "app/<team>/<app>"; may be repeated`)
	f.StringVar(&o.PlatformDir, "platform-dir", "", "the platform repository, when it is neither here nor <workspace>/platform")
	f.StringArrayVar(&o.AppDirs, "app-dir", nil, "DIR or <team>/<app>=DIR: an app's repository, when it is neither here nor in the workspace; may be repeated")
	f.StringVar(&o.FluxManifests, "flux-manifests", "", "for spec.flux.install manifests: Flux's release archive manifests.tar.gz, or the URL of a mirror of its releases")
	for _, name := range []string{"workspace", "platform-dir"} {
		_ = cmd.MarkFlagDirname(name)
	}
}
