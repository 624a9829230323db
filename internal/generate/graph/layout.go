package graph

import "strings"

// The picture has a column for the app repositories, one for the releases and
// one for each stage. From top to bottom: what the stages read in the registry,
// their clusters, and the Git repositories that the clusters read.

const (
	margin   = 28
	buildGap = 72 // between app repositories and releases
	gap      = 40 // between stages: room for wires and a gate
	inset    = 8
	lineH    = 16
	chipH    = 28
	laneH    = 9
	boxH     = 46
	cellH    = 32
	headingH = 28 // a team's name
	rowGap   = 12
	emptyH   = 34 // instead of the rows of a team without apps
	fluxGap  = 46 // for the arrows between the bands
	clusterH = 30
	gitRowH  = 76
)

// layout is where things are.
type layout struct {
	g      Graph
	bundle bool // there is a registry band
	apps   rect // x and w only, as for the other columns
	rel    rect
	cols   []rect
	lanes  []int // by stage: above the row, for wires that pass over others; 0: none
	depth  int   // how many lanes there are

	w, h      int
	headY     int // top of the column heads
	frameY    int // the registry
	frameEnd  int
	clusterY  int
	columnEnd int
	gitY      int
	gitEnd    int
	legendY   int
}

func titleFace() face  { return face{size: 20, bold: true} }
func nameFace() face   { return face{size: 13, bold: true} }
func textFace() face   { return face{size: 12} }
func codeFace() face   { return face{size: 12, mono: true} }
func detailFace() face { return face{size: 11, mono: true} }

func newLayout(g Graph) layout {
	l := layout{g: g, bundle: g.bundles()}
	l.columns()
	l.addLanes()
	l.headY = 84 + l.depth*laneH
	if g.note != "" {
		l.headY += 30
	}
	l.frameY = l.headY + chipH + 12 + l.headLines()*lineH + 8
	l.frameEnd = l.frameY
	if l.bundle {
		l.frameEnd += 34 + l.rowsHeight() + 4
	}
	l.clusterY = l.frameEnd + fluxGap
	most := 0
	for _, s := range g.stages {
		most = max(most, len(clusterLabels(s)))
	}
	l.columnEnd = l.clusterY + most*(clusterH+8) + 4
	l.gitY = l.columnEnd + fluxGap
	l.gitEnd = l.gitY + 30 + gitRowH + l.gitRowsHeight()
	l.legendY = l.gitEnd + 30
	l.h = l.legendY + 24
	return l
}

func clusterLabels(s stage) []string {
	if s.more == 0 {
		return s.clusters
	}
	return append(append([]string{}, s.clusters...), "and "+number(s.more)+" more")
}

// columns gives each column the width of its content, within bounds.
func (l *layout) columns() {
	app, rel := 190, nameFace().width("releases")
	for _, gr := range l.g.groups {
		app = max(app, nameFace().width(gr.name)+textFace().width(gr.owners)+8)
		for _, r := range gr.rows {
			app = max(app, nameFace().width(r.name)+24, detailFace().width(r.sub)+24)
			rel = max(rel, codeFace().width(r.release)+24)
		}
	}
	rel = max(rel, detailFace().width(l.g.registry.release))
	l.apps = rect{x: margin + inset, w: min(app, 260)}
	l.rel = rect{x: l.apps.right() + buildGap, w: min(max(rel, 140), 220)}
	x := l.rel.right() + gap
	for i, s := range l.g.stages {
		col := rect{x: x, w: min(max(l.content(i, s)+2*inset, 160), 236)}
		l.cols = append(l.cols, col)
		x = col.right() + gap
	}
	l.w = max(x-gap+margin+inset, titleFace().width(l.g.title)+2*margin, textFace().width(l.g.note)+2*margin+24)
}

// content is how wide the texts of a stage are; gates are wrapped at spaces.
func (l *layout) content(i int, s stage) int {
	w := max(nameFace().width(s.name)+24, detailFace().width(s.prefix))
	for _, c := range clusterLabels(s) {
		w = max(w, textFace().width(c)+44)
	}
	for _, g := range s.gates {
		for word := range strings.FieldsSeq(g.text) {
			w = max(w, textFace().width(word)+18)
		}
	}
	for _, gr := range l.g.groups {
		for _, r := range gr.rows {
			w = max(w, codeFace().width(r.cells[i].label)+40)
		}
	}
	return w
}

// addLanes finds room above the row for each stage from which promotions go to
// others than the next column.
func (l *layout) addLanes() {
	l.lanes = make([]int, len(l.g.stages))
	var ends []int // by lane: the last column in use
	for from := range l.g.stages {
		last := -1
		for i, s := range l.g.stages {
			if s.parent == from && i > from+1 {
				last = i
			}
		}
		if last < 0 {
			continue
		}
		lane := 0
		for lane < len(ends) && ends[lane] > from {
			lane++
		}
		if lane == len(ends) {
			ends = append(ends, 0)
		}
		ends[lane] = last
		l.lanes[from] = lane + 1
	}
	l.depth = len(ends)
}

func (l *layout) rowH() int { return boxH + rowGap + l.depth*laneH }

// rowsHeight is the height of the apps that are delivered as bundles.
func (l *layout) rowsHeight() int { return max(l.height(true), emptyH) }

// gitRowsHeight is the same for delivery by Git.
func (l *layout) gitRowsHeight() int { return l.height(false) }

func (l *layout) height(oci bool) int {
	h := 0
	for _, gr := range l.g.groups {
		rows := gr.only(oci)
		if len(rows) == 0 && (!oci || len(gr.rows) > 0) {
			continue
		}
		h += l.headingH(gr) + len(rows)*l.rowHeight(oci)
		if len(rows) == 0 {
			h += emptyH
		}
	}
	return h
}

func (l *layout) rowHeight(oci bool) int {
	if oci {
		return l.rowH()
	}
	return gitRowH - 10
}

func (l *layout) headingH(gr group) int {
	if gr.name == "" {
		return 0
	}
	return headingH
}

// only picks the rows of one kind of delivery.
func (gr group) only(oci bool) []row {
	var out []row
	for _, r := range gr.rows {
		if r.oci == oci {
			out = append(out, r)
		}
	}
	return out
}
