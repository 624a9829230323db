package edit

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// end returns where something can be put behind a node in block style: the end
// of its last line, with the comments that belong to it, without the line
// break. Comment lines right below it belong to it when they are indented by
// at least so many columns.
func (d *document) end(n *yaml.Node, columns int) int {
	last := n
	for len(last.Content) > 0 {
		last = last.Content[len(last.Content)-1]
	}
	first := d.line(d.offset(last))
	stop := len(d.lines) - 1 // the line that something else begins in
	if i := d.index[last] + 1; i < len(d.order) {
		stop = max(d.order[i].Line-1, first+1)
	}
	line := stop - 1
	if last.Kind == yaml.ScalarNode && last.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		line = d.endOfText(last, first, stop)
	} else {
		for line > first && idle(d.text(line)) {
			line--
		}
	}
	for line+1 < stop && commentAt(d.text(line+1)) >= columns {
		line++
	}
	return d.lines[line] + len(d.text(line))
}

// idle reports lines that hold nothing of a value: blank ones, comments, the
// end of the document, and a dash whose item begins further down.
func idle(line string) bool {
	line = strings.TrimSpace(line)
	if rest, ok := strings.CutPrefix(line, "-"); ok {
		rest = strings.TrimSpace(rest)
		return rest == "" || strings.HasPrefix(rest, "#") || line == "---"
	}
	return line == "" || line[0] == '#' || line == "..."
}

// commentAt is the column of the comment that a line is, or -1.
func commentAt(line string) int {
	text := strings.TrimLeft(line, " ")
	if !strings.HasPrefix(text, "#") {
		return -1
	}
	return len(line) - len(text)
}

// endOfText returns the last line of a text in "|" or ">" style that begins in
// line first: it goes on while lines are indented. Where it keeps its blank
// lines they are a part of it.
func (d *document) endOfText(n *yaml.Node, first, stop int) int {
	head := strings.TrimSpace(string(d.data[d.value(n) : d.lines[first]+len(d.text(first))]))
	head, _, _ = strings.Cut(head, " ")
	keep := strings.Contains(head, "+")
	indent, last := -1, first
	for line := first + 1; line < stop; line++ {
		text := d.text(line)
		if strings.TrimSpace(text) == "" {
			if keep {
				last = line
			}
			continue
		}
		column := len(text) - len(strings.TrimLeft(text, " "))
		if indent < 0 {
			indent = column
		}
		if column < indent {
			break
		}
		last = line
	}
	return last
}
