package promotion

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// edit replaces the bytes from from to to.
type edit struct {
	from, to int
	text     string
}

// splice returns the file's bytes with the tag, the digest and without suspend.
func (f *pinFile) splice(tag, digest string) []byte {
	quoted := `"` + digest + `"`
	var edits []edit
	switch {
	case f.tag.value != nil && f.digest.value != nil:
		edits = append(edits, f.replace(f.tag.value, tag), f.replace(f.digest.value, quoted))
	case f.tag.value != nil:
		edits = append(edits, f.replace(f.tag.value, tag), f.after(f.ref.value, f.tag, "digest: "+quoted))
	case f.ref.value != nil:
		from, to := f.at(f.ref.value), f.end(f.ref.value)
		edits = append(edits, edit{from, max(from, to), "{tag: " + tag + ", digest: " + quoted + "}"})
	case f.suspend.value != nil: // in its place
		return apply(f.data, []edit{{f.at(f.suspend.key), f.end(f.suspend.value), "ref: {tag: " + tag + ", digest: " + quoted + "}"}})
	default:
		edits = append(edits, f.insertRef("ref: {tag: "+tag+", digest: "+quoted+"}"))
	}
	if f.suspend.value != nil {
		edits = append(edits, f.drop(f.spec.value, f.suspend))
	}
	return apply(f.data, edits)
}

// apply carries out edits that do not overlap.
func apply(data []byte, edits []edit) []byte {
	slices.SortFunc(edits, func(a, b edit) int { return cmp.Compare(b.from, a.from) })
	for _, e := range edits {
		data = slices.Concat(data[:e.from], []byte(e.text), data[e.to:])
	}
	return data
}

func (f *pinFile) replace(n *yaml.Node, text string) edit { return edit{f.at(n), f.end(n), text} }

// after adds an entry behind another one of a mapping.
func (f *pinFile) after(mapping *yaml.Node, p pair, entry string) edit {
	end := f.end(p.value)
	if mapping.Style&yaml.FlowStyle != 0 {
		return edit{end, end, ", " + entry}
	}
	end = f.lineEnd(end)
	return edit{end, end, newline(f.data) + f.indent(p.key) + entry}
}

// insertRef adds ref as the first entry of spec.
func (f *pinFile) insertRef(entry string) edit {
	first := f.at(f.spec.value)
	if f.spec.value.Style&yaml.FlowStyle != 0 {
		if len(f.spec.value.Content) > 0 {
			entry += ", "
		}
		return edit{first + 1, first + 1, entry}
	}
	return edit{first, first, entry + newline(f.data) + f.indent(f.spec.value.Content[0])}
}

// drop takes an entry out of a mapping: its line, unless the line has a comment
// to keep, or its place between commas.
func (f *pinFile) drop(mapping *yaml.Node, p pair) edit {
	from, to := f.at(p.key), f.end(p.value)
	if mapping.Style&yaml.FlowStyle == 0 {
		rest := strings.TrimSpace(string(f.data[to:f.lineEnd(to)]))
		if strings.TrimSpace(string(f.data[p.line:from])) == "" && rest == "" {
			return edit{p.line, min(f.lineEnd(to)+len(newline(f.data)), len(f.data)), ""}
		}
		return edit{from, to + len(f.data[to:f.lineEnd(to)]) - len(strings.TrimLeft(string(f.data[to:f.lineEnd(to)]), " \t")), ""}
	}
	if i := slices.Index(mapping.Content, p.key); i+2 < len(mapping.Content) {
		return edit{from, f.at(mapping.Content[i+2]), ""}
	} else if i > 0 {
		return edit{f.end(mapping.Content[i-1]), to, ""}
	}
	return edit{from, to, ""}
}

// at is where a node begins. YAML counts columns in characters.
func (f *pinFile) at(n *yaml.Node) int {
	at := f.lines[n.Line-1]
	for range n.Column - 1 {
		_, size := utf8.DecodeRune(f.data[at:])
		at += size
	}
	return at
}

// end is where a scalar or a flow mapping on one line ends. What it cannot find
// makes a file that SetPin refuses.
func (f *pinFile) end(n *yaml.Node) int {
	at := f.at(n)
	line := f.data[at:f.lineEnd(at)]
	switch {
	case n.Kind == yaml.MappingNode && n.Style&yaml.FlowStyle != 0 && len(n.Content) == 0:
		return at + bytes.IndexByte(line, '}') + 1
	case n.Kind == yaml.MappingNode && n.Style&yaml.FlowStyle != 0:
		last := f.end(n.Content[len(n.Content)-1])
		return last + bytes.IndexByte(f.data[last:], '}') + 1
	case n.Kind == yaml.MappingNode:
		return f.end(n.Content[len(n.Content)-1])
	case n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 && len(line) > 0:
		if i := bytes.IndexByte(line[1:], line[0]); i >= 0 {
			return at + i + 2
		}
	case n.Tag == "!!null" && n.Value == "":
		return at
	}
	return min(at+len(n.Value), f.lineEnd(at))
}

func (f *pinFile) lineEnd(at int) int {
	i := bytes.IndexByte(f.data[at:], '\n')
	if i < 0 {
		return len(f.data)
	}
	if i > 0 && f.data[at+i-1] == '\r' {
		i--
	}
	return at + i
}

// indent is what stands before a key, as blanks.
func (f *pinFile) indent(key *yaml.Node) string { return strings.Repeat(" ", key.Column-1) }
