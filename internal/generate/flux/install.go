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

	"github.com/penstock-dev/penstock/internal/generate/tree"
	"github.com/penstock-dev/penstock/internal/model"
)

// generator is the release that manifestgen is from; a test compares it with
// go.mod. manifestgen patches the controllers' arguments by position, which are
// the same in all lines of contract.FluxLines: read in config/manager of the
// controllers 1.8 to 1.10.
const generator = "v2.9.5"

// components are the controllers that the platform uses.
func components() []string {
	return []string{"source-controller", "kustomize-controller", "notification-controller"}
}

// noManifests tells that the controllers' manifests are asked for and not at
// hand.
func noManifests(m *model.Model) error {
	return fmt.Errorf(`spec.flux.install is "manifests": name the release archive of Flux %s with --flux-manifests manifests.tar.gz, `+
		`or the URL of a mirror of https://github.com/fluxcd/flux2/releases`, release(m))
}

// release is the Flux release that is installed. Of a minor version that is not
// known yet it is the first one, which always exists.
func release(m *model.Model) string {
	if line := m.Flux.Line(); line.Version == m.Flux.Version {
		return line.Release
	}
	return "v" + m.Flux.Version + ".0"
}

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
		f, err := componentsOf(m, c, made, kept)
		if err != nil {
			return nil, err
		}
		if err := files.Add(dir(c)+"/gotk-components.yaml", f); err != nil {
			return nil, err
		}
	}
	return files, nil
}

func componentsOf(m *model.Model, c *model.Cluster, made *tree.File, kept Kept) (tree.File, error) {
	if made != nil {
		return *made, nil
	}
	path := dir(c) + "/gotk-components.yaml"
	f, ok, err := kept("cluster/"+c.Name, path)
	if err != nil {
		return tree.File{}, err
	}
	i := bytes.Index(f.Data, []byte("---\n")) // before it stands the generator's comment
	if !ok || i < 0 {
		return tree.File{}, noManifests(m)
	}
	return tree.File{Data: f.Data[i:], Mode: f.Mode}, checkRelease(path, m, f.Data)
}

func componentsFile(m *model.Model, source string) (tree.File, error) {
	opts := install.MakeDefaultOptions()
	opts.Version = release(m)
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
	return f, checkRelease(source, m, f.Data)
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
func checkRelease(source string, m *model.Model, manifests []byte) error {
	found := controllerImage.FindSubmatch(manifests)
	if found == nil {
		return fmt.Errorf("%s: names no image of source-controller", source)
	}
	if _, minor, _ := strings.Cut(m.Flux.Version, "."); minor != string(found[1]) {
		return fmt.Errorf("%s: holds Flux 2.%s, and spec.flux.version is %q; name the release archive of Flux %s with --flux-manifests", source, found[1], m.Flux.Version, release(m))
	}
	return nil
}
