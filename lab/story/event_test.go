package story

import (
	"errors"
	"os"
	"strconv"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/penstock-dev/penstock/lab/kube"
)

func write(path, text string) error { return os.WriteFile(path, []byte(text), 0o644) }

func itoa(n int) string { return strconv.Itoa(n) }

func toYAML(t *testing.T, o kube.Object) string {
	t.Helper()
	data, err := yaml.Marshal(map[string]any(o))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// errStill is what a wait for an absence saw last.
var errStill = errors.New("it is still there")

func read(path string) (string, error) {
	data, err := os.ReadFile(path)
	return string(data), err
}
