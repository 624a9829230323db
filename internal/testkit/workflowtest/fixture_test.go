package workflowtest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	_ "github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

// folder writes the files of a txtar archive.
func folder(t *testing.T, archive string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		file := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// options are a push to an app's repository with that content.
func options(t *testing.T, app string) Options {
	t.Helper()
	return Options{
		Repositories: map[string]*Repository{"acme/checkout": {Dir: folder(t, app)}},
		Repository:   "acme/checkout", Workflow: ".github/workflows/w.yaml", Event: Event{Name: "push"}, Clock: time.Now,
	}
}

// run runs a workflow that must start.
func run(t *testing.T, o Options) Result {
	t.Helper()
	r, err := Run(t.Context(), o)
	if err != nil {
		t.Fatalf("%v\n%s", err, r)
	}
	return r
}

// one runs the steps of a single job and returns it.
func one(t *testing.T, head, steps string) Job {
	t.Helper()
	r := run(t, options(t, "-- .github/workflows/w.yaml --\non: push\n"+head+"jobs:\n  one:\n    runs-on: x\n    steps:\n"+indent(steps, 6)))
	return r.Jobs[0]
}

func indent(s string, n int) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		b.WriteString(strings.Repeat(" ", n) + line)
	}
	return b.String()
}

func wants(t *testing.T, what, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("%s lacks %q:\n%s", what, p, text)
		}
	}
}
