package edit

import "bytes"

// closing scans a list or mapping in flow style from its bracket. It returns
// the offset of the closing bracket and of the end of what stands last in it;
// both are the same when nothing does. It reports false for text that it does
// not understand.
func (d *document) closing(open int) (end, last int, ok bool) {
	s := scanner{data: d.data, at: open}
	depth := 0
	for s.at < len(s.data) {
		s.blanks()
		if s.at >= len(s.data) {
			break
		}
		switch c := s.data[s.at]; c {
		case '[', '{':
			depth++
			s.at++
		case ']', '}':
			if depth--; depth == 0 {
				if last <= open {
					last = s.at
				}
				return s.at, last, true
			}
			s.at++
		case '"', '\'':
			s.quoted(c)
		case ',', ':', '?':
			s.at++
		default:
			s.plain()
		}
		if depth >= 1 && s.at > open+1 {
			last = s.at
		}
	}
	return 0, 0, false
}

type scanner struct {
	data []byte
	at   int
}

// blanks skips white space and comments.
func (s *scanner) blanks() {
	for s.at < len(s.data) {
		switch c := s.data[s.at]; {
		case c == ' ', c == '\t', c == '\r', c == '\n':
			s.at++
		case c == '#' && bytes.IndexByte([]byte(" \t\r\n"), s.data[s.at-1]) >= 0:
			for s.at < len(s.data) && s.data[s.at] != '\n' && s.data[s.at] != '\r' {
				s.at++
			}
		default:
			return
		}
	}
}

func (s *scanner) quoted(q byte) {
	for s.at++; s.at < len(s.data); s.at++ {
		switch {
		case q == '"' && s.data[s.at] == '\\':
			s.at++
		case s.data[s.at] == q && q == '\'' && s.at+1 < len(s.data) && s.data[s.at+1] == q:
			s.at++
		case s.data[s.at] == q:
			s.at++
			return
		}
	}
}

// plain skips text without quotes, anchors, tags and aliases.
func (s *scanner) plain() {
	for s.at++; s.at < len(s.data); s.at++ {
		c := s.data[s.at]
		next := byte(' ')
		if s.at+1 < len(s.data) {
			next = s.data[s.at+1]
		}
		switch {
		case bytes.IndexByte([]byte(",[]{}\r\n"), c) >= 0,
			c == ':' && bytes.IndexByte([]byte(" \t\r\n,[]{}"), next) >= 0,
			(c == ' ' || c == '\t') && next == '#':
			return
		case c == ' ' && (next == '"' || next == '\'') && s.property():
			return
		}
	}
	s.at = len(s.data)
}

// property reports whether the word before is an anchor or a tag: a quote
// behind it begins a value.
func (s *scanner) property() bool {
	i := s.at - 1
	for i > 0 && bytes.IndexByte([]byte(" \t\r\n,[{"), s.data[i]) < 0 {
		i--
	}
	return s.data[i+1] == '&' || s.data[i+1] == '!'
}
