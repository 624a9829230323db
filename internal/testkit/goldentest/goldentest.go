// Package goldentest compares what a test made with files kept in the
// repository, and rewrites those files when the test runs with -update.
//
// Every test package imports it, so that "go test ./... -update" works: a test
// binary refuses a flag that it does not know.
package goldentest

import (
	"bytes"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files") //nolint:gochecknoglobals // the flag package keeps flags so

// Update reports whether golden files are to be rewritten.
func Update() bool { return *update }

// File compares got with the file at path, or writes it there with -update.
func File(t testing.TB, path string, got []byte) {
	t.Helper()
	want, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if err == nil && bytes.Equal(got, want) {
		return
	}
	if !*update {
		t.Errorf("%s differs from what was made; run \"make golden\" and read the diff (-file +made):\n%s", path, cmp.Diff(string(want), string(got)))
		return
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, got, 0o644); err != nil {
		t.Fatal(err)
	}
}
