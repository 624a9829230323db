package graph

import (
	"strings"

	"github.com/penstock-dev/penstock/internal/model"
)

// Pattern prints a flowchart of the way that every app takes, with one app for
// all: environments and clusters are drawn, teams and apps are not. A page that
// is kept in Git shows it, so branches that change different things must merge:
// each line is about one environment or one cluster, and a line that can change
// stands between lines that cannot.
func Pattern(m *model.Model) string {
	for _, clusters := range []bool{true, false} {
		text := pattern(m, clusters)
		if len(text) <= maxText && strings.Count(text, "-->") <= maxEdges {
			return text
		}
	}
	return Build(m).Mermaid()
}

func pattern(m *model.Model, clusters bool) string {
	b := newBuilder(m)
	p := &mermaid{}
	p.line("flowchart LR")
	p.line("accTitle: %s", mermaidText(m.Name+": from commit to cluster"))
	releases := p.sources(b)
	for _, e := range m.Envs {
		p.environment(e, releases, clusters)
	}
	p.line("%%%% the clusters")
	all := box{id: "clusters", label: "Clusters", kind: onCluster, nodes: []node{{"every", []string{"too many to draw"}}}}
	if clusters {
		all.nodes = nil
		for _, c := range m.Clusters {
			all.nodes = append(all.nodes, node{"on_" + ident(c.Name), []string{c.Name}})
		}
	}
	p.box(all)
	p.state(m)
	p.classes()
	p.line("class clusters area")
	return p.out.String()
}

// sources draws where things come from, and returns the node that the promotion
// path begins at.
func (p *mermaid) sources(b *builder) (releases string) {
	m, git := b.m, b.m.Platform.Git
	p.line("contract[%s]:::%s", mermaidLabel("penstock.yaml", "and what it generates", short(place(git), 60), "edited by "+short(list(m.Platform.Owners, 3), 60)), inGit)
	p.line("source[%s]:::%s", mermaidLabel("TEAM/APP", "the repository of an app", "edited by its team"), inGit)
	if !m.HasOCI() {
		return "source"
	}
	r := b.registry()
	p.line("releases[%s]:::%s", mermaidLabel(short(r.host, 80), r.release+"TEAM/APP", "a bundle of each release"), inRegistry)
	p.line("source -->|%s| releases", mermaidLabel("CI builds once", r.built))
	return "releases"
}

// environment draws an environment: first and last a line that has its name
// and cannot change, and such a line before each that can.
func (p *mermaid) environment(e *model.Env, releases string, clusters bool) {
	id, from := "at_"+ident(e.Name), releases
	if e.From != nil {
		from = "at_" + ident(e.From.Name)
	}
	kind := inRegistry
	if e.Pinned || releases == "source" {
		kind = inGit
	}
	p.line("%%%% %s: what a release waits for", e.Name)
	p.line("%s[%s]", id, mermaidLabel(e.Name, short(clean(e.Gate()), 100)))
	p.line("%%%% %s: where a release comes from", e.Name)
	p.line("%s -->|%s| %s", from, mermaidLabel("promote"), id)
	p.line("%%%% %s: what says what runs, Git or the registry", e.Name)
	p.line("class %s %s", id, kind)
	p.line("%%%% %s: where it runs", e.Name)
	if !clusters {
		p.line("%s -->|%s| clusters", id, mermaidLabel("Flux"))
		return
	}
	for _, c := range e.Clusters {
		p.line("%s -->|%s| on_%s", id, mermaidLabel("Flux"), ident(c.Name))
	}
}

// state draws what every cluster reads from Git.
func (p *mermaid) state(m *model.Model) {
	state := "platform state"
	if m.HasPins() {
		state = "platform state and pins"
	}
	p.line("contract -->|%s| clusters", mermaidLabel("Flux GitRepository", state))
	if m.HasGit() && m.HasOCI() {
		p.line("source -->|%s| clusters", mermaidLabel("Flux GitRepository", "apps delivered by Git, no bundle"))
	}
}
