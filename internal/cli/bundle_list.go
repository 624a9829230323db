package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/release/bundle"
)

type bundleListOptions struct {
	io IO
	appOptions
	candidates bool
	previews   bool
	limit      int
}

// listedJSON is a bundle of a list in JSON output. A tag with something else
// under it has no more than the first three.
type listedJSON struct {
	Repository string `json:"repository"`
	Tag        string `json:"tag"`
	Digest     string `json:"digest"`
	bundle.Meta
}

func newBundleListCmd(io IO) *cobra.Command {
	o := bundleListOptions{io: io}
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the releases that there are",
		Long: `List an app's releases in the registry, the newest version first: what can be promoted and gone back to, from
which commit, and when that was made. What ran where, "penstock history" says.`,
		Example: `  penstock bundle list
  penstock bundle list --app payments/checkout --candidates
  penstock bundle list --limit 0 -o json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	o.flags(cmd)
	f := cmd.Flags()
	f.BoolVar(&o.candidates, "candidates", false, "then the ci-* bundles, the newest commit first")
	f.BoolVar(&o.previews, "previews", false, "then the pr-* bundles, the newest commit first")
	f.IntVar(&o.limit, "limit", 30, "how many of each to list; 0 lists all")
	return cmd
}

func (o bundleListOptions) run(ctx context.Context) error {
	if o.limit < 0 {
		return diag.Invalidf("--limit %d: is below 0; 0 lists all", o.limit)
	}
	c, app, err := o.load()
	if err != nil {
		return err
	}
	if !app.OCI {
		return diag.Invalidf(`%s/%s: is delivered by Git and has no bundles; "penstock history" says what ran`, app.Team.Name, app.Name)
	}
	client := registryClient(o.io, c.Spec.Registry)
	all := []listedJSON{}
	for _, class := range []struct {
		is   bundle.Class
		want bool
		name string
	}{{bundle.Releases, true, "releases"}, {bundle.Candidates, o.candidates, "ci-* bundles"}, {bundle.Previews, o.previews, "pr-* bundles"}} {
		if !class.want {
			continue
		}
		list, more, err := bundle.List(ctx, client, app.Releases, class.is, o.limit)
		if err != nil {
			return err
		}
		for _, l := range list {
			all = append(all, listedJSON{app.Releases, l.Tag, l.Digest, l.Meta})
		}
		switch {
		case len(list) == 0 && class.is == bundle.Releases:
			fmt.Fprintf(o.io.Err, "%s: has no release yet; \"penstock bundle push --release\" makes one\n", app.Releases)
		case more > 0:
			fmt.Fprintf(o.io.Err, "%d older %s are left out; \"--limit 0\" lists all\n", more, class.name)
		}
	}
	if o.output == "json" {
		return printJSON(o.io.Out, all)
	}
	if len(all) == 0 {
		return nil
	}
	t := table{head: []string{"TAG", "DIGEST", "CREATED", "REVISION"}}
	for _, l := range all {
		t.row(l.Tag, short(l.Digest), madeAt(l.Created), shortRevision(l.Revision))
	}
	return t.print(o.io)
}

// madeAt is when a bundle's commit was made. 1970 stands for unknown.
func madeAt(created string) string {
	at, err := time.Parse(time.RFC3339, created)
	if err != nil || at.Unix() == 0 {
		return "unknown"
	}
	return when(&at)
}

// shortRevision is a revision with a commit that is short enough for a table.
func shortRevision(revision string) string {
	ref, sha, ok := strings.Cut(revision, "@sha1:")
	if !ok || len(sha) < 12 {
		return revision
	}
	return ref + "@" + sha[:12]
}
