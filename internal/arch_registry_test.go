package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestProvidersAreNamedAtHome: a registry provider's name stands in its own
// folder, in that of its templates and in the table. GitLab's is a Git host's
// name, too. Host names such as ghcr.io are no names of providers.
func TestProvidersAreNamedAtHome(t *testing.T) {
	dirs, err := os.ReadDir("registry")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, d := range dirs {
		if d.IsDir() && d.Name() != "table" && d.Name() != "gitlab" {
			names = append(names, d.Name())
		}
	}
	if len(names) < 6 {
		t.Fatalf("providers %v", names)
	}
	word := regexp.MustCompile(`(^|[^a-z.\\])(` + strings.Join(names, "|") + `)($|[^a-z.\\])`)
	part := regexp.MustCompile(`(^|[a-z])(` + capitals(names) + `)([A-Z]|$)|^(` + strings.Join(names, "|") + `)([A-Z]|$)`)
	for _, file := range goFiles(t, ".") {
		top, rest, _ := strings.Cut(filepath.ToSlash(file), "/")
		if strings.HasSuffix(file, "_test.go") || top == "testkit" || top == "registry" && strings.Contains(rest, "/") {
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
				if part.MatchString(n.Name) {
					t.Errorf("internal/%s: %s names a registry provider", file, n.Name)
				}
			case *ast.BasicLit:
				text, err := strconv.Unquote(n.Value)
				if n.Kind == token.STRING && err == nil && word.MatchString(text) && !strings.Contains(text, "--registry zot") { // an example of a command
					t.Errorf("internal/%s: %s names a registry provider", file, n.Value)
				}
			}
			return true
		})
	}
	err = filepath.WalkDir("../templates", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(filepath.ToSlash(path), "../templates/partials/registry/") {
			return err
		}
		data, err := os.ReadFile(path)
		if m := word.FindSubmatch(data); m != nil {
			t.Errorf("%s: names the registry provider %s", path, m[2])
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// capitals are the names as they stand inside another name.
func capitals(names []string) string {
	var list []string
	for _, n := range names {
		list = append(list, strings.ToUpper(n), strings.ToUpper(n[:1])+n[1:])
	}
	return strings.Join(list, "|")
}
