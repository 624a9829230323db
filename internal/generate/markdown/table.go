package markdown

import (
	"regexp"
	"strings"
)

// delimiters is the second row of a table: what makes the lines around it one.
var delimiters = regexp.MustCompile(`^\|( ?-+ ?\|)+$`)

// PadTables pads the cells of a page's tables, as prettier does, so that a
// table can be read where it is edited and a formatter changes nothing.
func PadTables(page string) string {
	lines := strings.Split(page, "\n")
	fence := ""
	for i := 0; i < len(lines); i++ {
		fence = fenceAfter(fence, lines[i])
		if fence != "" || i == 0 || !delimiters.MatchString(lines[i]) || !isRow(lines[i-1]) {
			continue
		}
		end := i + 1
		for end < len(lines) && isRow(lines[end]) {
			end++
		}
		copy(lines[i-1:], padTable(lines[i-1:end]))
		i = end - 1
	}
	return strings.Join(lines, "\n")
}

func isRow(line string) bool { return strings.HasPrefix(line, "|") }

// fenceAfter returns the mark that will end the code that a line is part of, or
// "".
func fenceAfter(fence, line string) string {
	mark := line[:len(line)-len(strings.TrimLeft(line, "`"))]
	switch {
	case fence == "" && len(mark) >= 3:
		return mark
	case fence != "" && line == fence:
		return ""
	}
	return fence
}

// padTable pads the rows of one table, the second of which is the delimiter
// row.
func padTable(rows []string) []string {
	table := make([][]string, len(rows))
	var widths []int
	for i, row := range rows {
		table[i] = cells(row)
		for n, cell := range table[i] {
			if n == len(widths) {
				widths = append(widths, len("---"))
			}
			if i != 1 {
				widths[n] = max(widths[n], width(cell))
			}
		}
	}
	padded := make([]string, len(rows))
	for i := range table {
		var b strings.Builder
		b.WriteString("|")
		for n, cell := range table[i] {
			if i == 1 {
				cell = strings.Repeat("-", widths[n])
			}
			b.WriteString(" " + cell + strings.Repeat(" ", widths[n]-width(cell)) + " |")
		}
		padded[i] = b.String()
	}
	return padded
}

// cells returns the trimmed cells of a row.
func cells(row string) []string {
	var list []string
	start := 1
	for i := 1; i < len(row); i++ {
		switch row[i] {
		case '\\':
			i++
		case '|':
			list = append(list, strings.TrimSpace(row[start:i]))
			start = i + 1
		}
	}
	return list
}
