package cli

import (
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// table is a result in rows. A terminal that is too narrow for it gets each row
// as a stack of lines, broken between words; what is no terminal gets it whole.
type table struct {
	head []string
	rows [][]string
}

// row adds a row. An empty cell is shown as a dash.
func (t *table) row(cells ...string) {
	for i, c := range cells {
		cells[i] = dash(oneLine(c))
	}
	t.rows = append(t.rows, cells)
}

func (t *table) print(to IO) error {
	text, widest := t.wide()
	if to.Columns > 0 && widest > to.Columns {
		text = t.stacked(to.Columns)
	}
	_, err := io.WriteString(to.Out, text)
	return err
}

// wide is the table with a line a row.
func (t *table) wide() (text string, widest int) {
	const gap = 2
	all := append([][]string{t.head}, t.rows...)
	widths := make([]int, len(t.head))
	for _, row := range all {
		for i, c := range row {
			widths[i] = max(widths[i], columns(c))
		}
	}
	var b strings.Builder
	for _, row := range all {
		line := ""
		for i, c := range row {
			line += c
			if i < len(row)-1 {
				line += strings.Repeat(" ", widths[i]-columns(c)+gap)
			}
		}
		widest = max(widest, columns(line))
		b.WriteString(line + "\n")
	}
	return b.String(), widest
}

// stacked is the table with a line a cell, but for those without a value.
func (t *table) stacked(room int) string {
	label := 0
	for _, h := range t.head {
		label = max(label, columns(h)+2)
	}
	var b strings.Builder
	for n, row := range t.rows {
		if n > 0 {
			b.WriteByte('\n')
		}
		for i, c := range row {
			if c == "-" {
				continue
			}
			name := t.head[i] + strings.Repeat(" ", label-columns(t.head[i]))
			b.WriteString(name + strings.Join(fold(c, room-label), "\n"+strings.Repeat(" ", label)) + "\n")
		}
	}
	return b.String()
}

// fold breaks a text into lines of at most so many columns: between words, and
// a longer word, such as an address, behind its slashes and the like. What has
// no such place stays whole.
func fold(text string, room int) []string {
	var lines []string
	line := ""
	add := func(part, between string) {
		switch {
		case line == "":
			line = part
		case columns(line)+columns(between)+columns(part) <= room:
			line += between + part
		default:
			lines = append(lines, line)
			line = part
		}
	}
	for word := range strings.FieldsSeq(text) {
		between := " "
		if columns(word) <= room {
			add(word, between)
			continue
		}
		for _, part := range pieces(word) {
			add(part, between)
			between = ""
		}
	}
	return append(lines, line)
}

// pieces cuts a word behind each place where it may be broken.
func pieces(word string) []string {
	var list []string
	from := 0
	for i, r := range word {
		if strings.ContainsRune("/@:,=&?", r) {
			end := i + utf8.RuneLen(r)
			list = append(list, word[from:end])
			from = end
		}
	}
	if from < len(word) {
		list = append(list, word[from:])
	}
	return list
}

// columns is how wide a text is in a terminal.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n++
		if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
			n++
		}
	}
	return n
}
