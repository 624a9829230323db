package graph

// sourceEdges is what leaves the app repositories. A commit reaches all
// clusters where the app is in every stage.
func (g Graph) sourceEdges() []edge {
	var out []edge
	for _, gr := range g.groups {
		for _, r := range gr.rows {
			if r.oci {
				out = append(out, edge{from: "src_" + r.id, to: "rel_" + r.id, label: []string{"CI builds once"}})
				continue
			}
			for _, t := range g.reached(r) {
				out = append(out, edge{from: "src_" + r.id, to: t, label: []string{"Flux GitRepository", "no bundle"}})
			}
		}
	}
	return out
}

// reached are the ends of the edges of an app's commits.
func (g Graph) reached(r row) []string {
	if r.everywhere() {
		return []string{"clusters"}
	}
	var to []string
	for i, c := range r.cells {
		if c.label != "" {
			to = append(to, "env_"+g.stages[i].id)
		}
	}
	return to
}

// promotionEdges is the promotion path; without bundles it is one of commits.
func (g Graph) promotionEdges(bundles bool) []edge {
	var out []edge
	for _, s := range g.stages {
		e := edge{from: "releases", to: "at_" + s.id, label: []string{s.move}, gated: s.has(approval)}
		if s.parent >= 0 {
			e.from = "at_" + g.stages[s.parent].id
		}
		if !bundles {
			if s.parent < 0 {
				continue
			}
			e.from, e.to, e.label = "env_"+g.stages[s.parent].id, "env_"+s.id, []string{"promote: commit"}
		}
		for _, gate := range s.gates {
			if gate.kind != pinned {
				e.label = append(e.label, short(gate.text, 100))
			}
		}
		out = append(out, e)
	}
	return out
}

// fluxEdges is what the clusters read: bundles, and platform state with pins.
func (g Graph) fluxEdges(bundles bool) []edge {
	var out []edge
	state := "platform state"
	for _, s := range g.stages {
		if bundles {
			out = append(out, edge{from: "at_" + s.id, to: "env_" + s.id, label: []string{"Flux OCIRepository"}})
		}
		if s.has(pinned) {
			state = "platform state and pins"
		}
	}
	return append(out, edge{from: "contract", to: "clusters", label: []string{"Flux GitRepository", state}})
}
