package images_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/penstock-dev/penstock/internal/release/images"
	_ "github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

const digest = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

// TestPut puts a pin into kustomizations of many shapes; every byte outside
// of the images stays.
func TestPut(t *testing.T) {
	t.Parallel()
	block := "images:\n    - name: app\n      newName: r/app\n      digest: " + digest + "\n"
	other := "images:\n    - name: x\n      newTag: v1\n"
	for _, c := range []struct{ name, in, want string }{
		{"none", "resources: [a]\n", "resources: [a]\n" + block},
		{"no final newline", "resources: [a]", "resources: [a]\n" + block},
		{"comments behind", "resources: [a]\n\n# the end\n", "resources: [a]\n\n# the end\n" + block},
		{"in the middle", "# top\nimages:\n- name: app # old\n  newTag: v1\n\n# sorted\nresources:\n- a\n", "# top\n" + block + "\n# sorted\nresources:\n- a\n"},
		{"flow style", "images: [\n  {name: app, newTag: v1},\n]\nresources: [a]\n", block + "resources: [a]\n"},
		{"another image", "images:\n- name: x\n  newTag: v1\n", other + strings.TrimPrefix(block, "images:\n")},
		{"no images in it", "images: []\nresources: [a]\n", block + "resources: [a]\n"},
		{"Windows", "resources: [a]\r\n", "resources: [a]\r\n" + strings.ReplaceAll(block, "\n", "\r\n")},
		{"document markers", "---\nresources: [a]\n...\n", "---\nresources: [a]\n" + block + "...\n"},
	} {
		got, err := images.Put([]byte(c.in), []images.Image{{Name: "app", NewName: "r/app", Digest: digest}})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if string(got) != c.want {
			t.Errorf("%s (-want +got):\n%s", c.name, cmp.Diff(c.want, string(got)))
		}
		again, err := images.Put(got, []images.Image{{Name: "app", NewName: "r/app", Digest: digest}})
		if err != nil || string(again) != string(got) {
			t.Errorf("%s: a second time changes it: %v\n%s", c.name, err, again)
		}
	}
}

// FuzzPut checks that what else a kustomization says never changes.
func FuzzPut(f *testing.F) {
	f.Add("images: [a]\nresources: [b]\n")
	f.Add("a: |\n  images:\n  - x\nimages:\n- name: y\n")
	f.Add("x: &a [1]\nimages: []\ny: *a\n# end")
	f.Fuzz(func(t *testing.T, in string) {
		out, err := images.Put([]byte(in), []images.Image{{Name: "app", NewName: "r/app", Digest: digest}})
		if err != nil {
			return
		}
		var doc struct {
			Images []struct{ Name, Digest string }
		}
		if err := yaml.Unmarshal(out, &doc); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		for _, i := range doc.Images {
			if i.Name == "app" && i.Digest == digest {
				return
			}
		}
		t.Errorf("the pin is not there:\n%s", out)
	})
}
