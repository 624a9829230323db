package merge

import "bytes"

// Dress gives a text, whose lines end in a newline alone, the line ends of
// another one. Where those are not all the same, each line keeps the end that it
// has there, and a new one gets that of the line that it replaces, or else of
// the one before it.
func Dress(data, like []byte) []byte {
	l := split(like)
	switch {
	case l.style.crlf:
		return bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n"))
	case !l.mixed:
		return data
	}
	returns := make([]bool, len(l.lines))
	for i, line := range l.lines {
		if n := len(line) - 1; n >= 0 && line[n] == '\r' {
			l.lines[i], returns[i] = line[:n], true
		}
	}
	d := split(data)
	ends := make([]bool, len(d.lines))
	at, last := 0, returns[0]
	take := func(to, start int) {
		for ; at < to; at++ {
			last = returns[at]
			ends[start] = last
			start++
		}
	}
	from := 0 // the line of data that line at stands at
	for _, h := range diff(l.lines, d.lines) {
		take(h.from, from)
		for i := h.start; i < h.stop; i++ {
			if at < h.to { // it is in the place of one that was there
				last = returns[at]
				at++
			}
			ends[i] = last
		}
		at, from = h.to, h.stop
	}
	take(len(l.lines), from)
	return d.style.with(d.lines, ends)
}

// with joins lines, each of which has its own end.
func (s style) with(lines []string, returns []bool) []byte {
	for i, r := range returns {
		if r && (i < len(lines)-1 || !s.unended) {
			lines[i] += "\r"
		}
	}
	return s.join(lines, true)
}
