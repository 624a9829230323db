package graph

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
)

// Nothing from the contract gets out of its quotes.
func TestMermaidIsWellFormed(t *testing.T) {
	t.Parallel()
	const id, label = `[a-z][A-Za-z0-9_]*`, `"(?:[^"#;<>&\\*_~\[\]{}|$%@\x60]|#\d+;|<br/>)*"`
	lines := regexp.MustCompile(`^(flowchart LR|accTitle: [^<>"{}]*|subgraph ` + id + ` \[` + label + `\]|direction LR|end|` +
		id + `\[` + label + `\](:::` + id + `)?|` + id + ` (-->|==>)\|` + label + `\| ` + id + `|%% [a-z0-9-]+[a-zA-Z :,]*|classDef .*|class [A-Za-z0-9_,]+ (area|git|bundle))$`)
	m := load(t, "testdata/hostile.yaml")
	for l := range strings.Lines(Build(m).Mermaid() + Pattern(m)) {
		if l = strings.TrimSpace(l); !lines.MatchString(l) {
			t.Errorf("not a line of a flowchart: %s", l)
		}
		// Mermaid takes the last semicolon out of such a line.
		if regexp.MustCompile(`(style|classDef).*:\S*#.*;`).MatchString(l) {
			t.Errorf("loses a semicolon: %s", l)
		}
		if strings.Contains(l, "www.") || strings.Contains(l, "://") {
			t.Errorf("becomes a link: %s", l)
		}
	}
}

func TestMermaidText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"1. one":         "1#46; one",
		"- one":          "#45; one",
		"a-b 1.2":        "a-b 1.2",
		`"]`:             "#34;#93;",
		"#35;":           "#35;35#59;",
		"a@b.c":          "a#64;b.c",
		"https://x":      "https#58;//x",
		"style: #c;":     "styl#101;: #35;c#59;",
		"naïve → größer": "naïve → größer",
	} {
		if got := mermaidText(in); got != want {
			t.Errorf("%q: %q, not %q", in, got, want)
		}
	}
}

func TestDOTText(t *testing.T) {
	t.Parallel()
	if got, want := dotLabel(`a\N"b`, "&lt;"), `"a\\N\"b\n&amp;lt;"`; got != want {
		t.Errorf("%s, not %s", got, want)
	}
}

func TestSVGIsWellFormed(t *testing.T) {
	t.Parallel()
	g := Build(load(t, "testdata/hostile.yaml"))
	text := g.SVG()
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := tok.(xml.StartElement); ok && !strings.Contains(" svg title desc g rect path circle text tspan ", " "+e.Name.Local+" ") {
			t.Errorf("element %q", e.Name.Local)
		}
	}
}

func TestClean(t *testing.T) {
	t.Parallel()
	if got, want := clean(" a\n\tb\x00\u202e\u200bc\xff "), "a bc"; got != want {
		t.Errorf("%q, not %q", got, want)
	}
}

func TestIdent(t *testing.T) {
	t.Parallel()
	seen := map[string][]string{}
	for _, names := range [][]string{{"a", "b"}, {"a-b"}, {"a--b"}, {"ab"}, {"a", "b-c"}, {"a-b", "c"}, {"a_b"}, {"a", "_b"}} {
		id := ident(names...)
		if other, ok := seen[id]; ok {
			t.Errorf("%v and %v are both %q", names, other, id)
		}
		seen[id] = names
	}
}
