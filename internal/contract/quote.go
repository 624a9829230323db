package contract

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Quoted writes text in quotes of YAML, so that neither prettier nor yamlfmt
// changes them: in double quotes, but in single ones where only a double quote
// would need an escape, with the escapes of libyaml.
func Quoted(s string) string {
	if strings.Contains(s, `"`) && !strings.ContainsFunc(s, func(c rune) bool { return c != '"' && (shortEscape(c) != 0 || !asItIs(c)) }) {
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range s {
		short := shortEscape(c)
		switch {
		case short != 0:
			b.WriteString(`\` + string(short))
		case asItIs(c):
			b.WriteRune(c)
		case c <= 0xff:
			fmt.Fprintf(&b, `\x%02X`, c)
		case c <= 0xffff:
			fmt.Fprintf(&b, `\u%04X`, c)
		default:
			fmt.Fprintf(&b, `\U%08X`, c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// inJSON writes text as JSON has it, which is YAML, too.
func inJSON(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string into memory
	return strings.TrimSuffix(b.String(), "\n")
}

// shortEscape returns the letter of a character that has an escape of its own.
func shortEscape(c rune) rune {
	switch c {
	case 0:
		return '0'
	case '\a':
		return 'a'
	case '\b':
		return 'b'
	case '\t':
		return 't'
	case '\n':
		return 'n'
	case '\v':
		return 'v'
	case '\f':
		return 'f'
	case '\r':
		return 'r'
	case 0x1b:
		return 'e'
	case '"', '\\':
		return c
	case 0x85:
		return 'N'
	case 0x2028:
		return 'L'
	case 0x2029:
		return 'P'
	}
	return 0
}

// asItIs reports whether libyaml writes a character as it is.
func asItIs(c rune) bool {
	const mark = 0xfeff // of the byte order
	return c >= 0x20 && c <= 0x7e || c >= 0xa0 && c <= 0xfffd && c != mark || c > 0xffff && c <= 0x3ffff
}
