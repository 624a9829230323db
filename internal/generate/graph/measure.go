package graph

import "strings"

// face is how a text is set.
type face struct {
	size int
	bold bool
	mono bool
}

// width estimates the width of a text in pixels, generously: as set in a wide
// font, since nobody knows which one the reader has.
func (f face) width(s string) int {
	var em float64
	for _, r := range s {
		em += f.advance(r)
	}
	if f.bold {
		em *= 1.1
	}
	return int(em*float64(f.size)) + 1
}

func (f face) advance(r rune) float64 {
	switch {
	case r >= 0x1100: // wide scripts, symbols, the ellipsis aside
		return 1.2
	case f.mono:
		return 0.62
	case strings.ContainsRune("ijl.,:;'|!()[]", r):
		return 0.4
	case strings.ContainsRune(" frt/-\"", r):
		return 0.43
	case strings.ContainsRune("mwMW@%", r):
		return 1
	case r >= 'A' && r <= 'Z':
		return 0.74
	default:
		return 0.64
	}
}

// fit cuts the end of a text that is too wide.
func (f face) fit(s string, width int) string {
	if f.width(s) <= width {
		return s
	}
	r := []rune(s)
	for len(r) > 1 && f.width(string(r)+"…") > width {
		r = r[:len(r)-1]
	}
	return string(r) + "…"
}

// fitPath cuts the start: the end of a path says more.
func (f face) fitPath(s string, width int) string {
	if f.width(s) <= width {
		return s
	}
	r := []rune(s)
	for len(r) > 1 && f.width("…"+string(r)) > width {
		r = r[1:]
	}
	return "…" + string(r)
}

// wrap breaks a text at spaces into at most limit lines.
func (f face) wrap(s string, width, limit int) []string {
	var lines []string
	line := ""
	words := strings.Fields(s)
	for i, w := range words {
		switch {
		case line == "":
			line = w
		case f.width(line+" "+w) <= width:
			line += " " + w
		case len(lines) == limit-1:
			rest := line + " " + strings.Join(words[i:], " ")
			return append(lines, f.fit(rest, width))
		default:
			lines = append(lines, f.fit(line, width))
			line = w
		}
	}
	return append(lines, f.fit(line, width))
}
