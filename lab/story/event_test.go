package story

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/penstock-dev/penstock/lab/kube"
	"github.com/penstock-dev/penstock/lab/stack"
)

// event looks for an event about an object.
func event(ctx context.Context, c *stack.Cluster, about kube.Object, kind, reason string) error {
	list, err := c.List(ctx, kube.Ref("v1", "Event", about.Namespace(), ""))
	if err != nil {
		return err
	}
	var others []string
	for _, e := range list {
		if e.String("involvedObject", "kind") != about.Kind() || e.String("involvedObject", "name") != about.Name() {
			continue
		}
		if e.String("type") == kind && e.String("reason") == reason {
			return nil
		}
		others = append(others, e.String("type")+" "+e.String("reason"))
	}
	return fmt.Errorf("events: %v", others)
}

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
