package gen_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/penstock-dev/penstock/internal/generate/markdown"
)

// FuzzMarkdownText: the text is one line, shows what was written, and holds
// nothing that Markdown, a table or HTML would act on, wherever it stands.
func FuzzMarkdownText(f *testing.F) {
	for _, s := range hostileTexts() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			t.Skip()
		}
		out := markdown.Text(s)
		if strings.ContainsAny(out, "\n\r\t\u2028\u2029\u0085") {
			t.Errorf("%q: more than one line: %q", s, out)
		}
		shown, active := show(out)
		if want := strings.Join(strings.Fields(bidi.ReplaceAllString(s, "")), " "); shown != want {
			t.Errorf("%q: shows %q, want %q", out, shown, want)
		}
		if active != "" {
			t.Errorf("%q: Markdown acts on %q", out, active)
		}
		if kind, _ := kindOf(out); kind != "text" && kind != "blank" {
			t.Errorf("%q: begins a %s", out, kind)
		}
		if n := columns("| a | " + out + " | b |"); n != 3 {
			t.Errorf("%q: a row with it has %d cells", out, n)
		}
	})
}

// bidi are the characters that turn the text around them; they are left out.
var bidi = regexp.MustCompile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")

var numeric = regexp.MustCompile(`^&#x([0-9A-F]+);`)

// show reads Markdown text as a reader of CommonMark does where nothing in it
// is syntax, and returns the syntax that it meets.
func show(text string) (shown, active string) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text) && strings.IndexByte("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", text[i+1]) >= 0:
			i++
			b.WriteByte(text[i])
		case strings.HasPrefix(text[i:], "&lt;"):
			b.WriteByte('<')
			i += len("lt;")
		case numeric.MatchString(text[i:]):
			n := numeric.FindStringSubmatch(text[i:])
			code, err := strconv.ParseInt(n[1], 16, 32)
			if err != nil {
				return "", text[i:]
			}
			b.WriteRune(rune(code))
			i += len(n[0]) - 1
		case strings.HasPrefix(text[i:], "&amp;"):
			b.WriteByte('&')
			i += len("amp;")
		case strings.IndexByte("\\`*_[]<&~|$", c) >= 0:
			return "", text[i:]
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), ""
}

// FuzzMarkdownCode: the code ends where the word does, in a table as well.
func FuzzMarkdownCode(f *testing.F) {
	for _, s := range hostileBranches() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) || s == "" || strings.ContainsAny(s, " \t\n\r\v\f\u0085\u00a0") || len(strings.Fields(s)) != 1 {
			t.Skip() // the contract allows no blanks where this is used
		}
		out := markdown.Code(s)
		if n := columns("| a | " + out + " | b |"); n != 3 {
			t.Errorf("%q: a row with it has %d cells", out, n)
		}
		shown := strings.TrimSuffix(strings.TrimPrefix(out, "`"), "`")
		if after, ok := strings.CutPrefix(out, "<code>"); ok {
			shown, _ = show(strings.TrimSuffix(after, "</code>"))
		} else if strings.Contains(shown, "`") {
			t.Errorf("%q: ends early", out)
		}
		if shown != s {
			t.Errorf("%q: shows %q", out, shown)
		}
	})
}
