package bundle

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// findings is what a bundle's overlay consists of.
type findings struct {
	objects   []Kind
	variables []string
	images    []use
}

// use is an image that an object names.
type use struct{ image, object string }

// inspect looks through the objects of an overlay.
func inspect(objects resmap.ResMap) findings {
	var f findings
	kinds, variables := map[Kind]int{}, map[string]bool{}
	for _, r := range objects.Resources() {
		kinds[Kind{APIVersion: r.GetApiVersion(), Kind: r.GetKind()}]++
		substitute := substituted(r)
		data := r.GetKind() == "ConfigMap" || r.GetKind() == "Secret"
		walk(r.YNode(), "", func(key, value string) {
			if substitute {
				for _, name := range required(value) {
					variables[name] = true
				}
			}
			if key == "image" && value != "" && !data {
				f.images = append(f.images, use{value, r.GetKind() + "/" + r.GetName()})
			}
		})
	}
	for k, n := range kinds {
		k.Count = n
		f.objects = append(f.objects, k)
	}
	slices.SortFunc(f.objects, func(a, b Kind) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.APIVersion, b.APIVersion))
	})
	f.variables = slices.Sorted(maps.Keys(variables))
	return f
}

// substituted reports whether Flux replaces variables in the object.
func substituted(r *resource.Resource) bool {
	const key = "kustomize.toolkit.fluxcd.io/substitute"
	return r.GetAnnotations()[key] != "disabled" && r.GetLabels()[key] != "disabled"
}

// walk visits each scalar with the key that it stands below. An image volume's
// reference counts as an image.
func walk(n *yaml.Node, key string, visit func(key, value string)) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			name := n.Content[i].Value
			visit("", name)
			if key == "image" && name == "reference" {
				name = "image"
			}
			walk(n.Content[i+1], name, visit)
		}
	case yaml.SequenceNode, yaml.DocumentNode:
		for _, c := range n.Content {
			walk(c, "", visit)
		}
	case yaml.AliasNode:
		walk(n.Alias, key, visit)
	default:
		visit(key, n.Value)
	}
}

// variable is a use of a variable as Flux's postBuild replaces it, or "$$",
// which stands for a dollar sign.
var variable = regexp.MustCompile(`\$\$|\$\{#?([A-Za-z_][A-Za-z0-9_]*)([^}]*)\}`)

// required lists the variables of a text that have no default there.
func required(text string) []string {
	if !strings.Contains(text, "${") {
		return nil
	}
	var names []string
	for _, m := range variable.FindAllStringSubmatch(text, -1) {
		rest := strings.TrimPrefix(m[2], ":")
		if m[1] != "" && !strings.HasPrefix(rest, "-") && !strings.HasPrefix(rest, "=") {
			names = append(names, m[1])
		}
	}
	return names
}
