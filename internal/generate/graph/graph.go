// Package graph turns a Model into a picture of the topology: who edits what,
// and how it reaches the clusters, as Mermaid, DOT or SVG text.
//
// Build decides what is shown and, for a platform too large to draw app by
// app, how it is summarised; the formats only print. It shows what the contract
// says, never what runs.
package graph

import (
	"github.com/penstock-dev/penstock/internal/model"
)

// What Mermaid takes by default is 50,000 characters and 500 edges. A picture
// stops being readable far below that: maxCells is rows times stages.
const (
	maxText  = 45000
	maxEdges = 450
	maxRows  = 24
	maxCells = 96
)

// Graph is the topology, ready to be drawn. All its texts are printable and on
// one line.
type Graph struct {
	title    string
	summary  string // counts, in words
	note     string // how it was summarised; empty when everything is shown
	platform repository
	registry registry
	stages   []stage // each after the one it is promoted from
	groups   []group
}

// repository is the platform repository.
type repository struct {
	place  string
	owners string
	branch string
	tip    string
}

// registry is the registry and how releases move in it.
type registry struct {
	host    string
	how     string
	release string // what stands before team/app where CI pushes
	built   string // who builds and signs
}

// Build makes the Graph of a Model. It is summarised by team, or over all
// teams, as soon as the finer picture would be unreadable or over Mermaid's
// limits.
func Build(m *model.Model) Graph {
	b := newBuilder(m)
	for _, d := range []detail{byApp, byTeam} {
		if rows := b.rows(d); rows > maxRows || rows*len(b.stages) > maxCells {
			continue
		}
		g := b.graph(d)
		if len(g.Mermaid()) <= maxText && len(g.diagram().edges) <= maxEdges {
			return g
		}
	}
	return b.graph(overall)
}

// builder knows where each environment of the Model is drawn.
type builder struct {
	m       *model.Model
	stages  []stage
	stageOf map[*model.Env]int
}

func newBuilder(m *model.Model) *builder {
	b := &builder{m: m, stageOf: map[*model.Env]int{}}
	b.addStages()
	return b
}

func (b *builder) graph(d detail) Graph {
	m := b.m
	git := m.Platform.Git
	g := Graph{
		title:    m.Name + ": from commit to cluster",
		platform: repository{place: place(git), owners: list(m.Platform.Owners, 3), branch: clean(git.Branch)},
		registry: b.registry(),
		stages:   b.stages,
		groups:   b.groups(d),
	}
	g.platform.tip = "Platform repository " + g.platform.place + ", branch " + g.platform.branch +
		", edited by " + list(m.Platform.Owners, len(m.Platform.Owners))
	apps := 0
	for _, t := range m.Teams {
		apps += len(t.Apps)
	}
	g.summary = count(len(m.Teams), "team") + ", " + count(apps, "app") + ", " +
		count(len(m.Envs), "environment") + ", " + count(len(m.Clusters), "cluster")
	g.note = b.note(d)
	return g
}

// note says what was left out, and nothing when nothing was.
func (b *builder) note(d detail) string {
	var parts []string
	if d == byTeam {
		parts = append(parts, "apps are counted by team")
	}
	if d == overall {
		parts = append(parts, "teams and apps are counted")
	}
	if len(b.stages) < len(b.m.Envs) {
		parts = append(parts, "environments are counted by step of the promotion path")
	}
	if len(parts) == 0 {
		return ""
	}
	return "Summarised, because there are too many to draw: " + join(parts) + "."
}

func (b *builder) registry() registry {
	m := b.m
	r := registry{host: clean(m.Registry.Host), built: "by " + m.Forge.CITitle, release: b.prefix("")}
	switch m.SupplyChain.Signing {
	case "keyless":
		r.built += ", signed keyless"
	case "key":
		r.built += ", signed with a key"
	}
	switch {
	case m.Registry.PerEnvironment():
		r.how = "one repository per environment: a promotion copies the digest"
	case m.Registry.GitDigest():
		r.how = "one repository per app: Git pins what runs"
	default:
		r.how = "one repository per app: a promotion moves a tag"
	}
	return r
}
