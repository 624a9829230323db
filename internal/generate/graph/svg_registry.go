package graph

// registryBand draws, row by row, what CI pushes and what each stage reads.
func (l *layout) registryBand(c *canvas) {
	if !l.bundle {
		return
	}
	r := l.g.registry
	caption := "Registry " + r.host
	room := l.cols[len(l.cols)-1].right() - l.rel.x
	c.group(caption+": "+r.how, func() {
		l.pair(c, rect{l.rel.x, l.frameY + 20, room, 0}, ociLine, caption, r.how)
	})
	y := l.frameY + 34
	for _, gr := range l.g.groups {
		y = l.groupRows(c, gr, y)
	}
	if len(l.g.groups) == 0 {
		c.text(l.apps.x, y+20, textFace(), muted, "no team yet")
	}
}

func (l *layout) groupRows(c *canvas, gr group, y int) int {
	rows := gr.only(true)
	if len(rows) == 0 && len(gr.rows) > 0 {
		return y
	}
	l.heading(c, gr, y)
	y += l.headingH(gr)
	if len(rows) == 0 {
		c.text(l.apps.x, y+20, textFace(), muted, "no app yet")
		return y + emptyH
	}
	for _, r := range rows {
		l.ociRow(c, r, y+l.depth*laneH)
		y += l.rowH()
	}
	return y
}

// heading names a team and its owners.
func (l *layout) heading(c *canvas, gr group, y int) {
	if gr.name == "" {
		return
	}
	c.group("Team "+gr.name+", owned by "+gr.owners, func() {
		l.pair(c, rect{l.apps.x, y + 18, l.apps.w, 0}, ink, gr.name, gr.owners)
	})
}

// pair fits a name and a remark into a line; the name comes first.
func (l *layout) pair(c *canvas, r rect, colour, name, remark string) {
	name = nameFace().fit(name, r.w)
	if room := r.w - nameFace().width(name) - 8; room > 40 {
		c.pair(r.x, r.y, colour, name, textFace().fit(remark, room))
		return
	}
	c.text(r.x, r.y, nameFace(), colour, name)
}

func (l *layout) ociRow(c *canvas, r row, y int) {
	box := rect{l.apps.x, y, l.apps.w, boxH}
	l.source(c, box, r)
	mid := box.middle()
	c.wire(ociLine, true, point{box.right(), mid}, point{l.rel.x, mid})
	l.path(c, mid, cellH, func(i int) bool { return r.cells[i].label != "" })
	l.cell(c, l.rel, mid, cell{label: r.release, tip: "Releases of " + r.name + " in " + l.g.registry.release})
	for i, cl := range r.cells {
		if cl.label != "" {
			l.cell(c, l.inner(i), mid, cl)
			l.rowGate(c, i, mid)
			continue
		}
		c.text(l.inner(i).x+l.inner(i).w/2-36, mid+4, textFace(), muted, "not deployed")
	}
}

// source is an app's own repository.
func (l *layout) source(c *canvas, box rect, r row) {
	c.group(r.tip, func() {
		c.rect(box, gitFill, gitLine, 6)
		c.text(box.x+12, box.y+20, nameFace(), ink, nameFace().fit(r.name, box.w-24))
		c.text(box.x+12, box.y+36, detailFace(), muted, detailFace().fitPath(r.sub, box.w-24))
	})
}

func (l *layout) cell(c *canvas, col rect, mid int, cl cell) {
	box := rect{col.x, mid - cellH/2, col.w, cellH}
	c.group(cl.tip, func() {
		c.rect(box, ociFill, ociLine, 6)
		room := box.w - 24
		if cl.pinned {
			room -= 16
			c.icon(pinned, box.right()-20, mid-6, gitLine)
		}
		c.text(box.x+12, mid+4, codeFace(), ink, codeFace().fit(cl.label, room))
	})
}
