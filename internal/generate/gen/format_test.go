package gen_test

import (
	"bytes"
	"fmt"
	"os"
	"path"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/generate/gen"
	"github.com/penstock-dev/penstock/internal/generate/tree"
	"github.com/penstock-dev/penstock/internal/testkit/formattest"
)

// TestFormatters: prettier, yamlfmt and markdownlint find nothing to change in
// whatever is generated.
func TestFormatters(t *testing.T) {
	t.Parallel()
	programs := formattest.Find(t)
	files := distinct(every(t))
	for name, run := range map[string]func(testing.TB, string){
		"prettier": func(t testing.TB, dir string) { programs.Prettier(t, dir) },
		"yamlfmt":  func(t testing.TB, dir string) { programs.YAMLFmt(t, dir) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			formattest.Write(t, dir, files)
			run(t, dir)
			for p, f := range formattest.Read(t, dir, files) {
				if !bytes.Equal(f.Data, files[p].Data) {
					t.Errorf("%s: %s\n%s", p, name, firstDifference(files[p].Data, f.Data))
				}
			}
		})
	}
	t.Run("markdownlint", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		formattest.Write(t, dir, files)
		for _, finding := range programs.MarkdownLint(t, dir) {
			t.Error(finding)
		}
	})
}

// distinct returns the files of all deliveries that formatters look at, each
// content once. Contracts that a test wrote by hand are not generated.
func distinct(all []delivery) tree.Tree {
	files, seen := tree.Tree{}, map[string]bool{}
	var ignored []byte
	for i, d := range all {
		if random := strings.HasPrefix(d.name, "seed"); random && d.name > "seed03" && os.Getenv("CI") != "true" {
			continue // they take a minute
		}
		for p, f := range d.files {
			key := path.Base(p) + string(f.Data)
			byHand := strings.HasPrefix(d.name, "good ") && p == "platform/"+gen.ContractFile
			config := path.Base(p) == ".markdownlint.yaml"
			if !byHand && (config || !seen[key]) {
				seen[key] = true
				files[fmt.Sprintf("%02d/%s", i, p)] = f
			}
		}
		// prettier looks for it where it runs, which is above all repositories here.
		for line := range strings.Lines(string(d.files["platform/.prettierignore"].Data)) {
			if !strings.HasPrefix(line, "#") {
				ignored = fmt.Appendf(ignored, "/%02d/platform/%s", i, line)
			}
		}
	}
	files[".prettierignore"] = tree.File{Data: ignored}
	return files
}
