package merge

import "github.com/sergi/go-diff/diffmatchpatch"

// hunk says that lines [from,to) of pristine became lines [start,stop) of the
// other text. Hunks of one diff are in order and never touch.
type hunk struct{ from, to, start, stop int }

// diff returns the hunks that make b of a: a shortest edit script, found by
// Myers' algorithm and without a time limit, so that it is the same each time.
func diff(a, b []string) []hunk {
	// Lines that the other text lacks can't match. Without them even two long
	// texts that share little are compared quickly, and no match is lost.
	ar, ai, br, bi := common(a, b)
	dmp := diffmatchpatch.New()
	dmp.DiffTimeout = 0
	var hunks []hunk
	i, j := 0, 0        // positions in ar and br
	from, start := 0, 0 // where the next hunk begins in a and b
	flush := func(to, stop int) {
		if from < to || start < stop {
			hunks = append(hunks, hunk{from, to, start, stop})
		}
	}
	for _, d := range dmp.DiffMainRunes(ar, br, false) {
		n := 0
		for range d.Text {
			n++
		}
		switch d.Type {
		case diffmatchpatch.DiffDelete:
			i += n
		case diffmatchpatch.DiffInsert:
			j += n
		case diffmatchpatch.DiffEqual:
			for ; n > 0; n-- {
				flush(ai[i], bi[j])
				from, start = ai[i]+1, bi[j]+1
				i++
				j++
			}
		}
	}
	flush(len(a), len(b))
	return hunks
}

// common returns the lines of a that b has too, one rune for each distinct
// line, with their indexes in a; and the same of b.
func common(a, b []string) (ar []rune, ai []int, br []rune, bi []int) {
	runes := make(map[string]rune, len(b)) // 0: not seen in a yet
	for _, line := range b {
		runes[line] = 0
	}
	next := rune(0)
	for i, line := range a {
		r, ok := runes[line]
		if !ok {
			continue
		}
		if r == 0 {
			next++
			r = valid(next)
			if r == 0 {
				continue
			}
			runes[line] = r
		}
		ar, ai = append(ar, r), append(ai, i)
	}
	for j, line := range b {
		if r := runes[line]; r != 0 {
			br, bi = append(br, r), append(bi, j)
		}
	}
	return ar, ai, br, bi
}

// valid returns the n-th rune, from 1, that survives in a string; 0 when
// there are no more: such lines then never match, which is safe.
func valid(n rune) rune {
	const surrogates, replacement, last = 0xD800, 0xFFFD, 0x10FFFF
	if n >= surrogates {
		n += 0x800
	}
	if n >= replacement {
		n++
	}
	if n > last {
		return 0
	}
	return n
}
