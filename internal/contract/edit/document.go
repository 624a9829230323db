package edit

import (
	"bytes"
	"cmp"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	yamlsplice "github.com/penstock-dev/penstock/internal/contract/splice"
)

// document is a file as bytes and as YAML nodes with their places.
type document struct {
	data  []byte
	eol   string // the line break that the file uses
	lines []int  // the offset of each line; a line more than there are
	root  *yaml.Node
	order []*yaml.Node // all nodes in the order of the file
	index map[*yaml.Node]int
}

// splice replaces the bytes from one offset to another.
type splice struct {
	from, to int
	text     string
}

// read takes data that contract.Parse found nothing wrong with.
func read(data []byte) (*document, error) {
	text := bytes.TrimPrefix(data, []byte("\ufeff"))
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil || len(doc.Content) != 1 {
		return nil, errors.New("is no YAML document")
	}
	d := &document{data: data, eol: "\n", root: doc.Content[0], index: map[*yaml.Node]int{}}
	d.lines = append(yamlsplice.LineStarts(data), len(data))
	if i := bytes.IndexByte(data, '\n'); i > 0 && data[i-1] == '\r' {
		d.eol = "\r\n"
	}
	d.walk(d.root)
	return d, nil
}

func (d *document) walk(n *yaml.Node) {
	d.index[n] = len(d.order)
	d.order = append(d.order, n)
	for _, c := range n.Content {
		d.walk(c)
	}
}

// with returns the file with splices carried out.
func (d *document) with(splices []splice) []byte {
	s := slices.Clone(splices)
	slices.SortStableFunc(s, func(a, b splice) int { return cmp.Compare(a.from, b.from) })
	var out []byte
	at := 0
	for _, p := range s {
		if p.from < at {
			return nil // they overlap; nothing is not a contract
		}
		out = append(append(out, d.data[at:p.from]...), p.text...)
		at = p.to
	}
	return append(out, d.data[at:]...)
}

// offset is where a node begins: at its anchor or tag, where it has one.
func (d *document) offset(n *yaml.Node) int {
	at := d.lines[min(n.Line-1, len(d.lines)-1)]
	for range n.Column - 1 {
		_, size := utf8.DecodeRune(d.data[at:])
		at += size
	}
	return at
}

// value is where a node's own text begins, behind its anchor and tag.
func (d *document) value(n *yaml.Node) int {
	at := d.offset(n)
	for at < len(d.data) && (d.data[at] == '&' || d.data[at] == '!') {
		at += bytes.IndexAny(append(d.data[at:len(d.data):len(d.data)], ' '), " \t\r\n")
		at += len(d.data[at:]) - len(bytes.TrimLeft(d.data[at:], " \t"))
	}
	return min(at, len(d.data))
}

// line returns the number of the line, from 0, that an offset is in, and what
// stands in it without the line break.
func (d *document) line(at int) int {
	i, found := slices.BinarySearch(d.lines[:len(d.lines)-1], at)
	if !found {
		i--
	}
	return i
}

func (d *document) text(line int) string {
	return strings.TrimRight(string(d.data[d.lines[line]:d.lines[line+1]]), "\r\n\u0085\u2028\u2029")
}

// column is the number of characters before an offset in its line.
func (d *document) column(at int) int {
	return utf8.RuneCount(d.data[d.lines[d.line(at)]:at])
}

// target follows an alias.
func target(n *yaml.Node) *yaml.Node {
	for n != nil && n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// field returns key and value of a mapping's own field.
func field(n *yaml.Node, name string) (key, value *yaml.Node) {
	if n = target(n); n == nil || n.Kind != yaml.MappingNode {
		return nil, nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if k := n.Content[i]; k.Kind == yaml.ScalarNode && k.Value == name {
			return k, n.Content[i+1]
		}
	}
	return nil, nil
}

// at follows names from a node; nil where there is no such field.
func at(n *yaml.Node, names ...string) *yaml.Node {
	for _, name := range names {
		_, n = field(n, name)
	}
	return n
}

// named returns the item of a list that has the name.
func named(list *yaml.Node, name string) *yaml.Node {
	list = target(list)
	if list == nil {
		return nil
	}
	for _, item := range list.Content {
		if nameOf(item) == name {
			return item
		}
	}
	return nil
}

func isFlow(n *yaml.Node) bool { return n.Style&yaml.FlowStyle != 0 }
