package graph

// SVG draws the picture: static, with its own background, and the whole text
// of what is cut short as a tooltip.
func (g Graph) SVG() string {
	l := newLayout(g)
	c := &canvas{}
	c.open(l.w, l.h, g.title, g.describe())
	l.title(c)
	l.backgrounds(c)
	l.heads(c)
	l.registryBand(c)
	l.clusterBand(c)
	l.gitBand(c)
	l.legend(c)
	c.close()
	return c.out.String()
}

// describe says in words what the picture shows.
func (g Graph) describe() string {
	s := g.summary + ". "
	if g.bundles() {
		s += "CI builds each release once and pushes it as a bundle to the registry " + g.registry.host + ", " + g.registry.how + ". "
	}
	for _, st := range g.stages {
		from := "a release"
		if st.parent >= 0 {
			from = g.stages[st.parent].name
		}
		s += "From " + from + " to " + st.name + ": "
		for i, gate := range st.gates {
			if i > 0 {
				s += ", "
			}
			s += gate.text
		}
		s += ". "
	}
	s += "Platform state reaches each cluster from the Git repository " + g.platform.place + "."
	if g.note != "" {
		s += " " + g.note
	}
	return s
}

func (l *layout) title(c *canvas) {
	c.text(margin, 40, titleFace(), ink, l.g.title)
	c.text(margin, 61, textFace(), muted, l.g.summary)
	if l.g.note != "" {
		r := rect{margin, 72, textFace().width(l.g.note) + 20, 24}
		c.rect(r, gitFill, gitLine, 6)
		c.text(r.x+10, r.y+16, textFace(), ink, l.g.note)
	}
}

// backgrounds are the stages' columns and the frames of registry and Git.
func (l *layout) backgrounds(c *canvas) {
	right := l.cols[len(l.cols)-1].right()
	for _, col := range l.cols {
		top := l.headY - 10
		c.rect(rect{col.x, top, col.w, l.columnEnd - top}, panel, rule, 8)
	}
	if l.bundle {
		x := l.rel.x - 14
		c.frame(rect{x, l.frameY, right + 10 - x, l.frameEnd - l.frameY}, ociFill, ociLine)
	}
	c.frame(rect{margin - 8, l.gitY, right + 10 - margin + 8, l.gitEnd - l.gitY}, gitFill, gitLine)
}

func (l *layout) legend(c *canvas) {
	x := margin
	sign := func(k gateKind, colour, text string) {
		for _, s := range l.g.stages {
			if s.has(k) {
				c.icon(k, x, l.legendY-10, colour)
				c.text(x+20, l.legendY, textFace(), muted, text)
				x += textFace().width(text) + 36
				return
			}
		}
	}
	sign(automatic, muted, "promoted automatically")
	sign(approval, gateLine, "a person approves")
	sign(freeze, gateLine, "no promotions in this window")
	sign(pinned, gitLine, "Git pins tag and digest")
}
