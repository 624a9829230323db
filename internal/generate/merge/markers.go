package merge

import (
	"bytes"
	"strings"
)

// Git's conflict markers, as its diff3 style writes them.
const (
	markCurrent  = "<<<<<<<"
	markPristine = "|||||||"
	markDesired  = "======="
	markEnd      = ">>>>>>>"
)

// Labels name the three sides beside the markers.
type Labels struct{ Current, Pristine, Desired string }

// Markers returns the text with every conflict written out between markers,
// and merged everywhere else. Without conflicts it is Data.
func (r Result) Markers(l Labels) []byte {
	if len(r.Conflicts) == 0 {
		return r.Data
	}
	newline := "\n"
	if r.style.crlf {
		newline = "\r\n"
	}
	var b bytes.Buffer
	for i, ch := range r.chunks {
		if ch.conflict == nil {
			b.Write(r.style.join(ch.lines, i == len(r.chunks)-1))
			continue
		}
		part := func(mark, label string, s Section) {
			b.WriteString(strings.TrimRight(mark+" "+label, " ") + newline)
			b.Write(s.Data)
			if len(s.Data) > 0 && !bytes.HasSuffix(s.Data, []byte("\n")) {
				b.WriteString(newline)
			}
		}
		part(markCurrent, l.Current, ch.conflict.Current)
		part(markPristine, l.Pristine, ch.conflict.Pristine)
		part(markDesired, "", ch.conflict.Desired)
		b.WriteString(strings.TrimRight(markEnd+" "+l.Desired, " ") + newline)
	}
	return b.Bytes()
}

// Unresolved returns the lines, from 1, where a conflict that somebody still
// has to resolve begins; or, where only its end is left, that line. A row of
// equals signs alone is no marker: Markdown underlines headings with it.
func Unresolved(data []byte) []int {
	if !bytes.Contains(data, []byte(markCurrent)) && !bytes.Contains(data, []byte(markEnd)) {
		return nil
	}
	var found []int
	open := false
	number := 0
	for line := range bytes.Lines(data) {
		number++
		switch line := string(bytes.TrimRight(line, "\r\n")); {
		case is(line, markCurrent):
			found = append(found, number)
			open = true
		case is(line, markEnd):
			if !open {
				found = append(found, number)
			}
			open = false
		}
	}
	return found
}

func is(line, mark string) bool {
	return line == mark || strings.HasPrefix(line, mark+" ")
}
