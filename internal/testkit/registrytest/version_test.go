package registrytest

import (
	"os"
	"strings"
	"testing"

	_ "github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

// TestVersion keeps the name of the built registry and its module together.
func TestVersion(t *testing.T) {
	data, err := os.ReadFile("distribution/go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(data), "github.com/distribution/distribution/v3 "+version) {
		t.Errorf("distribution/go.mod requires another version than %s", version)
	}
}
