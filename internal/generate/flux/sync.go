// Package flux makes Flux's own manifests for each cluster, through flux2's
// manifestgen, as files of the platform repository.
//
// It is the only importer of manifestgen, which uses the disk and, for a
// mirror URL, the network.
package flux

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/fluxcd/flux2/v2/pkg/manifestgen"
	"github.com/fluxcd/flux2/v2/pkg/manifestgen/sync"

	"sigs.k8s.io/yaml"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/generate/tree"
	"github.com/penstock-dev/penstock/internal/model"
)

// dir is where a cluster's Flux files live, as a slash path.
func dir(c *model.Cluster) string { return "clusters/" + c.Name + "/flux-system" }

// Sync returns gotk-sync.yaml of each cluster: the GitRepository of the
// platform repository and the Kustomization of the cluster's folder. With
// Flux Operator there is none: it makes these objects itself.
func Sync(m *model.Model) (tree.Tree, error) {
	files := tree.Tree{}
	if m.Operator() {
		return files, nil
	}
	for _, c := range m.Clusters {
		opts := sync.MakeDefaultOptions()
		opts.URL = m.Platform.Git.Flux
		opts.Branch = m.Platform.Git.Branch
		opts.Namespace = m.Flux.Namespace
		opts.Interval = time.Minute
		opts.TargetPath = "clusters/" + c.Name
		manifest, err := sync.Generate(opts)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", dir(c), err)
		}
		f := file(manifest)
		f.Data = requoted(bytes.TrimPrefix(f.Data, []byte("---\n")))
		if err := files.Add(dir(c)+"/gotk-sync.yaml", f); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// requoted writes the values that manifestgen quotes as the rest of the
// repository has them, so that formatters leave them alone.
func requoted(data []byte) []byte {
	value := regexp.MustCompile(`(?m)^ +\w+: (['"].*['"])$`)
	return value.ReplaceAllFunc(data, func(line []byte) []byte {
		start := bytes.IndexAny(line, `'"`)
		var s string
		if err := yaml.Unmarshal(line[start:], &s); err != nil {
			return line
		}
		return append(line[:start:start], contract.Quoted(s)...)
	})
}

// file drops the comment of manifestgen: the generator writes its own.
func file(m *manifestgen.Manifest) tree.File {
	text := strings.Replace(m.Content, manifestgen.GenWarning+"\n", "", 1)
	return tree.File{Data: []byte(strings.TrimLeft(text, "\n")), Mode: tree.Regular}
}
