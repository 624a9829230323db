package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/generate/site"
	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/internal/release/bundle"
	"github.com/penstock-dev/penstock/internal/release/promotion"
	"github.com/penstock-dev/penstock/internal/repo"
)

type bundlePushOptions struct {
	io IO
	appOptions
	release, tag     string
	path             string
	images           []string
	source, revision string
}

func newBundlePushCmd(io IO) *cobra.Command {
	o := bundlePushOptions{io: io}
	cmd := &cobra.Command{
		Use:   "push",
		Short: "Make a bundle of an app's manifests and push it to the registry",
		Long: `Make a bundle of an app's deploy folder and push it. The same files at the same commit are the same bytes.
A release is never overwritten: the same content again changes nothing, other content is refused. --image
pins what CI built in every overlay of the bundle; your files are only read. Everything below the folder goes
in, but .git, what a .sourceignore names, and what Flux drops anyway, such as images and archives.`,
		Example: `  penstock bundle push --release 1.4.2 --image checkout=registry.acme.example/images/checkout@sha256:…
  penstock bundle push --app payments/checkout --tag pr-17 --path services/checkout/deploy`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	o.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&o.release, "release", "", "version to release: SemVer without v and without build metadata")
	f.StringVar(&o.tag, "tag", "", "ci-… or pr-…: push a candidate or a preview instead of a release")
	f.StringVar(&o.path, "path", "", "the app's deploy folder (default: the app's path in the contract)")
	f.StringArrayVar(&o.images, "image", nil, "NAME=REF@sha256:…: the digest of an image that the manifests name; may be repeated")
	f.StringVar(&o.source, "source", "", "URL of the app's repository (default: the app's git.url in the contract)")
	f.StringVar(&o.revision, "revision", "", "REF@sha1:SHA that the bundle is made from (default: what CI says, else the checkout's commit)")
	_ = cmd.MarkFlagDirname("path")
	cmd.MarkFlagsMutuallyExclusive("release", "tag")
	return cmd
}

func (o bundlePushOptions) run(ctx context.Context) error {
	c, app, err := o.load()
	if err != nil {
		return err
	}
	tag, pins, err := o.checked(app)
	if err != nil {
		return err
	}
	src, err := o.read(app)
	if err != nil {
		return err
	}
	meta, err := o.meta(app, src, tag)
	if err != nil {
		return err
	}
	b, ds := bundle.Build(src, bundle.Options{
		App: app, Flux: c.Spec.Flux.Version, Host: c.Spec.Registry.Host,
		AllowUnpinned: c.Spec.SupplyChain.UnpinnedImages == "allow", Pins: pins,
	})
	if len(ds) > 0 {
		return diag.Refuse(diag.Failed, ds.String())
	}
	a, err := b.Artifact(meta)
	if err != nil {
		return err
	}
	client := registryClient(o.io, c.Spec.Registry)
	push := bundle.PushRelease
	if o.tag != "" {
		push = bundle.PushCandidate
	}
	r, err := push(ctx, client, app.Releases, a)
	if err != nil {
		return err
	}
	return o.print(pushed{app.Releases, tag, r, src.LeftOut, b.Contents.Environments})
}

// checked reads the flags that need no file.
func (o bundlePushOptions) checked(app *model.App) (tag string, pins []bundle.Pin, err error) {
	switch {
	case !app.OCI:
		return "", nil, diag.Invalidf("%s/%s: is delivered by Git and has no bundles; promote it with \"penstock promote\"", app.Team.Name, app.Name)
	case o.tag != "":
		tag, err = o.tag, bundle.CheckCandidate(o.tag)
	case o.release != "":
		tag, err = o.release, promotion.CheckRelease(o.release)
	default:
		err = errors.New("name the version with --release, or a candidate with --tag ci-… or pr-…")
	}
	if err != nil {
		return "", nil, diag.Invalidf("%v", err)
	}
	named := map[string]bool{}
	for _, s := range o.images {
		p, err := bundle.ParsePin(s)
		if err != nil {
			return "", nil, diag.Invalidf("--image %v", err)
		}
		if named[p.Name] {
			return "", nil, diag.Invalidf("--image %q: %s is given twice", s, p.Name)
		}
		named[p.Name] = true
		pins = append(pins, p)
	}
	return tag, pins, nil
}

// read takes in the deploy folder: --path, or the contract's path here or in a
// workspace here.
func (o bundlePushOptions) read(app *model.App) (bundle.Source, error) {
	dirs := []string{o.path}
	if o.path == "" {
		own, here := filepath.FromSlash(app.Path), site.Find().Dir
		dirs = []string{filepath.Join(here, own), filepath.Join(here, "apps", app.Team.Name, app.Name, own)}
	}
	for _, dir := range dirs {
		root, err := os.OpenRoot(dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return bundle.Source{}, diag.Invalidf("%v; name the app's deploy folder with --path", err)
		}
		src, ds := bundle.Read(root.FS(), filepath.ToSlash(filepath.Clean(dir)))
		if err := root.Close(); err != nil {
			return src, err
		}
		if len(ds) > 0 {
			return src, diag.Refuse(diag.Failed, ds.String())
		}
		if err := site.NeedsAway(dir, "nothing was pushed: a bundle has all that the commit has", func(a *repo.Away) []string { return a.Below("") }); err != nil {
			return src, err
		}
		return asStored(src)
	}
	return bundle.Source{}, diag.Invalidf("%s: no such folder; name the app's deploy folder with --path", strings.Join(dirs, ", "))
}

// asStored gives a folder that is in a Git checkout the line ends that Git
// stores: a bundle is the same from each checkout of its commit.
func asStored(src bundle.Source) (bundle.Source, error) {
	r, err := repo.Open(src.Dir)
	if err != nil {
		return src, nil //nolint:nilerr // no Git, or one that penstock can't read: the files are what there is
	}
	src.Files, err = r.Stored(src.Dir, src.Files)
	return src, err
}

func (o bundlePushOptions) meta(app *model.App, src bundle.Source, tag string) (bundle.Meta, error) {
	m := bundle.Meta{Source: o.source, Version: tag}
	if m.Source == "" {
		m.Source = app.Git.URL
	}
	if err := bundle.CheckSource(m.Source); err != nil {
		return m, diag.Invalidf("--source %v", err)
	}
	var err error
	if m.Revision, err = revision(o.revision, src); err != nil {
		return m, err
	}
	t, err := created(m.Revision, src.Dir)
	m.Created = bundle.Created(t)
	return m, err
}

// pushed is the outcome of a push.
type pushed struct {
	repository, tag string
	bundle.Result
	leftOut      []string
	environments []bundle.Environment
}

func (o bundlePushOptions) print(p pushed) error {
	if o.output == "json" {
		return printJSON(o.io.Out, struct {
			pulledJSON
			URL          string               `json:"url"`
			Tag          string               `json:"tag"`
			Existed      bool                 `json:"existed"`
			LeftOut      []string             `json:"leftOut"`
			Environments []bundle.Environment `json:"environments"`
		}{
			pulledJSON{p.repository, p.tag, p.Digest, p.LayerDigest, p.Meta},
			"oci://" + p.repository, p.tag, p.Existed, append([]string{}, p.leftOut...), p.environments,
		})
	}
	verb := "pushed"
	if p.Existed {
		verb = "unchanged: the same content is there already,"
	}
	_, err := fmt.Fprintf(o.io.Out, "%s %s:%s\n  digest    %s\n  revision  %s\n", verb, p.repository, p.tag, p.Digest, p.Meta.Revision)
	for _, f := range p.leftOut {
		fmt.Fprintf(o.io.Err, "left out, as Flux would drop it: %s\n", f)
	}
	return err
}
