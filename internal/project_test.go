package internal_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rhysd/actionlint"

	"github.com/penstock-dev/penstock/internal/forge/github"
)

// TestOwnWorkflows lints the workflows that test and release Penstock itself.
// Their actions are those that we generate, at the same commits.
func TestOwnWorkflows(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../.github/workflows/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("workflows: %v, %v", files, err)
	}
	uses := regexp.MustCompile(`uses: ((\S+)@.*)`)
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		l, err := actionlint.NewLinter(&strings.Builder{}, &actionlint.LinterOptions{})
		if err != nil {
			t.Fatal(err)
		}
		found, err := l.Lint(file, data, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range found {
			t.Errorf("%s:%d:%d: %s", file, e.Line, e.Column, e.Message)
		}
		for _, m := range uses.FindAllStringSubmatch(string(data), -1) {
			want, err := github.Action(m[2])
			if err != nil {
				t.Errorf("%s: %v", file, err)
			} else if m[1] != want {
				t.Errorf("%s: uses %q; internal/forge/github/action.go has %q", file, m[1], want)
			}
		}
	}
}

// TestReleaseNames: what setup steps and SECURITY.md download is what .goreleaser.yaml makes.
func TestReleaseNames(t *testing.T) {
	t.Parallel()
	config := read(t, "../.goreleaser.yaml")
	for text, file := range map[string]string{
		`penstock_${VERSION}_linux_amd64.tar.gz`: "../SECURITY.md",
		`checksums.txt.sigstore.json`:            "../SECURITY.md",
	} {
		if !strings.Contains(read(t, file), text) {
			t.Errorf("%s: does not name %s", file, text)
		}
	}
	for _, text := range []string{`name_template: "penstock_{{ .Version }}_{{ .Os }}_{{ .Arch }}"`, "formats: [tar.gz]", "name_template: checksums.txt", `signature: "${artifact}.sigstore.json"`} {
		if !strings.Contains(config, text) {
			t.Errorf(".goreleaser.yaml: does not say %s", text)
		}
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
