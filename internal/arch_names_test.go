package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestProvidersAreNamedAtHome: a registry provider's name stands in its own
// folder, in that of its templates and in the table. Host names such as ghcr.io
// are no names of providers. A name that a forge has, too, is looked for as the
// forge's.
func TestProvidersAreNamedAtHome(t *testing.T) {
	forges := folders(t, "forge")
	names := slices.DeleteFunc(folders(t, "registry"), func(n string) bool { return slices.Contains(forges, n) })
	if len(names) < 6 {
		t.Fatalf("providers %v", names)
	}
	atHome(t, names, func(path string) bool { return below(path, "registry/", "../templates/partials/registry/") },
		"--registry zot") // an example of a command
}

// TestForgesAreNamedAtHome: the same for a forge. What a registry provider does
// on one is in the provider's folder, and its templates are also where the
// forge wants its files. Their hosts' names, as in addresses, may stand
// everywhere.
func TestForgesAreNamedAtHome(t *testing.T) {
	names := folders(t, "forge")
	if len(names) < 2 {
		t.Fatalf("forges %v", names)
	}
	home := []string{"forge/", "registry/", "../templates/partials/registry/", "../templates/platform/ci/", "../templates/platform/renovate.json.tmpl"}
	for _, n := range names {
		home = append(home, "../templates/partials/"+n+"/", "../templates/platform/."+n, "../templates/app/."+n)
	}
	atHome(t, names, func(path string) bool { return below(path, home...) },
		"slack,msteams",    // what Flux can notify
		n("github"),        // the format of annotations
		"annotations for",  // its flag
		"gitlab-generated", // an attribute of Git
		"sigstore/cosign-", // what installs cosign there
	)
}

// n is a whole literal.
func n(s string) string { return "=" + s }

// atHome looks for names in all code and templates that is not their home, but
// for texts that hold one of those.
func atHome(t *testing.T, names []string, home func(path string) bool, but ...string) {
	t.Helper()
	any := strings.Join(names, "|")
	word := regexp.MustCompile(`(?i)(^|[^a-z.\\])(` + any + `)($|[^a-z.\\])`)
	part := regexp.MustCompile(`(^|[a-z])(` + capitals(names) + `)([A-Z]|$)|^(` + any + `)([A-Z]|$)`)
	fine := func(text string) bool {
		return slices.ContainsFunc(but, func(b string) bool { return "="+text == b || strings.Contains(text, b) })
	}
	for _, file := range goFiles(t, ".") {
		path := filepath.ToSlash(file)
		if strings.HasSuffix(file, "_test.go") || below(path, "testkit/") || home(path) && strings.Count(path, "/") > 1 {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ImportSpec:
				return false
			case *ast.Ident:
				mine := n.Name == "printGitHub" || path == "release/oci/oci.go" // the format of annotations, a library's package
				if part.MatchString(n.Name) && !mine {
					t.Errorf("internal/%s: %s names one of %s", file, n.Name, any)
				}
			case *ast.BasicLit:
				text, err := strconv.Unquote(n.Value)
				if n.Kind == token.STRING && err == nil && word.MatchString(text) && !fine(text) {
					t.Errorf("internal/%s: %s names one of %s", file, n.Value, any)
				}
			}
			return true
		})
	}
	err := filepath.WalkDir("../templates", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || home(filepath.ToSlash(path)) {
			return err
		}
		data, err := os.ReadFile(path)
		for line := range strings.Lines(string(data)) {
			if word.MatchString(line) && !fine(line) {
				t.Errorf("%s: names one of %s: %s", path, any, line)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func below(path string, folders ...string) bool {
	return slices.ContainsFunc(folders, func(f string) bool { return strings.HasPrefix(path, f) })
}

// folders are those of a package that has one for each of something, and a
// table.
func folders(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() && !slices.Contains([]string{"table", "sweep", "simulate"}, e.Name()) { // no products
			names = append(names, e.Name())
		}
	}
	return names
}

// capitals are the names as they stand inside another name.
func capitals(names []string) string {
	var list []string
	for _, n := range names {
		list = append(list, strings.ToUpper(n), strings.ToUpper(n[:1])+n[1:], strings.Replace(strings.ToUpper(n[:1])+n[1:], "hub", "Hub", 1), strings.Replace(strings.ToUpper(n[:1])+n[1:], "lab", "Lab", 1))
	}
	return strings.Join(list, "|")
}
