package edit

import (
	"cmp"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/penstock-dev/penstock/internal/contract"
)

// piece is something to write, in block and in flow style.
type piece struct {
	name        string
	block, flow func(contract.Style) string
	small       bool // written on one line where nothing speaks against it
}

func pieceOf[T contract.Team | contract.App | contract.Environment | contract.Cluster](name string, item T) piece {
	return piece{
		name:  name,
		block: func(s contract.Style) string { return contract.Block(item, s) },
		flow:  func(s contract.Style) string { return contract.Flow(item, s) },
	}
}

func word(text string) piece {
	write := func(s contract.Style) string {
		if s.JSON {
			return `"` + text + `"`
		}
		return contract.Scalar(text)
	}
	return piece{name: text, block: write, flow: write, small: true}
}

// style is how the file is laid out, as far as it shows.
func (d *document) style() contract.Style {
	s := contract.Style{Step: 2, Dash: 2}
	key, spec := field(d.root, "spec")
	if key == nil {
		return s
	}
	s.JSON = key.Style&yaml.DoubleQuotedStyle != 0
	spec = target(spec)
	if isFlow(spec) || len(spec.Content) == 0 {
		return s
	}
	s.Step = max(1, spec.Content[0].Column-key.Column)
	for _, name := range []string{"environments", "teams"} {
		k, list := field(spec, name)
		if k == nil || list.Kind != yaml.SequenceNode || isFlow(list) || len(list.Content) == 0 {
			continue
		}
		if dash := d.dash(list.Content[0]); dash >= 0 {
			s.Dash = max(0, d.column(dash)-(k.Column-1))
			break
		}
	}
	return s
}

// dash is the offset of the dash that an item of a list in block style begins
// with, or -1.
func (d *document) dash(item *yaml.Node) int {
	at := d.offset(item)
	for at > 0 && (d.data[at-1] == ' ' || d.data[at-1] == '\t') {
		at--
	}
	if at > 0 && d.data[at-1] == '-' {
		return at - 1
	}
	for line := d.line(at) - 1; line >= 0 && idle(d.text(line)); line-- {
		text := d.text(line)
		if trimmed := strings.TrimLeft(text, " "); strings.HasPrefix(trimmed, "-") {
			return d.lines[line] + len(text) - len(trimmed)
		}
	}
	return -1
}

// item puts a piece into a list, behind so many items. The choices are in the
// order in which they are to be tried.
func (d *document) item(list *yaml.Node, p piece, behind int) [][]splice {
	list = target(list)
	switch {
	case list == nil || list.Kind != yaml.SequenceNode:
		return nil
	case len(list.Content) == 0:
		return d.firstItem(list, p)
	case isFlow(list):
		return [][]splice{d.flowItem(list, p, behind-1)}
	}
	beside := list.Content[max(0, behind-1)]
	dash := d.dash(beside)
	if dash < 0 {
		return nil
	}
	s := d.style()
	column, gap := d.column(dash), 2
	if at := d.offset(beside); d.line(at) == d.line(dash) {
		gap = at - dash
	}
	s.Indent = column + gap
	text := p.whole(s)
	if isFlow(target(beside)) {
		text = p.flow(s)
	}
	at := d.end(beside, column+1)
	if behind == 0 { // below the line of the key: a comment there is about what was first
		key := d.keyOf(list)
		if key == nil || d.line(d.offset(key)) == d.line(dash) {
			return nil
		}
		line := d.line(d.offset(key))
		at = d.lines[line] + len(d.text(line))
	}
	return [][]splice{{{at, at, d.ends("\n" + strings.Repeat(" ", column) + "-" + strings.Repeat(" ", gap-1) + text)}}}
}

// whole is a piece in block style that Git can keep whole where another branch
// has one at the same place: Git takes lines at the end that both have in common
// out of both, so that the last one has the piece's own name.
func (p piece) whole(s contract.Style) string {
	text := p.block(s)
	i := strings.LastIndexByte(text, '\n')
	if i < 0 || s.JSON || strings.Contains(text[i:], p.name) {
		return text
	}
	return text + "\n" + strings.Repeat(" ", s.Indent) + "# end of " + p.name
}

// firstItem fills an empty list: as a block where the file is in block style,
// between the brackets otherwise.
func (d *document) firstItem(list *yaml.Node, p piece) [][]splice {
	s := d.style()
	open := d.value(list)
	end, _, ok := d.closing(open)
	if !ok {
		return nil
	}
	var choices [][]splice
	line := d.line(open)
	if key := d.keyOf(list); key != nil && strings.TrimSpace(string(d.data[open+1:end])) == "" && d.line(end) == line {
		stop := d.lines[line] + len(d.text(line))
		from := d.lines[line] + len(strings.TrimRight(string(d.data[d.lines[line]:open]), " \t"))
		column := key.Column - 1 + s.Dash
		s.Indent = column + 2
		text := d.ends("\n" + strings.Repeat(" ", column) + "- " + p.whole(s))
		choices = append(choices, []splice{{from, end + 1, ""}, {stop, stop, text}})
	}
	return append(choices, []splice{{open + 1, end, p.flow(s)}})
}

// keyOf is the key that a value stands behind.
func (d *document) keyOf(value *yaml.Node) *yaml.Node {
	if i := d.index[value]; i > 0 && d.order[i-1].Kind == yaml.ScalarNode {
		return d.order[i-1]
	}
	return nil
}

// flowItem puts a piece behind the i-th item of a list in brackets, before all
// for -1. Where each item has a line of its own, so has the new one.
func (d *document) flowItem(list *yaml.Node, p piece, i int) []splice {
	text := p.flow(d.style())
	if i < 0 {
		first, open := d.offset(list.Content[0]), d.value(list)
		if line := d.line(open); line < d.line(first) {
			at := d.lines[line] + len(d.text(line))
			return []splice{{at, at, d.ends("\n" + d.indentation(first) + text + ",")}}
		}
		return []splice{{first, first, text + ", "}}
	}
	before := list.Content[i]
	if i == len(list.Content)-1 {
		return d.lastInBrackets(d.value(list), d.offset(before), text)
	}
	s := scanner{data: d.data, at: d.value(before)}
	if end, _, ok := d.closing(s.at); ok && isFlow(before) {
		s.at = end + 1
	} else if c := d.data[s.at]; c == '"' || c == '\'' {
		s.quoted(c)
	} else {
		s.plain()
	}
	s.blanks()
	if s.at >= len(d.data) || d.data[s.at] != ',' {
		return nil
	}
	comma := s.at + 1
	next := list.Content[i+1]
	if line := d.line(s.at); line < d.line(d.offset(next)) {
		at := d.lines[line] + len(d.text(line))
		return []splice{{at, at, d.ends("\n" + d.indentation(d.offset(next)) + text + ",")}}
	}
	return []splice{{comma, comma, " " + text + ","}}
}

// lastInBrackets puts text behind what stands last between brackets; item is
// the offset of the last item.
func (d *document) lastInBrackets(open, item int, text string) []splice {
	end, last, ok := d.closing(open)
	if !ok {
		return nil
	}
	comma, trailing := ",", ""
	if d.data[last-1] == ',' {
		comma, trailing = "", ","
	}
	if d.line(open) == d.line(item) || d.line(last) == d.line(end) {
		return []splice{{last, last, comma + " " + text + trailing}}
	}
	line := d.line(last)
	at := d.lines[line] + len(d.text(line))
	return []splice{{last, last, comma}, {at, at, d.ends("\n" + d.indentation(item) + text + trailing)}}
}

// indentation is the white space that the line of an offset begins with.
func (d *document) indentation(at int) string {
	text := d.text(d.line(at))
	return text[:len(text)-len(strings.TrimLeft(text, " \t"))]
}

// ends writes line breaks as the file does.
func (d *document) ends(text string) string { return strings.ReplaceAll(text, "\n", d.eol) }

// list adds a field with a list of pieces to a mapping: behind the field after
// where there is one, otherwise behind the last.
func (d *document) list(m *yaml.Node, name, after string, pieces ...piece) [][]splice {
	m = target(m)
	if m == nil || m.Kind != yaml.MappingNode || len(m.Content) == 0 {
		return nil
	}
	s := d.style()
	flow := make([]string, len(pieces))
	small := true
	for i, p := range pieces {
		flow[i] = p.flow(s)
		small = small && p.small
	}
	inline := word(name).flow(s) + ": [" + strings.Join(flow, ", ") + "]"
	if isFlow(m) {
		return [][]splice{d.lastInBrackets(d.value(m), d.offset(m.Content[len(m.Content)-2]), inline)}
	}
	_, value := field(m, after)
	value = cmp.Or(value, m.Content[len(m.Content)-1])
	column := m.Content[0].Column - 1
	text := "\n" + strings.Repeat(" ", column)
	if small {
		text += inline
	} else {
		text += name + ":"
		s.Indent = column + s.Dash + 2
		for _, p := range pieces {
			text += "\n" + strings.Repeat(" ", s.Indent-2) + "- " + p.whole(s)
		}
	}
	at := d.end(value, column)
	return [][]splice{{{at, at, d.ends(text)}}}
}

// replace writes another word in the place of a scalar, in the same quotes.
func (d *document) replace(n *yaml.Node, text string) []splice {
	if n.Kind == yaml.AliasNode {
		at := d.offset(n)
		return []splice{{at, at + 1 + len(n.Value), text}}
	}
	at := d.value(n)
	quote := ""
	if n.Style&yaml.DoubleQuotedStyle != 0 {
		quote = `"`
	} else if n.Style&yaml.SingleQuotedStyle != 0 {
		quote = "'"
	}
	was := quote + n.Value + quote
	if !strings.HasPrefix(string(d.data[at:]), was) {
		return nil
	}
	if quote == "" {
		text = contract.Scalar(text)
	}
	return []splice{{at, at + len(was), quote + text + quote}}
}
