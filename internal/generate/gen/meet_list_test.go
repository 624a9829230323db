package gen_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"path"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/penstock-dev/penstock/internal/generate/gen"
)

// TestMeetLists: two branches that penstock made of one base merge by plain
// git without a conflict in what machines read, and Flux gets from the merge
// the objects that the merged contract gives.
func TestMeetLists(t *testing.T) {
	t.Parallel()
	meet(t, platformLists, sameObjects)
}

// platformLists are the files of the platform repository that machines read,
// and its attributes.
func platformLists(t *testing.T, source []byte) map[string]string {
	t.Helper()
	c := parse(t, "penstock.yaml", source)
	// Each state has something of its own, for Git commits no state twice.
	files := map[string]string{fmt.Sprintf("%x", sha256.Sum256(source)): ""}
	for p, f := range target1(t, generator(t, c, source), gen.Target{}) {
		switch {
		case path.Ext(p) == ".md", path.Base(p) == gen.ContractFile, strings.HasPrefix(p, ".penstock/"):
		default:
			files[p] = string(f.Data)
		}
	}
	return files
}

// sameObjects compares the objects of every folder of a team or of the policies
// in which a file differs. Of changes that multiply it asks only that they can be built.
func sameObjects(t *testing.T, m meeting, want, got map[string]string) {
	t.Helper()
	dirs := map[string]bool{}
	for p, text := range got {
		if text != want[p] && path.Ext(p) == ".yaml" && got[path.Dir(p)+"/kustomization.yaml"] != "" {
			dirs[path.Dir(p)] = true
		}
	}
	for dir := range dirs {
		got := built(t, dir, got)
		if m.multiplies {
			continue
		}
		if less, more := lines(built(t, dir, want), got); less+more != "" {
			t.Errorf("%s: %s: lacks\n%shas beside what the contract gives\n%s", m.name, dir, less, more)
		}
	}
}

// built are the objects of a folder, as kustomize makes them, one a line. Names in the
// expressions of policies stand in the order of the file.
func built(t *testing.T, dir string, files map[string]string) string {
	t.Helper()
	fsys := filesys.MakeFsInMemory()
	for p, text := range files {
		if err := fsys.WriteFile("/"+p, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	resources, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(fsys, "/"+dir)
	if err != nil {
		t.Fatalf("%s: %v", dir, err)
	}
	var b bytes.Buffer
	for _, r := range resources.Resources() {
		text, err := r.AsYAML()
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString(string(text))
	}
	return b.String()
}
