package graph

// pull is where, from the left of a column, the arrows of Flux are.
const pull = 22

// clusterBand draws the clusters and, above them, that they read the registry.
func (l *layout) clusterBand(c *canvas) {
	c.text(l.apps.x, l.clusterY+20, nameFace(), runLine, "clusters")
	c.text(l.apps.x, l.clusterY+38, textFace(), muted, "Flux on each cluster pulls;")
	c.text(l.apps.x, l.clusterY+38+lineH, textFace(), muted, "nothing is pushed to it")
	for i, s := range l.g.stages {
		col := l.inner(i)
		x := l.cols[i].x + pull
		if l.bundle {
			c.wire(ociLine, true, point{x, l.frameEnd}, point{x, l.clusterY})
			c.text(x+10, l.frameEnd+fluxGap/2+4, textFace(), ociLine, "Flux OCIRepository")
		}
		c.group(s.tip, func() {
			for n, name := range clusterLabels(s) {
				box := rect{col.x, l.clusterY + n*(clusterH+8), col.w, clusterH}
				c.rect(box, runFill, runLine, 6)
				c.printf(`<path transform="translate(%d %d)" d="M7 0L13 3.5V10.5L7 14L1 10.5V3.5ZM7 4V10M4 7H10" fill="none" stroke="%s" stroke-width="1.4"/>`, box.x+10, box.y+8, runLine)
				c.text(box.x+32, box.y+20, textFace(), ink, textFace().fit(name, box.w-40))
			}
		})
	}
}

// gitBand draws the Git repositories that clusters read, and the way up.
func (l *layout) gitBand(c *canvas) {
	c.pair(l.apps.x, l.gitY+22, gitLine, "Git", "a merge reaches the clusters")
	y := l.gitY + 30
	lowest := l.platformRow(c, y)
	var deepest []int
	for range l.cols {
		deepest = append(deepest, lowest)
	}
	y += gitRowH
	for _, gr := range l.g.groups {
		rows := gr.only(false)
		if len(rows) == 0 {
			continue
		}
		l.heading(c, gr, y)
		y += l.headingH(gr)
		for _, r := range rows {
			bus := l.gitRow(c, r, y)
			for i, cl := range r.cells {
				if cl.label != "" {
					deepest[i] = bus
				}
			}
			y += l.rowHeight(false)
		}
	}
	for i, s := range l.g.stages {
		x := l.cols[i].x + pull
		end := l.clusterY + len(clusterLabels(s))*(clusterH+8) - 8
		c.wire(gitLine, true, point{x, deepest[i]}, point{x, end})
		c.text(x+10, l.columnEnd+fluxGap/2+4, textFace(), gitLine, "Flux GitRepository")
	}
}

// platformRow draws the platform repository and returns the height of its wire.
func (l *layout) platformRow(c *canvas, y int) int {
	p := l.g.platform
	box := rect{l.apps.x, y + 2, l.rel.right() - l.apps.x, 62}
	c.group(p.tip, func() {
		c.rect(box, gitFill, gitLine, 6)
		c.text(box.x+12, box.y+19, nameFace(), ink, "platform repository")
		c.text(box.x+12, box.y+36, detailFace(), muted, detailFace().fitPath(p.place, box.w-24))
		c.text(box.x+12, box.y+52, textFace(), muted, textFace().fit("penstock.yaml, edited by "+p.owners, box.w-24))
	})
	bus := box.middle()
	last := l.cols[len(l.cols)-1].x + pull
	c.wire(gitLine, false, point{box.right(), bus}, point{last, bus})
	for i, s := range l.g.stages {
		x := l.cols[i].x + pull
		c.dot(point{x, bus}, gitLine)
		c.text(x+10, bus-7, textFace(), ink, "platform state")
		if s.has(pinned) {
			c.icon(pinned, x+10, bus+7, gitLine)
			text := textFace().fit("pins of "+s.name, l.cols[i].w-pull-28)
			c.text(x+27, bus+17, textFace(), ink, text)
		}
	}
	return bus
}

// gitRow draws an app that is delivered by Git and returns the height of its
// wire.
func (l *layout) gitRow(c *canvas, r row, y int) int {
	box := rect{l.apps.x, y + 2, l.apps.w, boxH}
	l.source(c, box, r)
	bus, last := box.middle(), box.right()
	for i, cl := range r.cells {
		if cl.label != "" {
			last = l.cols[i].x + pull
		}
	}
	c.wire(gitLine, false, point{box.right(), bus}, point{last, bus})
	c.text(l.rel.x, bus-7, textFace(), muted, "no bundle")
	c.text(l.rel.x, bus+17, textFace(), muted, "promoted by commit")
	for i, cl := range r.cells {
		if cl.label == "" {
			continue
		}
		x := l.cols[i].x + pull
		c.dot(point{x, bus}, gitLine)
		c.group(cl.tip, func() {
			c.text(x+10, bus-7, detailFace(), ink, detailFace().fitPath(cl.label, l.cols[i].w-pull-12))
		})
	}
	return bus
}
