package merge

import "slices"

// diff3 lines the two diffs up over pristine. Hunks of both sides that overlap
// or touch make one region.
func diff3(pristine, current, desired []string) []chunk {
	m := merger{p: pristine, c: current, d: desired}
	hc, hd := diff(pristine, current), diff(pristine, desired)
	for len(hc) > 0 || len(hd) > 0 {
		from, to := region(hc, hd)
		nc, nd := within(hc, to), within(hd, to)
		m.region(from, to, hc[:nc], hd[:nd])
		hc, hd = hc[nc:], hd[nd:]
	}
	m.keep(len(pristine))
	return m.chunks
}

// region returns the first region of pristine that hunks change.
func region(hc, hd []hunk) (from, to int) {
	switch {
	case len(hd) == 0, len(hc) > 0 && hc[0].from <= hd[0].from:
		from, to = hc[0].from, hc[0].to
	default:
		from, to = hd[0].from, hd[0].to
	}
	for grown := true; grown; {
		grown = false
		for _, hs := range [][]hunk{hc, hd} {
			for _, h := range hs {
				if h.from > to {
					break
				}
				if h.to > to {
					to, grown = h.to, true
				}
			}
		}
	}
	return from, to
}

// within counts the leading hunks that touch the region that ends before to.
func within(hs []hunk, to int) int {
	n := 0
	for n < len(hs) && hs[n].from <= to {
		n++
	}
	return n
}

// merger collects chunks. at is how far pristine is done; dc and dd are how
// far current and desired are ahead of it there.
type merger struct {
	p, c, d []string
	at      int
	dc, dd  int
	chunks  []chunk
}

// keep takes over pristine lines that nobody changed.
func (m *merger) keep(to int) {
	if m.at < to {
		m.chunks = append(m.chunks, chunk{lines: m.p[m.at:to]})
		m.at = to
	}
}

func (m *merger) region(from, to int, hc, hd []hunk) {
	m.keep(from)
	cFrom, dFrom := from+m.dc, from+m.dd
	m.dc, m.dd = ahead(m.dc, hc), ahead(m.dd, hd)
	p, c, d := m.p[from:to], m.c[cFrom:to+m.dc], m.d[dFrom:to+m.dd]
	m.at = to
	switch {
	case len(hc) == 0:
		m.chunks = append(m.chunks, chunk{lines: d})
	case len(hd) == 0, slices.Equal(c, d):
		m.chunks = append(m.chunks, chunk{lines: c})
	default:
		m.chunks = append(m.chunks, chunk{conflict: &Conflict{
			Pristine: Section{Line: from + 1, lines: p},
			Current:  Section{Line: cFrom + 1, lines: c},
			Desired:  Section{Line: dFrom + 1, lines: d},
		}})
	}
}

func ahead(delta int, hs []hunk) int {
	for _, h := range hs {
		delta += (h.stop - h.start) - (h.to - h.from)
	}
	return delta
}
