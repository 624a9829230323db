package contract

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

// TestBad: each file breaks the rule it is named after, and the diagnostics
// beside it are what the user reads.
func TestBad(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) < 60 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, ds := Parse(name+".yaml", data)
			if len(ds) == 0 {
				t.Fatal("no diagnostics")
			}
			out := ds.String()
			for _, secret := range []string{"hunter2", "SIGSTORE"} {
				if strings.Contains(out, secret) {
					t.Errorf("prints a secret: %s", out)
				}
			}
			goldentest.File(t, strings.TrimSuffix(file, ".yaml")+".want", []byte(out))
		})
	}
}

// TestNoStaleWants: diagnostics without their contract are left-overs.
func TestNoStaleWants(t *testing.T) {
	wants, err := filepath.Glob("testdata/*/*.want")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range wants {
		if _, err := os.Stat(strings.TrimSuffix(want, ".want") + ".yaml"); err == nil {
			continue
		}
		if !goldentest.Update() {
			t.Errorf("%s has no contract", want)
		} else if err := os.Remove(want); err != nil {
			t.Error(err)
		}
	}
}
