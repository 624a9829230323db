package state

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"
)

// encodeLine writes one line of a file. Lines that an editor, a hook or Git
// could damage are escaped: control characters (so a carriage return never
// stands in a state file), text that is not UTF-8, white space at the end.
func encodeLine(b *bytes.Buffer, line []byte) {
	if isPlain(line) {
		b.WriteByte(plain)
		b.Write(line)
		b.WriteByte('\n')
		return
	}
	b.WriteByte(escaped)
	for i := 0; i < len(line); {
		r, size := utf8.DecodeRune(line[i:])
		last := i+size == len(line)
		switch c := line[i]; {
		case r == utf8.RuneError && size == 1, c < ' ' && c != '\t', c == 0x7f, last && (c == ' ' || c == '\t'):
			b.WriteString(escapeByte(c))
		case c == '\\':
			b.WriteString(`\\`)
		default:
			b.Write(line[i : i+size])
		}
		i += size
	}
	b.WriteByte('\n')
}

func isPlain(line []byte) bool {
	if len(line) == 0 {
		return true
	}
	if c := line[len(line)-1]; c == ' ' || c == '\t' {
		return false
	}
	for _, c := range line {
		if c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return utf8.Valid(line)
}

func escapeByte(c byte) string {
	switch c {
	case '\r':
		return `\r`
	case '\t':
		return `\t`
	}
	const hex = "0123456789abcdef"
	return string([]byte{'\\', 'x', hex[c>>4], hex[c&15]})
}

var errEscape = errors.New("a broken escape")

// unescape appends to dst what encodeLine escaped.
func unescape(dst, line []byte) ([]byte, error) {
	for len(line) > 0 {
		i := bytes.IndexByte(line, '\\')
		if i < 0 {
			return append(dst, line...), nil
		}
		dst = append(dst, line[:i]...)
		line = line[i+1:]
		if len(line) == 0 {
			return nil, errEscape
		}
		switch line[0] {
		case '\\':
			dst = append(dst, '\\')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'x':
			if len(line) < 3 {
				return nil, errEscape
			}
			n, err := strconv.ParseUint(string(line[1:3]), 16, 8)
			if err != nil {
				return nil, errEscape
			}
			dst = append(dst, byte(n))
			line = line[2:]
		default:
			return nil, errEscape
		}
		line = line[1:]
	}
	return dst, nil
}

// quote leaves a name as it is unless it could not be read back from a line.
func quote(s string) string {
	if s == "" || s[0] == '"' || strings.TrimSpace(s) != s || !isPlain([]byte(s)) || strings.Contains(s, "\t") {
		return strconv.QuoteToASCII(s)
	}
	return s
}

func unquote(s string) (string, bool) {
	if !strings.HasPrefix(s, `"`) {
		return s, s != ""
	}
	q, err := strconv.Unquote(s)
	return q, err == nil
}
