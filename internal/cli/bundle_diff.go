package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/internal/release/bundle"
	"github.com/penstock-dev/penstock/internal/release/oci"
)

type bundleDiffOptions struct {
	io IO
	appOptions
	env string
}

func newBundleDiffCmd(io IO) *cobra.Command {
	o := bundleDiffOptions{io: io}
	cmd := &cobra.Command{
		Use:   "diff [A [B]]",
		Short: "Show what changes in an environment from one bundle to another",
		Long: `Show the files in which two bundles differ, and the difference of what they render to for one environment.
Without A and B: what runs there against what the environment before it runs, which is what a promotion would
bring; the first environment is compared with the newest release. With A alone: what runs there against A.`,
		Example: `  penstock bundle diff --env prod
  penstock bundle diff --env prod 1.4.1
  penstock bundle diff --env prod 1.4.1 1.4.2`,
		Args: cobra.MaximumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), args) },
	}
	o.flags(cmd)
	cmd.Flags().StringVar(&o.env, "env", "", "the environment")
	_ = cmd.MarkFlagRequired("env")
	return cmd
}

func (o bundleDiffOptions) run(ctx context.Context, args []string) error {
	c, app, err := o.load()
	if err != nil {
		return err
	}
	client := registryClient(o.io, c.Spec.Registry)
	a, b, err := o.pair(ctx, client, app, args)
	if err != nil {
		return err
	}
	difference, err := bundle.Compare(a.Bundle, b.Bundle, o.env)
	if err != nil {
		return err
	}
	if o.output == "json" {
		return printJSON(o.io.Out, struct {
			Environment string      `json:"environment"`
			A           *pulledJSON `json:"a"`
			B           *pulledJSON `json:"b"`
			bundle.Comparison
		}{o.env, a.json(), b.json(), difference})
	}
	_, err = io.WriteString(o.io.Out, o.text(a, b, difference))
	return err
}

// pair pulls both bundles. What runs may be nothing yet.
func (o bundleDiffOptions) pair(ctx context.Context, c *oci.Client, app *model.App, args []string) (a, b found, err error) {
	if len(args) == 2 {
		if _, err := bundle.EnvOf(app, o.env); err != nil {
			return a, b, diag.Invalidf("--env %v", err)
		}
		if a, err = findBundle(ctx, c, app, args[0]); err != nil {
			return a, b, err
		}
		b, err = findBundle(ctx, c, app, args[1])
		return a, b, err
	}
	at, err := bundle.Running(app, o.env)
	if err != nil {
		return a, b, diag.Invalidf("--env %v", err)
	}
	a.Place = at
	if a.Pulled, _, err = bundle.Pull(ctx, c, at.Repository, at.Reference); err != nil {
		return a, b, err
	}
	next := ""
	if len(args) == 1 {
		next = args[0]
	} else if next, err = o.next(ctx, c, app); err != nil {
		return a, b, err
	}
	b, err = findBundle(ctx, c, app, next)
	return a, b, err
}

// next is what would be promoted: what the environment before runs, else the
// newest release.
func (o bundleDiffOptions) next(ctx context.Context, c *oci.Client, app *model.App) (string, error) {
	env, err := bundle.EnvOf(app, o.env)
	if err != nil {
		return "", diag.Invalidf("--env %v", err)
	}
	if env.Env.From != nil {
		at, err := bundle.Running(app, env.Env.From.Name)
		if err != nil {
			return "", diag.Invalidf("%v", err)
		}
		if _, ok, err := c.Digest(ctx, at.Repository, at.Reference); err != nil {
			return "", err
		} else if !ok {
			return "", diag.Refuse(diag.Failed, fmt.Sprintf("%s: nothing was promoted to %s yet; name what to compare with", at, env.Env.From.Name))
		}
		return at.String(), nil
	}
	tags, err := c.Tags(ctx, app.Releases)
	if err != nil {
		return "", err
	}
	newest := bundle.Newest(tags)
	if newest == "" {
		return "", diag.Refuse(diag.Failed, app.Releases+`: has no release yet; "penstock bundle push --release" makes one`)
	}
	return newest, nil
}

func (o bundleDiffOptions) text(a, b found, c bundle.Comparison) string {
	var out strings.Builder
	for _, side := range []struct {
		name string
		f    found
	}{{"a", a}, {"b", b}} {
		fmt.Fprintf(&out, "%s  %s\n", side.name, side.f.Place)
		if side.f.Digest == "" {
			fmt.Fprintf(&out, "   nothing runs there yet\n")
			continue
		}
		fmt.Fprintf(&out, "   %s from %s\n", oneLine(side.f.Meta.Version), oneLine(side.f.Meta.Revision))
		fmt.Fprintf(&out, "   %s\n", side.f.Digest)
	}
	if c.Same() {
		fmt.Fprintf(&out, "\nno difference in %s\n", o.env)
		return out.String()
	}
	fmt.Fprintf(&out, "\nfiles that differ: %d\n", len(c.Files))
	for _, f := range c.Files {
		fmt.Fprintf(&out, "  %-8s %s\n", f.Action, oneLine(f.Name))
	}
	fmt.Fprintf(&out, "\nobjects that differ in %s: %d\n", o.env, len(c.Objects))
	for _, obj := range c.Objects {
		fmt.Fprintf(&out, "  %-8s %s\n", obj.Action, oneLine(obj.Name))
	}
	for _, obj := range c.Objects {
		diff := obj.Diff
		if o.io.Color {
			diff = colour(diff)
		}
		out.WriteString("\n" + diff)
	}
	return out.String()
}
