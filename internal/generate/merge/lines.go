package merge

import "strings"

// style is how the lines of a text end.
type style struct {
	crlf    bool // with a carriage return and a newline
	unended bool // the last one has no newline
}

// text is a text in lines, without the ends that its style tells of.
type text struct {
	lines []string
	style style
	mixed bool // some lines end in CRLF and others in LF; lines keep their CR
}

func split(data []byte) text {
	var t text
	if len(data) == 0 {
		return t
	}
	s := string(data)
	newlines := strings.Count(s, "\n")
	s, ended := strings.CutSuffix(s, "\n")
	t.style.unended = !ended
	t.lines = strings.Split(s, "\n")
	returns := strings.Count(string(data), "\r\n")
	t.style.crlf = returns > 0 && returns == newlines
	t.mixed = returns > 0 && returns < newlines
	if t.style.crlf {
		for i, line := range t.lines {
			if i < newlines {
				t.lines[i] = line[:len(line)-1]
			}
		}
	}
	return t
}

// adopt gives a text that shows no line ending the one of pristine.
func (t *text) adopt(pristine text) {
	if len(t.lines) == 0 {
		t.style.unended = pristine.style.unended
	}
	if len(t.lines) == 0 || len(t.lines) == 1 && t.style.unended {
		t.style.crlf = pristine.style.crlf
	}
}

// raw gives a CRLF text's lines their carriage returns back.
func (t text) raw() text {
	if !t.style.crlf {
		return t
	}
	lines := make([]string, len(t.lines))
	for i, line := range t.lines {
		if i < len(lines)-1 || !t.style.unended {
			line += "\r"
		}
		lines[i] = line
	}
	t.lines = lines
	t.style.crlf = false
	return t
}

// join is the inverse of split. Only the last line of a text may stay without
// a newline, and not an empty one, which would be lost.
func (s style) join(lines []string, last bool) []byte {
	newline := "\n"
	if s.crlf {
		newline = "\r\n"
	}
	size := 0
	for _, line := range lines {
		size += len(line) + len(newline)
	}
	data := make([]byte, 0, size)
	for i, line := range lines {
		data = append(data, line...)
		if !last || !s.unended || i < len(lines)-1 || line == "" {
			data = append(data, newline...)
		}
	}
	return data
}
