package graph

import (
	"fmt"
	"strings"
)

// kind is what a box or node belongs to; it decides the colour.
type kind string

const (
	inGit      kind = "git"
	inRegistry kind = "bundle"
	onCluster  kind = "target" // "cluster" is a class of Mermaid's own
)

// diagram is the Graph as boxes, nodes and edges: what Mermaid and Graphviz
// lay out themselves. Edges may end at boxes, each of which holds a node.
type diagram struct {
	title string
	note  string
	boxes []box
	edges []edge
}

type box struct {
	id    string
	label string
	kind  kind
	nodes []node
	boxes []box
}

type node struct {
	id    string
	label []string
}

type edge struct {
	from, to string
	label    []string
	gated    bool // a person decides
}

// ident makes an identifier that is unique for a list of names. DNS labels
// have neither capitals nor underscores, so those separate.
func ident(names ...string) string {
	var b strings.Builder
	for i, name := range names {
		if i > 0 {
			b.WriteByte('_')
		}
		for _, r := range name {
			switch {
			case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
				b.WriteRune(r)
			case r == '-':
				b.WriteByte('X')
			default:
				fmt.Fprintf(&b, "Y%xY", r)
			}
		}
	}
	return b.String()
}

func (g Graph) diagram() diagram {
	d := diagram{title: g.title + ", " + g.summary, note: g.note}
	bundles := g.bundles()
	for _, gr := range g.groups {
		d.boxes = append(d.boxes, teamBox(gr))
	}
	d.boxes = append(d.boxes, g.platformBox())
	if bundles {
		d.boxes = append(d.boxes, g.registryBox())
	}
	d.boxes = append(d.boxes, g.clustersBox())
	d.edges = append(g.sourceEdges(), g.promotionEdges(bundles)...)
	d.edges = append(d.edges, g.fluxEdges(bundles)...)
	return d
}

// bundles reports whether the registry is part of the picture: it is as long
// as not every app is delivered by Git.
func (g Graph) bundles() bool {
	rows := 0
	for _, gr := range g.groups {
		for _, r := range gr.rows {
			rows++
			if r.oci {
				return true
			}
		}
	}
	return rows == 0
}

func (g Graph) platformBox() box {
	p := g.platform
	return box{id: "platform", kind: inGit, label: "Platform, " + short(p.owners, 60), nodes: []node{
		{"contract", []string{"penstock.yaml", "and what it generates", short(p.place, 60)}},
	}}
}

func teamBox(gr group) box {
	b := box{id: "team_" + gr.id, kind: inGit, label: "Team " + gr.name + ", " + short(gr.owners, 60)}
	if gr.name == "" {
		b.label = "App repositories, edited by their teams"
	}
	for _, r := range gr.rows {
		b.nodes = append(b.nodes, node{"src_" + r.id, []string{r.name, short(r.sub, 60)}})
	}
	return withNode(b)
}

func (g Graph) registryBox() box {
	b := box{id: "registry", kind: inRegistry, label: "Registry " + short(g.registry.host, 80) + ", " + g.registry.how}
	releases := box{id: "releases", kind: inRegistry, label: "releases: " + short(g.registry.release, 60)}
	for _, r := range g.ociRows() {
		releases.nodes = append(releases.nodes, node{"rel_" + r.id, []string{r.release}})
	}
	b.boxes = append(b.boxes, withNode(releases))
	for i, s := range g.stages {
		b.boxes = append(b.boxes, g.readBox(i, s))
	}
	return b
}

// readBox is what a stage reads in the registry.
func (g Graph) readBox(i int, s stage) box {
	b := box{id: "at_" + s.id, kind: inRegistry, label: "read by " + s.name}
	if s.prefix != "" && s.prefix != g.registry.release {
		b.label += ": " + short(s.prefix, 60)
	}
	if s.has(pinned) {
		b.label += ", pinned in Git"
	}
	for _, r := range g.ociRows() {
		if c := r.cells[i]; c.label != "" {
			b.nodes = append(b.nodes, node{"at_" + s.id + "_" + r.id, []string{c.label}})
		}
	}
	return withNode(b)
}

func withNode(b box) box {
	if len(b.nodes) == 0 {
		b.nodes = []node{{"none_" + b.id, []string{"no app yet"}}}
	}
	return b
}

func (g Graph) ociRows() []row {
	var out []row
	for _, gr := range g.groups {
		for _, r := range gr.rows {
			if r.oci {
				out = append(out, r)
			}
		}
	}
	return out
}

func (g Graph) clustersBox() box {
	all := box{id: "clusters", kind: onCluster, label: "Clusters"}
	for _, s := range g.stages {
		b := box{id: "env_" + s.id, kind: onCluster, label: "Environment " + s.name}
		if s.envs != "" {
			b.label = s.name + ": " + s.envs
		}
		for _, c := range s.clusters {
			b.nodes = append(b.nodes, node{"cluster_" + ident(c), []string{c}})
		}
		if s.more > 0 {
			b.nodes = append(b.nodes, node{"more_" + s.id, []string{"and " + count(s.more, "cluster") + " more"}})
		}
		all.boxes = append(all.boxes, withNode(b))
	}
	return all
}
