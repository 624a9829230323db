package cli

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// text is something that people read: a page, a file of a generated
// repository, a string of the program, a help text.
type text struct{ where, content string }

// TestNamedCommands: each call of penstock that a text names is one that
// exists, with flags that it has.
func TestNamedCommands(t *testing.T) {
	t.Parallel()
	root := newRoot(IO{In: strings.NewReader(""), Out: &bytes.Buffer{}, Err: &bytes.Buffer{}})
	seen := 0
	for _, x := range slices.Concat(pages(t), generated(t), literals(t), helps(root)) {
		for _, call := range callsIn(x.content) {
			seen++
			if what := unknownCall(root, call); what != "" {
				t.Errorf("%s: %q: %s", x.where, call, what)
			}
		}
	}
	if seen < 500 {
		t.Errorf("only %d calls were found", seen)
	}
}

// TestNamedFiles: each file of a generated repository that a text names is one
// that some contract has: in a page of that repository, one that is there.
func TestNamedFiles(t *testing.T) {
	t.Parallel()
	anywhere := map[string]bool{}
	for _, x := range generated(t) {
		anywhere[inRepository(x.where)] = true
	}
	for _, x := range readTree(t, "../../templates", func(name string) bool { return strings.HasSuffix(name, ".tmpl") }) {
		name, _ := strings.CutPrefix(strings.TrimSuffix(filepath.ToSlash(x.where), ".tmpl"), "../../templates/")
		_, name, _ = strings.Cut(name, "/")
		anywhere[name] = true
	}
	seen := 0
	for _, x := range slices.Concat(pages(t), literals(t), helps(newRoot(IO{In: strings.NewReader(""), Out: &bytes.Buffer{}, Err: &bytes.Buffer{}}))) {
		for _, name := range namedFile.FindAllString(x.content, -1) {
			seen++
			if strings.HasPrefix(x.where, "../generate/gen/readiness.go") {
				continue // it looks itself whether they are there
			}
			name = strings.TrimPrefix(name, "platform/")
			if _, err := os.Stat(filepath.Join("../..", name)); err != nil && !anywhere[name] && !anywhere["platform/"+name] {
				t.Errorf("%s: names %s, which is in no generated repository", x.where, name)
			}
		}
	}
	if seen < 60 {
		t.Errorf("only %d files were found", seen)
	}
}

var namedFile = regexp.MustCompile(`\b(?:docs|registry|runbooks|clusters|platform|ci|tests)/[A-Za-z0-9._/-]+\.(?:md|yaml|yml|json|svg|txt)\b|\.(?:github|gitlab)/[A-Za-z0-9._/-]+\.(?:md|yaml|yml|txt)\b`)

// inRepository is a golden file's path in its repository.
func inRepository(where string) string {
	parts := strings.SplitN(filepath.ToSlash(where), "/golden/", 2)
	parts = strings.Split(parts[1], "/")
	if parts[1] == "apps" {
		return path.Join(parts[4:]...)
	}
	return path.Join(parts[2:]...)
}

// A call stands in quotes, in code of Markdown, or begins a line.
var (
	quotedCall = regexp.MustCompile("[\"`'](penstock [^\"`'\n]*)[\"`']")
	lineCall   = regexp.MustCompile(`(?m)^[ \t]*(?:- \[ \] |run: |\$ )?(penstock [a-z][^\n]*)$`)
)

func callsIn(content string) []string {
	content = strings.ReplaceAll(content, "\\\n", " ")
	var list []string
	for _, re := range []*regexp.Regexp{quotedCall, lineCall} {
		for _, m := range re.FindAllStringSubmatch(content, -1) {
			if !strings.HasPrefix(m[1], "penstock writes ") { // a sentence about the program
				list = append(list, m[1])
			}
		}
	}
	return list
}

// unknownCall says what is wrong with a call.
func unknownCall(root *cobra.Command, call string) string {
	cmd := root
	rest := false
	for _, w := range strings.Fields(call)[1:] {
		w, _, cut := strings.Cut(strings.TrimRight(w, `,.;:)\`), unknown)
		switch {
		case cut && !rest && !slices.ContainsFunc(cmd.Commands(), func(c *cobra.Command) bool { return c.Name() == w }):
			return ""
		case strings.ContainsAny(w, "|&#>") || w == "":
			return ""
		case strings.HasPrefix(w, "--"):
			rest = true
			name, _, _ := strings.Cut(w[2:], "=")
			if name != "help" && name != "version" && cmd.Flags().Lookup(name) == nil && cmd.InheritedFlags().Lookup(name) == nil {
				return cmd.CommandPath() + " has no flag --" + name
			}
		case strings.HasPrefix(w, "-") && len(w) == 2:
			rest = true
			if cmd.Flags().ShorthandLookup(w[1:]) == nil && w != "-h" {
				return cmd.CommandPath() + " has no flag " + w
			}
		case rest || !cmd.HasSubCommands():
		default:
			i := slices.IndexFunc(cmd.Commands(), func(c *cobra.Command) bool { return c.Name() == w || c.HasAlias(w) })
			if i < 0 {
				return cmd.CommandPath() + " has no command " + strconv.Quote(w)
			}
			cmd = cmd.Commands()[i]
		}
	}
	return ""
}

func readTree(t *testing.T, root string, ok func(name string) bool) (list []text) {
	t.Helper()
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !ok(filepath.ToSlash(name)) {
			return err
		}
		data, err := os.ReadFile(name)
		list = append(list, text{name, string(data)})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// pages are the documents of this repository.
func pages(t *testing.T) []text {
	t.Helper()
	return slices.Concat(
		readTree(t, "../../docs", func(name string) bool { return strings.HasSuffix(name, ".md") }),
		readTree(t, "../../examples", func(name string) bool { return true }),
		readTree(t, "../../README.md", func(string) bool { return true }), readTree(t, "../../CONTRIBUTING.md", func(string) bool { return true }),
	)
}

// generated are the files of all golden trees.
func generated(t *testing.T) []text {
	t.Helper()
	return readTree(t, "../../golden", func(string) bool { return true })
}

// literals are the strings of the program, with what is glued together in one.
func literals(t *testing.T) []text {
	t.Helper()
	var list []text
	for _, src := range readTree(t, "..", func(name string) bool {
		return strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") && !strings.Contains(name, "/workflowtest/") && !strings.Contains(name, "test/")
	}) {
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, src.where, src.content, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			e, ok := n.(ast.Expr)
			if !ok {
				return true
			}
			if s, ok := glued(e); ok {
				list = append(list, text{set.Position(e.Pos()).String(), s})
				return false
			}
			return true
		})
	}
	return list
}

// unknown stands for what is put in between two literals.
const unknown = "\x00"

// glued is a string literal, or a sum with one in it.
func glued(e ast.Expr) (s string, ok bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false
		}
		s, err := strconv.Unquote(e.Value)
		return s, err == nil
	case *ast.BinaryExpr:
		if e.Op != token.ADD {
			return "", false
		}
		a, ok := glued(e.X)
		b, ok2 := glued(e.Y)
		if !ok && !ok2 {
			return "", false
		}
		if !ok {
			a = unknown
		}
		if !ok2 {
			b = unknown
		}
		return a + b, true
	}
	return "", false
}

// helps are what "--help" prints.
func helps(cmd *cobra.Command) []text {
	list := []text{{cmd.CommandPath() + " --help", cmd.Long + "\n" + cmd.Example + "\n" + cmd.Flags().FlagUsages()}}
	for _, c := range cmd.Commands() {
		list = append(list, helps(c)...)
	}
	return list
}
