package graph

const maxGateLines = 3

// headLine is one line below the name of a column.
type headLine struct {
	kind   gateKind
	gate   bool // indented, for the icon
	icon   bool
	text   string
	face   face
	colour string
}

// heads draws the names of the columns, the promotion path between them, and
// what a promotion has to pass.
func (l *layout) heads(c *canvas) {
	chip := func(col rect, tip, name, colour string) {
		c.group(tip, func() {
			r := rect{col.x, l.headY, col.w, chipH}
			c.rect(r, colour, colour, 6)
			c.text(r.x+12, r.y+19, nameFace(), paper, nameFace().fit(name, r.w-24))
		})
	}
	y := l.headY + chipH/2
	if l.bundle {
		chip(l.apps, "Git repositories of the teams", "app repositories", gitLine)
		l.lines(c, l.apps, []headLine{{text: "teams commit here", face: textFace(), colour: muted}})
		c.wire(muted, true, point{l.apps.right() + 4, y}, point{l.rel.x - 4, y})
		c.text(l.apps.right()+10, y-6, textFace(), muted, "CI builds")
		chip(l.rel, "Releases: each built once "+l.g.registry.built, "releases", ociLine)
		l.lines(c, l.rel, l.releaseLines())
	}
	for i, s := range l.g.stages {
		chip(l.inner(i), s.tip, s.name, ink)
		l.lines(c, l.inner(i), l.stageLines(i))
	}
	l.path(c, y, chipH, func(int) bool { return true })
	l.gateLines(c)
}

// inner is the part of a stage's column that boxes fill.
func (l *layout) inner(i int) rect {
	return rect{x: l.cols[i].x + inset, w: l.cols[i].w - 2*inset}
}

func (l *layout) releaseLines() []headLine {
	lines := []headLine{{text: detailFace().fitPath(l.g.registry.release, l.rel.w), face: detailFace(), colour: muted}}
	for _, t := range textFace().wrap("built once "+l.g.registry.built, l.rel.w, maxGateLines) {
		lines = append(lines, headLine{text: t, face: textFace(), colour: muted})
	}
	return lines
}

func (l *layout) stageLines(i int) []headLine {
	s, w := l.g.stages[i], l.inner(i).w
	var lines []headLine
	if s.envs != "" {
		lines = append(lines, headLine{text: textFace().fit(s.envs, w), face: textFace(), colour: muted})
	}
	if l.bundle && s.prefix != "" && s.prefix != l.g.registry.release {
		lines = append(lines, headLine{text: detailFace().fitPath(s.prefix, w), face: detailFace(), colour: muted})
	}
	for _, g := range s.gates {
		for n, t := range textFace().wrap(g.text, w-18, maxGateLines) {
			lines = append(lines, headLine{kind: g.kind, gate: true, icon: n == 0, text: t, face: textFace(), colour: gateColour(g.kind)})
		}
	}
	return lines
}

func gateColour(k gateKind) string {
	if k == automatic {
		return muted
	}
	if k == pinned {
		return gitLine
	}
	return gateLine
}

func (l *layout) lines(c *canvas, col rect, lines []headLine) {
	y := l.headY + chipH + 20
	for _, line := range lines {
		x := col.x
		if line.icon {
			c.icon(line.kind, x, y-10, line.colour)
		}
		if line.gate {
			x += 18
		}
		c.text(x, y, line.face, line.colour, line.text)
		y += lineH
	}
}

func (l *layout) headLines() int {
	n := 1
	if l.bundle {
		n = len(l.releaseLines())
	}
	for i := range l.g.stages {
		n = max(n, len(l.stageLines(i)))
	}
	return n
}

// path draws promotions at the height of a row: straight to the next column,
// through a lane above the row to any other.
func (l *layout) path(c *canvas, y, h int, has func(stage int) bool) {
	for i, s := range l.g.stages {
		if !has(i) || (s.parent < 0 && !l.bundle) {
			continue
		}
		start, lane := point{l.rel.right(), y}, 0
		if s.parent >= 0 {
			start, lane = point{l.inner(s.parent).x + l.inner(s.parent).w, y}, l.lanes[s.parent]
		}
		end := point{l.inner(i).x, y}
		if s.parent == i-1 {
			c.wire(muted, true, start, end)
			continue
		}
		over := y - h/2 - laneH*lane
		out, in := start.x+inset+7, end.x-inset-28
		c.wire(muted, true, start, point{out, y}, point{out, over}, point{in, over}, point{in, y}, end)
	}
}

// gateLines are the barriers before stages where a person approves. They run
// down all rows unless wires pass over the rows: those are not held up.
func (l *layout) gateLines(c *canvas) {
	for i, s := range l.g.stages {
		if !l.gated(i) {
			continue
		}
		y := l.headY + chipH/2
		l.barrier(c, i, l.headY-6, l.frameY)
		if l.bundle && l.depth == 0 {
			l.barrier(c, i, l.frameY+28, l.frameEnd-8)
		}
		c.group(s.tip, func() {
			c.printf(`<circle cx="%d" cy="%d" r="11" fill="%s" stroke="%s" stroke-width="1.6"/>`, l.gateX(i), y, paper, gateLine)
			c.icon(approval, l.gateX(i)-6, y-6, gateLine)
		})
	}
}

// rowGate is the barrier of one row.
func (l *layout) rowGate(c *canvas, i, mid int) {
	if l.gated(i) && l.depth > 0 {
		l.barrier(c, i, mid-cellH/2, mid+cellH/2)
	}
}

func (l *layout) gated(i int) bool {
	s := l.g.stages[i]
	return s.has(approval) && (s.parent >= 0 || l.bundle)
}

func (l *layout) gateX(i int) int { return l.cols[i].x - 13 }

func (l *layout) barrier(c *canvas, i, from, to int) {
	c.printf(`<path d="M%d %dV%d" stroke="%s" stroke-width="1.6" stroke-dasharray="3 3"/>`, l.gateX(i), from, to, gateLine)
}
