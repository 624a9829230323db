// Package merge merges two people's changes to one text, line by line.
//
// In go three texts: pristine, which both sides started from, current and
// desired. Out comes the merged text, or the conflicts that only a person can
// decide. Changes that touch are a conflict, as with Git: better one question
// too many than a file that nobody wrote. It knows no file format.
package merge

import "bytes"

// Result is the outcome of Merge. Data belongs to the Result; it may share
// memory with the texts that were merged.
type Result struct {
	// Data is the merged text. It is nil when there are Conflicts.
	Data []byte
	// Conflicts are in the order of the text.
	Conflicts []Conflict

	chunks []chunk
	style  style
}

// Conflict is one place that both sides changed in different ways.
type Conflict struct {
	Pristine, Current, Desired Section
}

// Section is a run of whole lines of one text. Line is the number of its
// first line, from 1; where Data is empty, the lines would stand before it.
type Section struct {
	Line int
	Data []byte

	lines []string
}

// chunk is a part of the result: text that is decided, or a conflict.
type chunk struct {
	lines    []string
	conflict *Conflict
}

// Merge merges what current and desired made of pristine.
//
// Line endings and the final newline are merged as properties of the whole
// text: when one side only turned every line into CRLF, or only added a
// newline at the end, the other side's lines are still merged, and take it
// over. All three texts keep their bytes otherwise.
func Merge(pristine, current, desired []byte) Result {
	switch {
	case bytes.Equal(current, desired), bytes.Equal(desired, pristine):
		return Result{Data: nonNil(current)}
	case bytes.Equal(current, pristine):
		return Result{Data: nonNil(desired)}
	}
	p, c, d := split(pristine), split(current), split(desired)
	c.adopt(p)
	d.adopt(p)
	st := style{
		crlf:    three(p.style.crlf, c.style.crlf, d.style.crlf),
		unended: three(p.style.unended, c.style.unended, d.style.unended),
	}
	if p.mixed || c.mixed || d.mixed {
		// Some lines have another ending than the rest: endings are content.
		p, c, d = p.raw(), c.raw(), d.raw()
		st.crlf = false
	}
	r := Result{style: st, chunks: diff3(p.lines, c.lines, d.lines)}
	var lines []string
	for _, ch := range r.chunks {
		if ch.conflict != nil {
			st.dress(ch.conflict)
			r.Conflicts = append(r.Conflicts, *ch.conflict)
		}
		lines = append(lines, ch.lines...)
	}
	if r.Conflicts == nil {
		r.Data = st.join(lines, true)
	}
	return r
}

// dress writes a conflict's lines out as text, each with its end.
func (s style) dress(c *Conflict) {
	for _, sec := range []*Section{&c.Pristine, &c.Current, &c.Desired} {
		sec.Data = s.join(sec.lines, false)
	}
}

// Whole returns the three texts as one conflict, for a caller that found a
// clean merge to be wrong.
func Whole(pristine, current, desired []byte) Result {
	c := Conflict{
		Pristine: Section{Line: 1, Data: pristine},
		Current:  Section{Line: 1, Data: current},
		Desired:  Section{Line: 1, Data: desired},
	}
	return Result{Conflicts: []Conflict{c}, chunks: []chunk{{conflict: &c}}}
}

// three merges one property that has two values, so it can't conflict.
func three(pristine, current, desired bool) bool {
	if current == pristine {
		return desired
	}
	return current
}

func nonNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
