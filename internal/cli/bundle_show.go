package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/generate/site"
	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/internal/release/bundle"
)

type bundleShowOptions struct {
	io IO
	appOptions
	env string
}

func newBundleShowCmd(io IO) *cobra.Command {
	o := bundleShowOptions{io: io}
	cmd := &cobra.Command{
		Use:   "show REF",
		Short: "Show what is in a bundle, or what it renders to",
		Long: `Show where a bundle comes from, what it deploys where, and its files; with --env, the manifests of that
environment as Flux builds them. REF is a tag or digest of the app, such as 1.4.2 or prod, or a whole
reference; a whole one needs no contract.`,
		Example: `  penstock bundle show 1.4.2
  penstock bundle show prod --env prod
  penstock bundle show registry.acme.example/delivery/payments/checkout@sha256:…`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), args[0]) },
	}
	o.flags(cmd)
	cmd.Flags().StringVar(&o.env, "env", "", "print the rendered overlay of this environment")
	return cmd
}

func (o bundleShowOptions) run(ctx context.Context, ref string) error {
	registry, app, err := o.place(ref)
	if err != nil {
		return err
	}
	f, err := findBundle(ctx, registryClient(o.io, registry), app, ref)
	if err != nil {
		return err
	}
	rendered := ""
	if o.env != "" {
		if !slices.ContainsFunc(f.Contents.Environments, func(e bundle.Environment) bool { return e.Name == o.env }) {
			return diag.Invalidf("--env %q: the bundle has no such environment; it has %s", o.env, envNames(f.Contents))
		}
		if rendered, err = f.Render(o.env); err != nil {
			return err
		}
	}
	switch {
	case o.output == "json":
		return o.json(f, rendered)
	case o.env != "":
		_, err = io.WriteString(o.io.Out, rendered)
	default:
		_, err = io.WriteString(o.io.Out, o.text(f))
	}
	return err
}

// place reads the contract, which a whole reference can do without.
func (o bundleShowOptions) place(ref string) (contract.Registry, *model.App, error) {
	whole := strings.Contains(ref, "/")
	if whole && o.contract == "" {
		in, err := site.Load("")
		switch {
		case err == nil:
			return in.Contract.Spec.Registry, nil, nil
		case errors.As(err, &site.NoContract{}):
			return hostOf(ref), nil, nil
		default:
			return contract.Registry{}, nil, err
		}
	}
	c, app, err := o.load()
	return c.Spec.Registry, app, err
}

// hostOf is a registry that no contract describes: TLS but on this machine.
func hostOf(ref string) contract.Registry {
	host, _, _ := strings.Cut(strings.TrimPrefix(ref, "oci://"), "/")
	return contract.Registry{Host: host}
}

func envNames(c bundle.Contents) string {
	names := make([]string, len(c.Environments))
	for i, e := range c.Environments {
		names[i] = oneLine(e.Name)
	}
	return strings.Join(names, ", ")
}

func (o bundleShowOptions) text(f found) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", f.Place)
	for _, l := range [][2]string{
		{"digest", f.Digest}, {"version", f.Meta.Version}, {"revision", f.Meta.Revision}, {"source", f.Meta.Source}, {"created", f.Meta.Created},
	} {
		if l[1] != "" {
			fmt.Fprintf(&b, "  %-9s %s\n", l[0], oneLine(l[1]))
		}
	}
	for _, e := range f.Contents.Environments {
		fmt.Fprintf(&b, "\n%s (%s)\n", oneLine(e.Name), oneLine(e.Path))
		for _, k := range e.Objects {
			fmt.Fprintf(&b, "  %4d %s\n", k.Count, oneLine(k.Kind+" "+k.APIVersion))
		}
		for _, i := range e.Images {
			fmt.Fprintf(&b, "  image    %s\n", oneLine(i))
		}
		if len(e.Variables) > 0 {
			fmt.Fprintf(&b, "  needs    %s\n", oneLine(strings.Join(e.Variables, ", ")))
		}
	}
	fmt.Fprintf(&b, "\n%d files\n", len(f.Files))
	for _, p := range f.Files.Paths() {
		fmt.Fprintf(&b, "  %7d %s\n", len(f.Files[p].Data), oneLine(p))
	}
	return b.String()
}

func (o bundleShowOptions) json(f found, rendered string) error {
	type file struct {
		Path string `json:"path"`
		Size int    `json:"size"`
		Mode string `json:"mode"`
	}
	files := []file{}
	for _, p := range f.Files.Paths() {
		files = append(files, file{p, len(f.Files[p].Data), fmt.Sprintf("%o", f.Files[p].Mode)})
	}
	return printJSON(o.io.Out, struct {
		*pulledJSON
		Annotations map[string]string `json:"annotations"`
		Contents    bundle.Contents   `json:"contents"`
		Files       []file            `json:"files"`
		Rendered    string            `json:"rendered,omitempty"`
	}{f.json(), f.Annotations, f.Contents, files, rendered})
}
