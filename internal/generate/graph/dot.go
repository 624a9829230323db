package graph

import (
	"fmt"
	"strings"
)

// DOT prints a directed graph for Graphviz.
func (g Graph) DOT() string {
	d := g.diagram()
	p := &dot{nodes: map[string]string{}}
	p.line("digraph topology {")
	p.depth++
	p.line("graph [label=%s, labelloc=t, rankdir=LR, compound=true, ranksep=1.1, nodesep=0.2, bgcolor=white, fontname=\"Helvetica\", fontsize=12]", dotLabel(d.title, d.note))
	p.line(`node [shape=box, style="rounded,filled", fontname="Helvetica", fontsize=11]`)
	p.line(`edge [fontname="Helvetica", fontsize=9, color="#57606a"]`)
	for _, b := range d.boxes {
		p.box(b)
	}
	for _, e := range d.edges {
		p.edge(e)
	}
	p.depth--
	p.line("}")
	return p.out.String()
}

type dot struct {
	out   strings.Builder
	depth int
	nodes map[string]string // box to one of its nodes: edges end at nodes
}

func (p *dot) line(format string, args ...any) {
	p.out.WriteString(strings.Repeat("  ", p.depth))
	fmt.Fprintf(&p.out, format+"\n", args...)
}

func (p *dot) box(b box) {
	line, fill := dotColours(b.kind)
	p.line("subgraph %s {", dotText("cluster_"+b.id))
	p.depth++
	p.line("graph [label=%s, labelloc=t, style=rounded, color=%q, fontsize=11]", dotLabel(b.label), line)
	for _, n := range b.nodes {
		p.line("%s [label=%s, color=%q, fillcolor=%q]", dotText(n.id), dotLabel(n.label...), line, fill)
		p.nodes[b.id] = b.nodes[len(b.nodes)/2].id
	}
	for _, inner := range b.boxes {
		p.box(inner)
		p.nodes[b.id] = p.nodes[b.boxes[len(b.boxes)/2].id]
	}
	p.depth--
	p.line("}")
}

func (p *dot) edge(e edge) {
	attrs := []string{"label=" + dotLabel(e.label...)}
	if n, ok := p.nodes[e.from]; ok {
		attrs = append(attrs, "ltail="+dotText("cluster_"+e.from))
		e.from = n
	}
	if n, ok := p.nodes[e.to]; ok {
		attrs = append(attrs, "lhead="+dotText("cluster_"+e.to))
		e.to = n
	}
	if e.gated {
		attrs = append(attrs, "penwidth=2.5")
	}
	p.line("%s -> %s [%s]", dotText(e.from), dotText(e.to), strings.Join(attrs, ", "))
}

func dotColours(k kind) (line, fill string) {
	switch k {
	case inRegistry:
		return "#2f6bd0", "#e6f0ff"
	case onCluster:
		return "#23804c", "#e5f6ec"
	case inGit:
	}
	return "#b26a00", "#fff4e0"
}

func dotLabel(lines ...string) string {
	var out []string
	for _, l := range lines {
		if l != "" {
			out = append(out, dotEscape(l))
		}
	}
	return `"` + strings.Join(out, `\n`) + `"`
}

func dotText(s string) string { return `"` + dotEscape(s) + `"` }

// dotEscape keeps Graphviz from reading escapes and HTML entities.
func dotEscape(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "&", "&amp;").Replace(s)
}
