package bundle

import (
	"fmt"
	slashpath "path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/penstock-dev/penstock/internal/diag"
)

// kustomizationNames are the names under which kustomize looks for its file.
func kustomizationNames() []string {
	return []string{"kustomization.yaml", "kustomization.yml", "Kustomization"}
}

// remote is what kustomize would fetch from the network, even where a folder
// has that name.
var remote = regexp.MustCompile(`://|^git::|^[^/]*@[^/]+[:/]|^(?i:www\.)?(?i:github\.com)[:/]|^gh:|[?&](ref|version|timeout|submodules)=`)

// pathFields are the fields of a kustomization that name files or folders, as
// a path of keys; "[]" goes through a list.
func pathFields() []string {
	return []string{
		"resources[]", "bases[]", "components[]", "crds[]", "configurations[]", "transformers[]", "generators[]", "validators[]",
		"patchesStrategicMerge[]", "patches[].path", "patchesJson6902[].path", "replacements[].path", "openapi.path",
		"configMapGenerator[].files[]", "configMapGenerator[].envs[]", "configMapGenerator[].env",
		"secretGenerator[].files[]", "secretGenerator[].envs[]", "secretGenerator[].env",
	}
}

// checkReferences reports everything that a kustomization of the folder names
// and that is not in the folder: a bundle must build without the network and
// without its repository.
func (s Source) checkReferences() diag.List {
	var ds diag.List
	for _, p := range s.Files.Paths() {
		if !slices.Contains(kustomizationNames(), slashpath.Base(p)) {
			continue
		}
		var doc yaml.Node
		if err := yaml.Unmarshal(s.Files[p].Data, &doc); err != nil {
			ds.Add(diag.Where{File: s.file(p)}, "is no YAML: "+err.Error(), "")
		} else if len(doc.Content) > 0 {
			ds = append(ds, s.checkKustomization(p, doc.Content[0])...)
		}
	}
	return ds
}

func (s Source) checkKustomization(p string, root *yaml.Node) diag.List {
	ds := s.checkPlugins(p, root)
	for _, field := range pathFields() {
		for _, n := range values(root, field) {
			if what, fix := s.reference(slashpath.Dir(p), n.Value, strings.HasSuffix(field, "files[]")); what != "" {
				ds.Add(diag.Where{File: s.file(p), Line: n.Line, Column: n.Column}, what, fix)
			}
		}
	}
	for _, field := range []string{"helmCharts", "helmChartInflationGenerator"} {
		if key, _ := entryOf(root, field); key != nil {
			ds.Add(diag.Where{File: s.file(p), Line: key.Line, Column: key.Column}, field+": Flux does not run Helm from kustomize", "render the chart into the folder, or use a HelmRelease of the platform")
		}
	}
	return ds
}

// reference says what is wrong with one value; nothing when it is in the
// folder, or is YAML itself.
func (s Source) reference(dir, value string, keyed bool) (what, fix string) {
	if strings.Contains(value, "\n") || value == "" {
		return "", ""
	}
	if _, file, ok := strings.Cut(value, "="); ok && keyed {
		value = file
	}
	if remote.MatchString(value) {
		return fmt.Sprintf("%q is remote; a bundle must be complete", mask(value)), "copy it into the folder"
	}
	path := slashpath.Join(dir, value)
	switch {
	case strings.HasPrefix(value, "/") || path == ".." || strings.HasPrefix(path, "../"):
		return fmt.Sprintf("%q leaves the folder; a bundle holds nothing from outside", value), "copy it into the folder"
	case slices.Contains(s.LeftOut, path):
		return fmt.Sprintf("%q is left out of bundles, because Flux drops such files", value), "rename it, or change .sourceignore"
	case !s.has(path):
		return fmt.Sprintf("%q is not in the folder", value), "correct the path"
	}
	return "", ""
}

// has reports whether there is a file or a folder of that path.
func (s Source) has(path string) bool {
	if _, ok := s.Files[path]; ok || path == "." {
		return true
	}
	for p := range s.Files {
		if strings.HasPrefix(p, path+"/") {
			return true
		}
	}
	return false
}

// mask takes user and password out of a URL.
func mask(s string) string {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		return s
	}
	host, path, _ := strings.Cut(rest, "/")
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		host = host[at+1:]
	}
	return scheme + "://" + host + "/" + path
}

// values returns the scalars at a path of keys such as "patches[].path".
func values(n *yaml.Node, path string) []*yaml.Node {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if path == "" {
		if n.Kind == yaml.ScalarNode {
			return []*yaml.Node{n}
		}
		return nil
	}
	if rest, ok := strings.CutPrefix(path, "[]"); ok {
		var list []*yaml.Node
		if n.Kind == yaml.SequenceNode {
			for _, item := range n.Content {
				list = append(list, values(item, strings.TrimPrefix(rest, "."))...)
			}
		}
		return list
	}
	end := strings.IndexAny(path, ".[")
	if end < 0 {
		end = len(path)
	}
	_, value := entryOf(n, path[:end])
	if value == nil {
		return nil
	}
	return values(value, strings.TrimPrefix(path[end:], "."))
}

// entryOf returns key and value of a mapping's entry, or nil.
func entryOf(n *yaml.Node, name string) (key, value *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		return nil, nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i], n.Content[i+1]
		}
	}
	return nil, nil
}
