// Package bundle turns an app's deploy folder into a bundle: the files that
// Flux reads, with the images pinned, a description in bundle.json, and the
// same bytes for the same input. And it compares bundles.
//
// It reads a folder through fs.FS and a registry through the Store, and does no
// I/O of its own. It does not sign, and it moves no tag of an environment.
package bundle

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/generate/tree"
	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/internal/release/images"
)

// Options is what Build must know beside the files.
type Options struct {
	App *model.App
	// Flux is the minor version of the clusters.
	Flux string
	// Host is the registry's host: images on it must be pinned.
	Host string
	// AllowUnpinned lets images without a digest pass.
	AllowUnpinned bool
	Pins          []Pin
}

// Bundle is the files of a bundle and what they say.
type Bundle struct {
	Files    tree.Tree // with bundle.json; read only
	Contents Contents
}

// Build makes the bundle of an app, or says everything that keeps it from being
// one.
func Build(src Source, o Options) (Bundle, diag.List) {
	ds := src.checkReferences()
	if _, ok := src.Files[ContentsFile]; ok {
		ds.Add(diag.Where{File: src.file(ContentsFile)}, "has the name of the bundle's own description", "rename it")
	}
	files := maps.Clone(src.Files)
	for _, e := range o.App.Envs {
		ds = append(ds, src.pin(files, e.Env.Name, o.Pins)...)
	}
	if len(ds) > 0 {
		return Bundle{}, ds.Sorted()
	}
	b := Bundle{Contents: Contents{
		APIVersion: "penstock.dev/v1alpha1", Kind: "Bundle", Team: o.App.Team.Name, App: o.App.Name, Flux: o.Flux,
	}}
	uses := map[string][]use{} // by environment
	ds = b.describe(src, files, o, uses)
	ds = append(ds, src.unused(o.Pins, uses)...)
	if !o.AllowUnpinned {
		ds = append(ds, src.unpinned(o, uses)...)
	}
	if len(ds) > 0 {
		return Bundle{}, ds.Sorted()
	}
	data, err := b.Contents.encode()
	if err != nil {
		ds.Add(diag.Where{File: src.file(ContentsFile)}, err.Error(), "")
	}
	files[ContentsFile] = tree.File{Data: data, Mode: tree.Regular}
	b.Files = files
	return b, ds
}

// pin writes the pins into one overlay's kustomization, in files only.
func (s Source) pin(files tree.Tree, env string, pins []Pin) diag.List {
	var ds diag.List
	path, ok := kustomization(files, overlayOf(env))
	if !ok {
		ds.Add(diag.Where{File: s.file(overlayOf(env))}, "has no kustomization.yaml, and the app is deployed to "+env,
			"write it, or take "+env+" out of the app's environments in the contract")
		return ds
	}
	f := files[path]
	list := make([]images.Image, len(pins))
	for i, p := range pins {
		list[i] = p.entry()
	}
	data, err := images.Put(f.Data, list)
	if errors.Is(err, images.ErrNoYAML) { // reported with the references
		return nil
	}
	if err != nil {
		ds.Add(diag.Where{File: s.file(path)}, "--image cannot be written here: "+err.Error(), "write the file and its images in block style, one key a line")
		return ds
	}
	files[path] = tree.File{Data: data, Mode: f.Mode}
	return nil
}

// describe builds each overlay and notes what it consists of.
func (b *Bundle) describe(src Source, files tree.Tree, o Options, uses map[string][]use) diag.List {
	var ds diag.List
	overlays, err := newBuilder(files)
	if err != nil {
		ds.Add(diag.Where{File: src.Dir}, err.Error(), "")
		return ds
	}
	for _, e := range o.App.Envs {
		env := e.Env.Name
		objects, err := overlays.build(overlayOf(env))
		if err != nil {
			path, _ := kustomization(files, overlayOf(env))
			ds.Add(diag.Where{File: src.file(path)}, "does not build: "+kustomizeProblem(err), fmt.Sprintf("see %q", "kustomize build "+src.file(overlayOf(env))))
			continue
		}
		f := inspect(objects)
		uses[env] = f.images
		b.Contents.Environments = append(b.Contents.Environments, Environment{
			Name: env, Path: overlayOf(env), Objects: f.objects, Variables: append([]string{}, f.variables...), Images: distinct(f.images),
		})
	}
	return ds
}

func distinct(uses []use) []string {
	list := []string{}
	for _, u := range uses {
		list = append(list, u.image)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// unused reports pins that no environment uses.
func (s Source) unused(pins []Pin, uses map[string][]use) diag.List {
	var ds diag.List
	for _, p := range pins {
		found := false
		for _, list := range uses {
			found = found || slices.ContainsFunc(list, func(u use) bool { return u.image == p.Image+"@"+p.Digest })
		}
		if !found && len(uses) > 0 {
			ds.Add(diag.Where{File: s.Dir}, fmt.Sprintf("--image %s: no object names this image; they name %s", p.Name, imageNames(uses)), "give the name as the manifests have it, without tag")
		}
	}
	return ds
}

func imageNames(uses map[string][]use) string {
	var names []string
	for _, list := range uses {
		for _, u := range list {
			names = append(names, withoutTag(u.image))
		}
	}
	slices.Sort(names)
	if names = slices.Compact(names); len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
