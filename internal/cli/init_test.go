package cli

import (
	"bytes"
	"context"
	"os"
	"testing"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/generate/workspace"
)

// TestInitStoppedWhileGenerating: an interrupt that comes after the questions
// leaves nothing behind either.
func TestInitStoppedWhileGenerating(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../examples/quickstart/penstock.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c, ds := contract.Parse("c", data)
	if len(ds) > 0 {
		t.Fatal(ds)
	}
	dir := t.TempDir()
	ctx, stop := context.WithCancel(context.Background())
	stop()
	var out, errs bytes.Buffer
	o := initOptions{io: IO{Out: &out, Err: &errs}, workspace: dir}
	if _, err := o.generate(ctx, c, c.Written()); err == nil {
		t.Error("it went on")
	}
	s, err := o.session(context.Background(), c, c.Written())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Write(ctx, workspace.Writing{}); err == nil {
		t.Error("it was applied")
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) > 0 {
		t.Errorf("%v is left, %v", left, err)
	}
}
