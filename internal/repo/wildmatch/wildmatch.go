// Package wildmatch matches paths with the patterns of Git's attributes and
// settings.
package wildmatch

import (
	"regexp"
	"strings"
)

// Match reports whether a path matches one of Git's patterns. A star stops
// at a slash, two stars between slashes stand for any number of folders.
func Match(pattern, path string, fold bool) bool {
	re := Expression(pattern, fold)
	return re != nil && re.MatchString(path)
}

// Expression turns a pattern into a regular expression; nil where the pattern
// is broken and matches nothing.
func Expression(pattern string, fold bool) *regexp.Regexp {
	var b strings.Builder
	b.WriteString("(?s")
	if fold {
		b.WriteByte('i')
	}
	b.WriteString(")^")
	for at := 0; at < len(pattern); {
		rest := pattern[at:]
		first := at == 0 || pattern[at-1] == '/'
		switch {
		case first && strings.HasPrefix(rest, "**/"):
			b.WriteString("(?:.*/)?")
			at += 3
		case first && rest == "**":
			b.WriteString(".*")
			at += 2
		case rest[0] == '*':
			b.WriteString("[^/]*")
			at += len(rest) - len(strings.TrimLeft(rest, "*"))
		case rest[0] == '?':
			b.WriteString("[^/]")
			at++
		case rest[0] == '[':
			class, size := class(rest)
			if size == 0 {
				return nil
			}
			b.WriteString(class)
			at += size
		case rest[0] == '\\':
			if len(rest) == 1 {
				return nil
			}
			b.WriteString(regexp.QuoteMeta(rest[1:2]))
			at += 2
		default:
			n := 1
			for n < len(rest) && strings.IndexByte(`*?[\`, rest[n]) < 0 && rest[n-1] != '/' {
				n++
			}
			b.WriteString(regexp.QuoteMeta(rest[:n]))
			at += n
		}
	}
	re, err := regexp.Compile(b.String() + "$")
	if err != nil {
		return nil
	}
	return re
}

// class is the expression for the set of characters that a pattern begins
// with, and how long that is there; 0 where it has no end.
func class(pattern string) (string, int) {
	var b strings.Builder
	b.WriteByte('[')
	at := 1
	if at < len(pattern) && (pattern[at] == '!' || pattern[at] == '^') {
		b.WriteString("^/")
		at++
	}
	for first := true; at < len(pattern); first = false {
		switch c := pattern[at]; {
		case c == ']' && !first:
			b.WriteByte(']')
			return b.String(), at + 1
		case c == '[' && strings.HasPrefix(pattern[at:], "[:"):
			end := strings.Index(pattern[at:], ":]")
			if end < 0 {
				return "", 0
			}
			b.WriteString(pattern[at : at+end+2])
			at += end + 2
			continue
		case c == '\\' && at+1 < len(pattern):
			at++
			b.WriteString(`\` + pattern[at:at+1])
		case c == '-':
			b.WriteByte('-')
		default:
			b.WriteString(regexp.QuoteMeta(pattern[at : at+1]))
		}
		at++
	}
	return "", 0
}
