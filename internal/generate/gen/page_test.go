package gen_test

import (
	"fmt"
	"path"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

// page is a Markdown file, line by line, as far as these tests need to
// understand it. It reads what a CommonMark reader reads, for pages that keep
// to our own habits: no indented code, one line a list item or table row.
type page struct {
	path  string
	lines []line
}

type line struct {
	kind string // "h1" to "h6", "item", "row", "html", "code", "fence <language>", "quote", "rule", "blank", "text"
	text string
	cols int // of a row
}

var (
	headingLine = regexp.MustCompile(`^ {0,3}(#{1,6})( |\t|$)`)
	itemLine    = regexp.MustCompile(`^ *([-+*]|\d{1,9}[.)])([ \t]|$)`)
	ruleLine    = regexp.MustCompile(`^ {0,3}(=+|-+|(\* *){3,}|(_ *){3,}|(- *){3,})\s*$`)
	htmlLine    = regexp.MustCompile(`^ {0,3}<[A-Za-z/!?]`)
	fenceLine   = regexp.MustCompile("^ {0,3}(```+|~~~+)(.*)$")
)

func readPage(p string, data []byte) page {
	out := page{path: p}
	fence, comment := "", false
	for text := range strings.SplitSeq(strings.TrimSuffix(unpadded(string(data)), "\n"), "\n") {
		l := line{text: text}
		f := fenceLine.FindStringSubmatch(text)
		switch {
		case fence != "" && (f == nil || f[1] != fence || f[2] != ""):
			l.kind = "code"
		case fence != "":
			l.kind, fence = "fence", ""
		case comment || strings.HasPrefix(text, "<!--"):
			l.kind, comment = "html", !strings.Contains(text, "-->")
		case f != nil:
			l.kind, fence = "fence "+f[2], f[1]
		default:
			l.kind, l.cols = kindOf(text)
		}
		out.lines = append(out.lines, l)
	}
	if fence != "" {
		out.lines = append(out.lines, line{kind: "fence without end"})
	}
	return out
}

var (
	delimiterRow = regexp.MustCompile(`(?m)^\|( -+ \|)+$`)
	padding      = regexp.MustCompile(`(?m)^\|.*\|$`)
)

// unpadded returns a page without the padding of its tables.
func unpadded(text string) string {
	text = delimiterRow.ReplaceAllStringFunc(text, func(row string) string {
		return "|" + strings.Repeat("---|", strings.Count(row, "|")-1)
	})
	return padding.ReplaceAllStringFunc(text, func(row string) string {
		return regexp.MustCompile(` +\|`).ReplaceAllString(row, " |")
	})
}

func kindOf(text string) (kind string, cols int) {
	switch h := headingLine.FindStringSubmatch(text); {
	case strings.TrimSpace(text) == "":
		return "blank", 0
	case h != nil:
		return fmt.Sprintf("h%d", len(h[1])), 0
	case strings.HasPrefix(strings.TrimSpace(text), "|"):
		return "row", columns(text)
	case ruleLine.MatchString(text):
		return "rule", 0
	case itemLine.MatchString(text):
		return "item", 0
	case strings.HasPrefix(strings.TrimLeft(text, " "), ">"):
		return "quote", 0
	case htmlLine.MatchString(text):
		return "html", 0
	default:
		return "text", 0
	}
}

// columns counts the cells of a table's row: GitHub splits at each "|" that no
// "\" stands before, in code as well.
func columns(row string) int {
	row = strings.TrimSpace(row)
	n := strings.Count(row, "|") - strings.Count(row, `\|`)
	return n - 1
}

// skeleton is the page without its words: what kind each line is.
func (p page) skeleton() string {
	var b strings.Builder
	for _, l := range p.lines {
		fmt.Fprintf(&b, "%s %d\n", l.kind, l.cols)
	}
	return b.String()
}

// checkTables finds rows that have more or fewer cells than their table, and
// tables without the line of dashes.
func (p page) checkTables(t *testing.T) {
	t.Helper()
	for i, l := range p.lines {
		if l.kind != "row" || i > 0 && p.lines[i-1].kind == "row" {
			continue
		}
		if i+1 >= len(p.lines) || !regexp.MustCompile(`^\|(-+\|)+$`).MatchString(p.lines[i+1].text) {
			t.Errorf("%s: no table: %s", p.path, l.text)
		}
		for j := i; j < len(p.lines) && p.lines[j].kind == "row"; j++ {
			if p.lines[j].cols != l.cols || !strings.HasSuffix(p.lines[j].text, "|") {
				t.Errorf("%s: the row has %d cells, its table %d: %s", p.path, p.lines[j].cols, l.cols, p.lines[j].text)
			}
		}
	}
}

// anchors are the names by which GitHub links to the page's headings.
func (p page) anchors() map[string]bool {
	all := map[string]bool{}
	for _, l := range p.lines {
		if l.kind[0] != 'h' || l.kind == "html" {
			continue
		}
		name := anchor(headingLine.ReplaceAllString(l.text, ""))
		for n, unique := 1, name; ; n++ {
			if !all[unique] {
				all[unique] = true
				break
			}
			unique = fmt.Sprintf("%s-%d", name, n)
		}
	}
	return all
}

func anchor(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, strings.TrimSpace(heading))
}

var (
	codeSpan = regexp.MustCompile("`[^`]*`")
	linkSpan = regexp.MustCompile(`[^\\]\]\(([^()\s]*)\)`)
)

// links are the targets of the page's links.
func (p page) links() []string {
	var list []string
	for _, l := range p.lines {
		if l.kind == "code" || strings.HasPrefix(l.kind, "fence") {
			continue
		}
		for _, m := range linkSpan.FindAllStringSubmatch(codeSpan.ReplaceAllString(l.text, ""), -1) {
			list = append(list, m[1])
		}
	}
	return list
}

// code returns the fenced blocks of one language.
func (p page) code(language string) []string {
	var blocks []string
	inside := false
	for _, l := range p.lines {
		switch {
		case l.kind == "fence "+language:
			inside = true
			blocks = append(blocks, "")
		case l.kind != "code":
			inside = false
		case inside:
			blocks[len(blocks)-1] += l.text + "\n"
		}
	}
	return blocks
}

// pages returns all Markdown files of a workspace.
func (d delivery) pages() []page {
	var list []page
	for _, p := range d.files.Paths() {
		if path.Ext(p) == ".md" {
			list = append(list, readPage(p, d.files[p].Data))
		}
	}
	return list
}
