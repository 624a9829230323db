// Package markdown writes text so that Markdown shows it as it is, and pads the
// tables of a page.
package markdown

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// Text writes free text so that Markdown shows it as it is, on one
// line, in a paragraph or a table cell. Characters that only change the
// direction of text are left out.
func Text(s string) string {
	var b strings.Builder
	s = strings.Join(strings.Fields(strings.Map(dropBidi, s)), " ")
	for i, r := range s {
		switch {
		case r == '<':
			b.WriteString("&lt;")
		case r == '&':
			b.WriteString("&amp;")
		case joins(r):
			fmt.Fprintf(&b, "&#x%X;", r)
		case strings.ContainsRune("\\`*_{}[]>#|~$!", r), i == 0 && strings.ContainsRune("-+=", r):
			b.WriteString(`\` + string(r))
		case (r == '.' || r == ')') && orderedMark.MatchString(s[:i+1]):
			b.WriteString(`\` + string(r))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// joins reports whether a character can't be seen, or makes one picture of its
// neighbours. Written as a number it does the same on the page, and whoever
// reads or measures the source sees what is there.
func joins(r rune) bool {
	const enclosingKeycap = 0x20e3
	flag := r >= 0x1f1e6 && r <= 0x1f1ff
	skin := r >= 0x1f3fb && r <= 0x1f3ff
	return flag || skin || r == enclosingKeycap || unicode.In(r, unicode.Cf, unicode.Variation_Selector)
}

// dropBidi drops the characters that would turn the text around them.
func dropBidi(r rune) rune {
	if unicode.Is(unicode.Bidi_Control, r) {
		return -1
	}
	return r
}

// Code writes a word as code, in a paragraph or a table cell. What would
// end the code or the cell is written as HTML.
func Code(s string) string {
	if strings.ContainsAny(s, "`|") || strings.ContainsFunc(s, joins) {
		return "<code>" + Text(s) + "</code>"
	}
	return "`" + s + "`"
}

var orderedMark = regexp.MustCompile(`^\d+[.)]$`)
