package flux

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/fluxcd/flux2/v2/pkg/manifestgen/install"
	"github.com/fluxcd/pkg/tar"

	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/internal/tree"
)

// Release is the Flux release whose manifests are installed. manifestgen
// patches them by position, so they must be of the release that it is from; a
// test compares this with go.mod.
const Release = "v2.9.5"

// components are the controllers that the platform uses.
func components() []string {
	return []string{"source-controller", "kustomize-controller", "notification-controller"}
}

// ErrNoManifests tells that the controllers' manifests are asked for and not
// at hand.
var ErrNoManifests = errors.New(`spec.flux.install is "manifests": name the release archive of Flux ` + Release +
	` with --flux-manifests manifests.tar.gz, or the URL of a mirror of https://github.com/fluxcd/flux2/releases`)

// Kept returns a file of a unit as the last run wrote it.
type Kept func(unit, path string) (tree.File, bool, error)

// Files returns Flux's own files of each cluster. Where the controllers are to
// be installed they are made from source: the path of a release archive, or a
// mirror's URL; without one those that the last run wrote are kept.
func Files(m *model.Model, source string, kept Kept) (tree.Tree, error) {
	files, err := Sync(m)
	if err != nil || !m.Installs() {
		return files, err
	}
	var made *tree.File
	if source != "" {
		f, err := componentsFile(m, source)
		if err != nil {
			return nil, err
		}
		made = &f
	}
	for _, c := range m.Clusters {
		f, err := componentsOf(c, made, kept)
		if err != nil {
			return nil, err
		}
		if err := files.Add(dir(c)+"/gotk-components.yaml", f); err != nil {
			return nil, err
		}
	}
	return files, nil
}

func componentsOf(c *model.Cluster, made *tree.File, kept Kept) (tree.File, error) {
	if made != nil {
		return *made, nil
	}
	f, ok, err := kept("cluster/"+c.Name, dir(c)+"/gotk-components.yaml")
	if err != nil {
		return tree.File{}, err
	}
	i := bytes.Index(f.Data, []byte("---\n")) // before it stands the generator's comment
	if !ok || i < 0 {
		return tree.File{}, ErrNoManifests
	}
	return tree.File{Data: f.Data[i:], Mode: f.Mode}, nil
}

func componentsFile(m *model.Model, source string) (tree.File, error) {
	opts := install.MakeDefaultOptions()
	opts.Version = Release
	opts.Namespace = m.Flux.Namespace
	opts.Components = components()
	base := ""
	if strings.HasPrefix(source, "https://") || strings.HasPrefix(source, "http://") {
		opts.BaseURL = strings.TrimSuffix(source, "/")
	} else {
		var err error
		if base, err = unpack(source); err != nil {
			return tree.File{}, err
		}
		defer os.RemoveAll(base)
	}
	manifest, err := install.Generate(opts, base)
	if err != nil {
		return tree.File{}, fmt.Errorf("%s: %w", source, err)
	}
	f := file(manifest)
	return f, checkRelease(source, m.Flux.Version, f.Data)
}

// unpack extracts a release archive into a new temporary folder.
func unpack(archive string) (string, error) {
	f, err := os.Open(archive)
	if err != nil {
		return "", err
	}
	defer f.Close()
	base, err := os.MkdirTemp("", "penstock-flux-")
	if err != nil {
		return "", err
	}
	if base, err = filepath.EvalSymlinks(base); err != nil {
		return "", err
	}
	if err := tar.Untar(f, base); err != nil {
		return "", errors.Join(fmt.Errorf("%s: is not Flux's manifests.tar.gz: %w", archive, err), os.RemoveAll(base))
	}
	for _, name := range append(components(), "rbac", "policies") {
		if _, err := os.Stat(filepath.Join(base, name+".yaml")); err != nil {
			return "", errors.Join(fmt.Errorf("%s: has no %s.yaml; it is not Flux's manifests.tar.gz", archive, name), os.RemoveAll(base))
		}
	}
	return base, nil
}

var controllerImage = regexp.MustCompile(`/source-controller:v1\.([0-9]+)\.`)

// checkRelease refuses manifests of another minor version than the contract's.
// The controllers' minor version is that of Flux, with major version 1.
func checkRelease(source, version string, manifests []byte) error {
	found := controllerImage.FindSubmatch(manifests)
	if found == nil {
		return fmt.Errorf("%s: names no image of source-controller", source)
	}
	if _, minor, _ := strings.Cut(version, "."); minor != string(found[1]) {
		return fmt.Errorf("%s: holds Flux 2.%s, and spec.flux.version is %q; use the archive of %s", source, found[1], version, Release)
	}
	return nil
}
