package internal_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	_ "github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

const module = "github.com/penstock-dev/penstock/"

// kinds lists the packages of internal/ in the order of the flow. A value
// imports nothing of ours; a pure package imports values and pure packages
// before it; an edge may import anything but cli.
var kinds = []struct{ name, kind string }{
	{"diag", "value"},
	{"generate/tree", "value"},
	{"generate/step", "value"},
	{"generate/markdown", "pure"},
	{"generate/merge", "pure"},
	{"forge", "pure"},
	{"registry/sweep", "pure"},
	{"registry", "pure"},
	{"contract", "pure"},
	{"contract/splice", "pure"},
	{"contract/edit", "pure"},
	{"model", "pure"},
	{"generate/pages", "pure"},
	{"generate/graph", "pure"},
	{"generate/setup", "pure"},
	{"generate/gen", "pure"},
	{"generate/plan", "pure"},
	{"generate/effect", "pure"},
	{"generate/state", "pure"},
	{"release/promotion", "pure"},
	{"release/images", "pure"},
	{"registry/simulate", "pure"},
	{"release/gitdelivery", "pure"},
	{"release/bundle", "pure"},
	{"generate/flux", "edge"},
	{"generate/apply", "edge"},
	{"release/oci", "edge"},
	{"release/cosign", "edge"},
	{"repo/wildmatch", "pure"},
	{"repo/settings", "edge"},
	{"repo/index", "edge"},
	{"repo", "edge"},
	{"generate/site", "edge"},
	{"generate/workspace", "edge"},
	{"ci", "edge"},
	{"release/delivery", "edge"},
	{"wizard", "edge"},
	{"cli", "edge"},
	{"testkit/goldentest", "edge"},
	{"testkit/registrytest", "edge"},
	{"testkit/policytest", "edge"},
	{"testkit/workflowtest", "edge"},
	{"testkit/formattest", "edge"},
}

// only are the packages that one package alone may import.
var only = map[string]string{
	"github.com/fluxcd/flux2/":                "generate/flux",
	"github.com/AlecAivazis/":                 "wizard",
	"github.com/go-git/":                      "repo", // and below it
	"github.com/google/go-containerregistry/": "release/oci",
	"github.com/spf13/cobra":                  "cli",
}

// impure is what a pure package must not import.
var impure = regexp.MustCompile(`^(os|os/.*|net|net/http.*|net/rpc.*|math/rand.*|syscall|io/ioutil)$`)

func TestImportDirections(t *testing.T) {
	order := map[string]int{}
	for i, k := range kinds {
		order[k.name] = i
	}
	for _, file := range goFiles(t, ".") {
		dir := filepath.ToSlash(filepath.Dir(file))
		if dir == "." {
			continue
		}
		pkg := row(order, dir)
		i, known := order[pkg]
		if !known {
			t.Errorf("internal/%s: package %s is not in the table of arch_test.go", file, dir)
			continue
		}
		test := strings.HasSuffix(file, "_test.go")
		for _, imp := range imports(t, file) {
			checkImport(t, file, kinds[i].kind, i, order, imp, test)
		}
	}
}

func checkImport(t *testing.T, file, kind string, at int, order map[string]int, imp string, test bool) {
	t.Helper()
	pkg := kinds[at].name
	for prefix, owner := range only {
		if strings.HasPrefix(imp, prefix) && pkg != owner && !strings.HasPrefix(pkg, owner+"/") && !test {
			t.Errorf("internal/%s: imports %s, which only internal/%s may", file, imp, owner)
		}
	}
	if test {
		return
	}
	if kind != "edge" && impure.MatchString(imp) {
		t.Errorf("internal/%s: package %s is %s and imports %s", file, pkg, kind, imp)
	}
	ours, ok := strings.CutPrefix(imp, module+"internal/")
	ours = row(order, ours)
	if !ok || ours == pkg {
		return
	}
	switch {
	case ours == "cli":
		t.Errorf("internal/%s: nobody imports cli", file)
	case strings.HasPrefix(ours, "testkit/"):
		t.Errorf("internal/%s: %s is for tests", file, ours)
	case kind == "value":
		t.Errorf("internal/%s: a value package imports nothing of ours, not %s", file, ours)
	case kind == "pure" && order[ours] >= at:
		t.Errorf("internal/%s: imports %s, which comes later in the flow", file, ours)
	case kind == "pure" && kinds[order[ours]].kind == "edge":
		t.Errorf("internal/%s: a pure package imports the edge %s", file, ours)
	}
}

// row returns the row of a package: its own, or that of the folder above it.
func row(order map[string]int, pkg string) string {
	for at := pkg; at != "."; at = path.Dir(at) {
		if _, known := order[at]; known {
			return at
		}
	}
	return pkg
}

// large are the rooms with more than 20 files, and how many at most. A number here
// only ever gets smaller.
var large = map[string]int{
	"cli": 47, "contract": 29, "release/promotion": 25, "testkit/workflowtest": 23, "wizard": 22,
}

func TestRoomsAreSmall(t *testing.T) {
	count := map[string]int{}
	for _, file := range goFiles(t, ".") {
		if !strings.HasSuffix(file, "_test.go") {
			count[filepath.ToSlash(filepath.Dir(file))]++
		}
	}
	for dir, n := range count {
		if most := max(20, large[dir]); n > most {
			t.Errorf("internal/%s: %d files; a room has at most %d", dir, n, most)
		}
	}
}

// TestClock keeps the time out of everything but the command line.
func TestClock(t *testing.T) {
	for _, file := range goFiles(t, ".") {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), "time.Now(") && !strings.HasPrefix(file, "cli/") && !strings.HasSuffix(file, "_test.go") {
			t.Errorf("internal/%s: asks for the time", file)
		}
	}
}

// TestUpdateFlag checks that each test package knows the flag -update.
func TestUpdateFlag(t *testing.T) {
	knows := map[string]bool{}
	for _, dir := range []string{".", "../cmd", "../templates"} {
		for _, file := range goFiles(t, dir) {
			if !strings.HasSuffix(file, "_test.go") {
				continue
			}
			pkg := filepath.Dir(file)
			knows[pkg] = knows[pkg] || slices.Contains(imports(t, file), module+"internal/testkit/goldentest") || pkg == "testkit/goldentest"
		}
	}
	for _, pkg := range slices.Sorted(maps.Keys(knows)) {
		if !knows[pkg] {
			t.Errorf("%s: no test file imports internal/testkit/goldentest, so that \"go test ./... -update\" fails", pkg)
		}
	}
}

// TestNamedPathsExist checks the paths that the documents name.
func TestNamedPathsExist(t *testing.T) {
	named := regexp.MustCompile("`((?:cmd|templates|internal|examples|golden|docs|lab|\\.ci)/[A-Za-z0-9_./-]*)`")
	for _, doc := range []string{"../ARCHITECTURE.md", "../CONTRIBUTING.md", "../README.md"} {
		data, err := os.ReadFile(doc)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range named.FindAllStringSubmatch(string(data), -1) {
			if _, err := os.Stat(filepath.Join("..", m[1])); err != nil {
				t.Errorf("%s: names %s, which does not exist", doc, m[1])
			}
		}
	}
}

func goFiles(t *testing.T, dir string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == "testdata" {
			return filepath.SkipDir
		}
		if err == nil && strings.HasSuffix(path, ".go") {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func imports(t *testing.T, file string) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, i := range f.Imports {
		p, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	return list
}
