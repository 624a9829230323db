package graph

import (
	"fmt"
	"strings"
)

// Mermaid prints a flowchart.
func (g Graph) Mermaid() string {
	d := g.diagram()
	p := &mermaid{}
	p.line("flowchart LR")
	p.line("accTitle: %s", mermaidText(d.title))
	for _, b := range d.boxes {
		p.box(b)
	}
	if d.note != "" {
		p.line("note[%s]", mermaidLabel(d.note))
	}
	for _, e := range d.edges {
		arrow := "-->"
		if e.gated {
			arrow = "==>"
		}
		p.line("%s %s|%s| %s", e.from, arrow, mermaidLabel(e.label...), e.to)
	}
	p.classes()
	p.line("class %s area", strings.Join(p.areas, ","))
	return p.out.String()
}

// classes gives the kinds of nodes their colours.
func (p *mermaid) classes() {
	p.line("classDef %s fill:#fff4e0,stroke:#b26a00,color:#1f2328", inGit)
	p.line("classDef %s fill:#e6f0ff,stroke:#2f6bd0,color:#1f2328", inRegistry)
	p.line("classDef %s fill:#e5f6ec,stroke:#23804c,color:#1f2328", onCluster)
	p.line("classDef area fill:#f6f8fa,stroke:#8c959f,color:#1f2328")
}

type mermaid struct {
	out   strings.Builder
	depth int
	areas []string
}

// line indents everything below the first line.
func (p *mermaid) line(format string, args ...any) {
	if p.out.Len() > 0 {
		p.out.WriteString(strings.Repeat("  ", p.depth+1))
	}
	fmt.Fprintf(&p.out, format+"\n", args...)
}

func (p *mermaid) box(b box) {
	p.line("subgraph %s [%s]", b.id, mermaidLabel(b.label))
	p.areas = append(p.areas, b.id)
	p.depth++
	if len(b.boxes) == 0 {
		p.line("direction LR")
	}
	for _, n := range b.nodes {
		p.line("%s[%s]:::%s", n.id, mermaidLabel(n.label...), b.kind)
	}
	for _, inner := range b.boxes {
		p.box(inner)
	}
	p.depth--
	p.line("end")
}

func mermaidLabel(lines ...string) string {
	var out []string
	for _, l := range lines {
		out = append(out, mermaidText(l))
	}
	return `"` + strings.Join(out, "<br/>") + `"`
}

// mermaidText writes what could mean something to Mermaid, HTML or Markdown
// as character codes. Labels are Markdown to Mermaid: a leading "1." would be a
// list, an address a link, and both are refused.
func mermaidText(s string) string {
	var b strings.Builder
	for i, r := range s {
		special := strings.ContainsRune("\"#;<>&\\`*_~[]{}|$%^@", r)
		start := strings.Trim(s[:i], "0123456789") == "" && strings.ContainsRune("-+=.)", r)
		if special || start {
			fmt.Fprintf(&b, "#%d;", r)
		} else {
			b.WriteRune(r)
		}
	}
	// Links, and the words after which Mermaid removes a semicolon.
	return strings.NewReplacer("://", "#58;//", "www.", "www#46;", "style", "styl#101;", "classDef", "classDe#102;").Replace(b.String())
}
