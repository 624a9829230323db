// Package splice turns the bytes of a YAML file, and edits of its nodes, into
// new bytes in which all else stays: comments, order, quotes and line ends.
//
// It finds where a node ends for what people write on one line, and is not sure
// of more; a caller reads the result again and refuses one that is not what it
// meant. internal/contract/edit, which knows the contract, does more with lists.
package splice

import (
	"bytes"
	"cmp"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// File is a parsed YAML file with one document.
type File struct {
	Data  []byte
	Root  *yaml.Node
	lines []int // where each line begins
}

// Pair is a key and its value in a mapping; zero when it is not there.
type Pair struct{ Key, Value *yaml.Node }

// Edit replaces the bytes from From to To.
type Edit struct {
	From, To int
	Text     string
}

// Parse reads a file.
func Parse(data []byte) (*File, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, err
	}
	if len(doc.Content) != 1 {
		return nil, errors.New("the file is empty")
	}
	return &File{Data: data, Root: doc.Content[0], lines: LineStarts(data)}, nil
}

// LineStarts returns where each line begins, behind a byte order mark. It counts
// lines as YAML does: NEL, LS and PS break lines, too.
func LineStarts(data []byte) []int {
	at := len(data) - len(bytes.TrimPrefix(data, []byte("\ufeff")))
	starts := []int{at}
	for i := at; i < len(data); {
		c, size := utf8.DecodeRune(data[i:])
		i += size
		switch c {
		case '\r':
			if i < len(data) && data[i] == '\n' {
				i++
			}
			starts = append(starts, i)
		case '\n', '\u0085', '\u2028', '\u2029':
			starts = append(starts, i)
		}
	}
	return starts
}

// Find returns an entry of a mapping.
func Find(mapping *yaml.Node, key string) Pair {
	if mapping == nil || mapping.Kind != yaml.MappingNode {
		return Pair{}
	}
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return Pair{mapping.Content[i], mapping.Content[i+1]}
		}
	}
	return Pair{}
}

// Apply carries out edits that do not overlap.
func (f *File) Apply(edits ...Edit) []byte {
	edits = slices.Clone(edits)
	slices.SortFunc(edits, func(a, b Edit) int { return cmp.Compare(b.From, a.From) })
	data := f.Data
	for _, e := range edits {
		data = slices.Concat(data[:e.From], []byte(e.Text), data[e.To:])
	}
	return data
}

// Replace writes text in the place of a node.
func (f *File) Replace(n *yaml.Node, text string) Edit {
	from, to := f.At(n), f.End(n)
	return Edit{from, max(from, to), text}
}

// After adds an entry behind another one of a mapping.
func (f *File) After(mapping *yaml.Node, p Pair, entry string) Edit {
	end := f.End(p.Value)
	if mapping.Style&yaml.FlowStyle != 0 {
		return Edit{end, end, ", " + entry}
	}
	end = f.LineEnd(end)
	return Edit{end, end, f.Newline() + f.Indent(p.Key) + entry}
}

// First adds an entry before the others of a mapping.
func (f *File) First(mapping *yaml.Node, entry string) Edit {
	first := f.At(mapping)
	if mapping.Style&yaml.FlowStyle != 0 {
		if len(mapping.Content) > 0 {
			entry += ", "
		}
		return Edit{first + 1, first + 1, entry}
	}
	return Edit{first, first, entry + f.Newline() + f.Indent(mapping.Content[0])}
}

// Drop takes an entry out of a mapping: its line, unless the line has a comment
// to keep, or its place between commas.
func (f *File) Drop(mapping *yaml.Node, p Pair) Edit {
	from, to := f.At(p.Key), f.End(p.Value)
	if mapping.Style&yaml.FlowStyle == 0 {
		line := f.Line(p.Key)
		rest := string(f.Data[to:f.LineEnd(to)])
		if strings.TrimSpace(string(f.Data[line:from])) == "" && strings.TrimSpace(rest) == "" {
			return Edit{line, min(f.LineEnd(to)+len(f.Newline()), len(f.Data)), ""}
		}
		return Edit{from, to + len(rest) - len(strings.TrimLeft(rest, " \t")), ""}
	}
	if i := slices.Index(mapping.Content, p.Key); i+2 < len(mapping.Content) {
		return Edit{from, f.At(mapping.Content[i+2]), ""}
	} else if i > 0 {
		return Edit{f.End(mapping.Content[i-1]), to, ""}
	}
	return Edit{from, to, ""}
}

// At is where a node begins. YAML counts columns in characters.
func (f *File) At(n *yaml.Node) int {
	at := f.Line(n)
	for range n.Column - 1 {
		_, size := utf8.DecodeRune(f.Data[at:])
		at += size
	}
	return at
}

// Line is where the line of a node begins.
func (f *File) Line(n *yaml.Node) int { return f.lines[min(max(n.Line, 1), len(f.lines))-1] }

// End is where a scalar, or a collection in brackets, on one line ends; of a
// block it is the end of its last node.
func (f *File) End(n *yaml.Node) int {
	at := f.At(n)
	line := f.Data[at:f.LineEnd(at)]
	switch {
	case n.Kind == yaml.MappingNode || n.Kind == yaml.SequenceNode:
		return f.endOf(n, at, line)
	case n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 && len(line) > 0:
		if i := bytes.IndexByte(line[1:], line[0]); i >= 0 {
			return at + i + 2
		}
	case n.Tag == "!!null" && n.Value == "":
		return at
	}
	return min(at+len(n.Value), f.LineEnd(at))
}

func (f *File) endOf(n *yaml.Node, at int, line []byte) int {
	closing := byte('}')
	if n.Kind == yaml.SequenceNode {
		closing = ']'
	}
	switch {
	case len(n.Content) == 0:
		return at + bytes.IndexByte(line, closing) + 1
	case n.Style&yaml.FlowStyle != 0:
		last := f.End(n.Content[len(n.Content)-1])
		return last + bytes.IndexByte(f.Data[last:], closing) + 1
	default:
		return f.End(n.Content[len(n.Content)-1])
	}
}

// LineEnd is where the line of a place ends, before its break.
func (f *File) LineEnd(at int) int {
	i := bytes.IndexByte(f.Data[at:], '\n')
	if i < 0 {
		return len(f.Data)
	}
	if i > 0 && f.Data[at+i-1] == '\r' {
		i--
	}
	return at + i
}

// Indent is what stands before a key, as blanks.
func (f *File) Indent(key *yaml.Node) string { return strings.Repeat(" ", key.Column-1) }

// Newline is the line break that the file uses.
func (f *File) Newline() string {
	if bytes.Contains(f.Data, []byte("\r\n")) {
		return "\r\n"
	}
	return "\n"
}
