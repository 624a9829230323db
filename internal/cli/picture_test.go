package cli

import (
	"bytes"
	"context"
	"testing"

	"github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

// TestPicture keeps the picture in the README what penstock graph draws.
func TestPicture(t *testing.T) {
	var out, errs bytes.Buffer
	code := Main(context.Background(), []string{"graph", "-c", "../../examples/quickstart/penstock.yaml", "-o", "svg"}, IO{Out: &out, Err: &errs})
	if code != exitFine {
		t.Fatalf("exit code %d: %s", code, &errs)
	}
	goldentest.File(t, "../../docs/topology.svg", out.Bytes())
}
