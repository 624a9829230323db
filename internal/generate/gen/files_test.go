package gen_test

import (
	"bytes"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/generate/gen"
	"github.com/penstock-dev/penstock/internal/generate/tree"
)

// TestFiles: each file says in its first line where it comes from or whose it
// is, and is clean text that Git shows no marks in.
func TestFiles(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d delivery) {
		g := generator(t, d.c, d.files["platform/"+gen.ContractFile].Data)
		for _, target := range gen.Targets(d.c) {
			for _, u := range g.Units(target) {
				unit, err := u.Render()
				if err != nil {
					t.Fatal(err)
				}
				for p, f := range unit.Files {
					if target.App == "" && p == gen.ContractFile {
						continue
					}
					if path.Ext(p) != ".json" { // has no comments
						checkHeader(t, p, f.Data, unit.IsSeeded(p))
					}
					checkText(t, p, f)
				}
				checkSeeded(t, d, target, unit)
			}
		}
	})
}

func checkHeader(t *testing.T, p string, data []byte, seeded bool) {
	t.Helper()
	open := map[string]string{".md": "<!-- ", ".yaml": "# ", ".yml": "# ", ".txt": "# ", ".sourceignore": "# ", ".prettierignore": "# ", ".gitattributes": "# ", "": "# "}[path.Ext(p)]
	says := "Managed by Penstock: made from penstock.yaml"
	if seeded {
		says = "Yours: "
	}
	if open == "" || !bytes.HasPrefix(data, []byte(open+says)) {
		t.Errorf("%s: begins %.60q", p, data)
	}
	if strings.Contains(string(data[:bytes.IndexByte(data, '\n')]), textStart) {
		t.Errorf("%s: free text in the first line", p)
	}
}

func checkText(t *testing.T, p string, f tree.File) {
	t.Helper()
	text := string(f.Data)
	if f.Mode != tree.Regular {
		t.Errorf("%s: mode %o", p, f.Mode)
	}
	if !strings.HasSuffix(text, "\n") || strings.HasSuffix(text, "\n\n") || strings.ContainsAny(text, "\r\t\x00") || strings.Contains(text, "<no value>") {
		t.Errorf("%s: line ends, tabs or values that are missing", p)
	}
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if strings.HasSuffix(l, " ") || strings.Contains(l, "<%") && !strings.Contains(l, textStart) {
			t.Errorf("%s:%d: a blank at the end or a piece of a template: %q", p, i+1, l)
		}
		if l == "" && i > 0 && i < len(lines)-1 && lines[i-1] == "" {
			t.Errorf("%s:%d: two empty lines", p, i+1)
		}
	}
}

// checkSeeded: an app's deploy folder, the pins and what formatters leave alone
// are written once, the rest is managed.
func checkSeeded(t *testing.T, d delivery, target gen.Target, unit tree.Unit) {
	t.Helper()
	var want []string
	for p := range unit.Files {
		own := strings.HasSuffix(p, ".pin.yaml")
		if target.App != "" {
			own = strings.HasPrefix(p, findApp(t, d.m, target.Team, target.App).Path+"/")
		}
		own = own || p == ".markdownlint.yaml" || p == ".prettierignore"
		if own {
			want = append(want, p)
		}
	}
	slices.Sort(want)
	if !slices.Equal(want, unit.Seeded) {
		t.Errorf("unit %s: seeded: %s, want %s", unit.Name, unit.Seeded, want)
	}
}
