package gen_test

import (
	"path"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	yamlv3 "go.yaml.in/yaml/v3"
	"sigs.k8s.io/yaml"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/generate/gen"
)

// TestStrict reads every generated YAML file into the types of Kubernetes and
// Flux, unknown and repeated fields refused; a reader of YAML 1.1 and one of
// YAML 1.2 find the same values in it.
func TestStrict(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d delivery) {
		for p, f := range d.files {
			switch {
			case path.Base(p) == gen.ContractFile && strings.HasPrefix(p, "platform/"):
				continue // the user's own bytes
			case strings.HasSuffix(p, "/"+gen.SliceFile):
				if _, ds := contract.Parse(p, f.Data); len(ds) > 0 {
					t.Errorf("%s", ds)
				}
			case path.Base(p) == ".markdownlint.yaml":
				sameValues(t, p, f.Data)
			case strings.Contains(p, "/.github/") && path.Ext(p) == ".yaml":
				// GitHub reads YAML 1.2, in which its key "on" is no bool.
				sameValues(t, p, []byte(strings.Replace(string(f.Data), "\non:\n", "\n\"on\":\n", 1)))
			case path.Ext(p) == ".yaml":
				for doc := range strings.SplitSeq(string(f.Data), "\n---\n") {
					sameValues(t, p, []byte(doc))
				}
				if !strings.HasPrefix(p, "platform/"+gen.PolicyDir+"/") { // for no cluster
					objects(t, p, f.Data)
				}
			}
		}
	})
}

// sameValues compares what Kubernetes reads, YAML 1.1, with YAML 1.2.
func sameValues(t *testing.T, p string, doc []byte) {
	t.Helper()
	var old, other, again any
	if err := yaml.UnmarshalStrict(doc, &old); err != nil {
		t.Fatalf("%s: %v", p, err)
	}
	if err := yamlv3.Unmarshal(doc, &other); err != nil {
		t.Fatalf("%s: %v", p, err)
	}
	data, err := yaml.Marshal(other)
	if err != nil {
		t.Fatalf("%s: %v", p, err)
	}
	if err := yaml.Unmarshal(data, &again); err != nil || !cmp.Equal(old, again) {
		t.Errorf("%s: YAML 1.1 and 1.2 differ: %v\n%s", p, err, cmp.Diff(old, again))
	}
}
