package merge

// Layout gives the lines of pristine and desired the bytes that current has for
// them, where two lines are the same in their normal form: a formatter's change
// of a line then is no change, and merging asks about the other ones only.
// Lines that desired changed keep their bytes.
func Layout(pristine, current, desired []byte, normal func(line string) string) (p, d []byte) {
	tp, tc, td := split(pristine), split(current), split(desired)
	kept := same(tp.lines, td.lines)
	for i, j := range same(each(tp.lines, normal), each(tc.lines, normal)) {
		tp.lines[i] = tc.lines[j]
	}
	for i, k := range kept {
		td.lines[k] = tp.lines[i]
	}
	return tp.style.join(tp.lines, true), td.style.join(td.lines, true)
}

// same maps the lines of a that b still has to where they are there.
func same(a, b []string) map[int]int {
	m := make(map[int]int, len(a))
	at, ahead := 0, 0
	keep := func(to int) {
		for ; at < to; at++ {
			m[at] = at + ahead
		}
	}
	for _, h := range diff(a, b) {
		keep(h.from)
		at, ahead = h.to, h.stop-h.to
	}
	keep(len(a))
	return m
}

func each(lines []string, f func(string) string) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = f(line)
	}
	return out
}
