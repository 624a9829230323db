package contract

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/penstock-dev/penstock/internal/diag"
)

const (
	maxBytes  = 4 << 20
	maxDepth  = 64
	maxValues = 1_000_000 // with each alias counted as what it stands for
)

// read turns bytes into the one YAML mapping in them. The tree is safe to walk
// by recursion, aliases included: bounded in depth and size, without cycles.
func read(name string, data []byte) (*yaml.Node, diag.List) {
	r := reader{file: name, data: data}
	if len(data) > maxBytes {
		return nil, r.fail(1, 1, "has more than 4 MiB", "is this the right file? A contract for 1,000 teams has half a MiB")
	}
	if ds := r.encoding(); ds != nil {
		return nil, ds
	}
	r.data = bytes.TrimPrefix(data, []byte("\ufeff"))
	doc, ds := r.document()
	if ds != nil {
		return nil, ds
	}
	root := doc.Content[0]
	g := guard{known: map[*yaml.Node]extent{}}
	if bad, what := g.check(root); bad != nil {
		return nil, r.fail(bad.Line, bad.Column, what, "")
	}
	switch t := target(root); {
	case t.Kind == yaml.ScalarNode && t.ShortTag() == "!!null":
		return nil, r.fail(1, 1, "the file is empty", startFix)
	case t.Kind != yaml.MappingNode:
		return nil, r.fail(t.Line, t.Column, "this is not a delivery contract: it "+describe(t), startFix)
	}
	return root, nil
}

const startFix = "a contract begins with \"apiVersion: " + apiVersion + "\" and \"kind: " + kindName + "\""

type reader struct {
	file string
	data []byte
}

func (r reader) fail(line, column int, what, fix string) diag.List {
	return diag.List{{Where: diag.Where{File: r.file, Line: line, Column: column}, What: what, Fix: fix}}
}

// encoding finds bytes that YAML does not allow.
func (r reader) encoding() diag.List {
	line, column := 1, 1
	for i := 0; i < len(r.data); {
		c, size := utf8.DecodeRune(r.data[i:])
		switch {
		case c == utf8.RuneError && size == 1 && i == 0 && (r.data[0] == 0xff || r.data[0] == 0xfe):
			return r.fail(line, column, "the file is UTF-16", "save it as UTF-8")
		case c == utf8.RuneError && size == 1:
			return r.fail(line, column, fmt.Sprintf("the byte 0x%02x is not UTF-8", r.data[i]), "save the file as UTF-8")
		case !allowed(c) && (c != 0xfeff || i > 0):
			return r.fail(line, column, fmt.Sprintf("the character U+%04X is not allowed in YAML", c), "remove it, or write it as an escape in double quotes")
		}
		i += size
		if column++; c == '\n' {
			line, column = line+1, 1
		}
	}
	return nil
}

// allowed reports whether YAML allows a character unescaped.
func allowed(c rune) bool {
	switch {
	case c < 0x80:
		return c >= 0x20 && c < 0x7f || c == '\t' || c == '\n' || c == '\r'
	case c <= 0xffff:
		return c == 0x85 || c >= 0xa0 && c <= 0xd7ff || c >= 0xe000 && c <= 0xfffd && c != 0xfeff
	}
	return c <= 0x10ffff
}

// document parses the bytes and insists on exactly one document.
func (r reader) document() (*yaml.Node, diag.List) {
	dec := yaml.NewDecoder(bytes.NewReader(r.data))
	doc, err := decodeNode(dec)
	switch {
	case errors.Is(err, io.EOF):
		return nil, r.fail(1, 1, "the file is empty", startFix)
	case err != nil:
		return nil, r.syntax(err)
	}
	next, err := decodeNode(dec)
	switch {
	case errors.Is(err, io.EOF):
		return doc, nil
	case err != nil:
		return nil, r.syntax(err)
	}
	return nil, r.fail(next.Line, next.Column, "a second YAML document begins here", "a contract is one document; remove the \"---\" and what follows")
}

// decodeNode reads the next document. The library must not be able to bring the
// program down with an input it did not think of.
func decodeNode(dec *yaml.Decoder) (n *yaml.Node, err error) {
	defer func() {
		if p := recover(); p != nil {
			n, err = nil, fmt.Errorf("yaml: %v", p)
		}
	}()
	n = &yaml.Node{}
	if err := dec.Decode(n); err != nil {
		return nil, err
	}
	if len(n.Content) != 1 {
		return nil, io.EOF
	}
	return n, nil
}

// guard measures a tree before anybody walks it.
type guard struct {
	known map[*yaml.Node]extent // of anchored nodes; a zero extent: being measured
}

// extent is how deep and how large a node is with its aliases written out.
type extent struct{ depth, values int }

func (g *guard) check(root *yaml.Node) (*yaml.Node, string) {
	bad, what, _ := g.measure(root, 1)
	return bad, what
}

// measure returns the first node that goes too far and why, or nil and the
// extent of n, which lies at the given depth.
func (g *guard) measure(n *yaml.Node, depth int) (*yaml.Node, string, extent) {
	if n.Kind == yaml.AliasNode {
		e, known := g.known[n.Alias]
		switch {
		case !known || e.values == 0:
			return n, "the alias " + quote("*"+n.Value) + " stands for something that contains it", extent{}
		case depth+e.depth-1 > maxDepth:
			return n, tooDeep, extent{}
		}
		return nil, "", e
	}
	if depth > maxDepth {
		return n, tooDeep, extent{}
	}
	if n.Anchor != "" {
		g.known[n] = extent{}
	}
	sum := extent{depth: 1, values: 1}
	for _, c := range n.Content {
		bad, what, e := g.measure(c, depth+1)
		if bad != nil {
			return bad, what, e
		}
		sum.depth = max(sum.depth, e.depth+1)
		if sum.values += e.values; sum.values > maxValues {
			return c, tooLarge, extent{}
		}
	}
	if n.Anchor != "" {
		g.known[n] = sum
	}
	return nil, "", sum
}

const tooDeep = "is nested deeper than 64 levels"

const tooLarge = "holds more than a million values when its aliases are written out"
