package gen_test

import (
	"path"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/yaml"
)

// TestEveryManifestIsListed: a manifest that no kustomization.yaml names would
// never be applied, and nobody would notice.
func TestEveryManifestIsListed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d delivery) {
		listed := map[string]bool{}
		for p, f := range d.files {
			if path.Base(p) != "kustomization.yaml" {
				continue
			}
			var k types.Kustomization
			if err := yaml.UnmarshalStrict(f.Data, &k); err != nil {
				t.Fatalf("%s: %v", p, err)
			}
			for _, patch := range k.Patches {
				k.Resources = append(k.Resources, patch.Path)
			}
			for _, r := range k.Resources {
				listed[path.Join(path.Dir(p), r)] = true
			}
		}
		for p := range d.files {
			name := path.Base(p)
			manifest := path.Ext(p) == ".yaml" && name != "kustomization.yaml" && !strings.Contains(p, "/.") && p != "platform/penstock.yaml"
			own := strings.HasPrefix(p, "platform/platform/policies/tests/") || strings.HasPrefix(p, "platform/registry/") // for no cluster
			if manifest && !own && !listed[p] {
				t.Errorf("%s: in no kustomization.yaml", p)
			}
		}
	})
}
