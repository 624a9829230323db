package bundle

import (
	"bytes"
	"fmt"
	slashpath "path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/penstock-dev/penstock/internal/diag"
)

// checkPlugins looks at what a kustomization configures as generators,
// transformers and validators, in files or in line: these may fetch files, too.
func (s Source) checkPlugins(kustomization string, root *yaml.Node) diag.List {
	var ds diag.List
	for _, field := range []string{"generators[]", "transformers[]", "validators[]"} {
		for _, n := range values(root, field) {
			file := slashpath.Join(slashpath.Dir(kustomization), n.Value)
			where, data := diag.Where{File: s.file(file)}, s.Files[file].Data
			if strings.Contains(n.Value, "\n") {
				where, data = diag.Where{File: s.file(kustomization), Line: n.Line}, []byte(n.Value)
			}
			dec := yaml.NewDecoder(bytes.NewReader(data))
			for {
				var doc yaml.Node
				if dec.Decode(&doc) != nil {
					break
				}
				remotePaths(&doc, "", func(found *yaml.Node) {
					at := diag.Where{File: where.File, Line: where.Line + found.Line}
					ds.Add(at, fmt.Sprintf("%q is remote; a bundle must be complete", mask(found.Value)), "copy it into the folder")
				})
			}
		}
	}
	return ds
}

// remotePaths calls found for each remote value of a field that names files.
func remotePaths(n *yaml.Node, key string, found func(*yaml.Node)) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			remotePaths(n.Content[i+1], n.Content[i].Value, found)
		}
	case yaml.SequenceNode, yaml.DocumentNode:
		for _, c := range n.Content {
			remotePaths(c, key, found)
		}
	case yaml.ScalarNode:
		names := []string{"path", "paths", "files", "env", "envs", "repo", "chartRepo"}
		if slices.Contains(names, key) && remote.MatchString(n.Value) {
			found(n)
		}
	default: // an alias: its anchor is read where it stands
	}
}
