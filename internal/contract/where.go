package contract

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/penstock-dev/penstock/internal/diag"
)

// source is the YAML tree that a contract was read from. Positions are looked
// up when they are asked for, so that a large contract costs no extra memory.
type source struct {
	file string
	root *yaml.Node
}

// Where returns the position of a field such as "spec.teams[1].apps[0].image":
// that of its value or, when the field is not written in the file, that of the
// nearest thing around it. A contract that was not parsed knows no positions.
func (c Contract) Where(field string) diag.Where {
	w := diag.Where{File: c.source.file, Field: field}
	if n, _ := c.source.find(field); n != nil {
		w.Line, w.Column = n.Line, n.Column
	}
	return w
}

// has reports whether the field is written in the file.
func (s source) has(field string) bool {
	_, found := s.find(field)
	return found
}

// text returns the scalar at the field, unless it is null.
func (s source) text(field string) (string, bool) {
	n, found := s.find(field)
	if n = target(n); !found || n.Kind != yaml.ScalarNode || n.ShortTag() == "!!null" {
		return "", false
	}
	return n.Value, true
}

// find returns the node of a field, or the nearest one above it and false.
func (s source) find(field string) (*yaml.Node, bool) {
	n := s.root
	if n == nil {
		return nil, false
	}
	for field != "" {
		var step string
		step, field = cutStep(field)
		next := child(n, step)
		if next == nil {
			return n, false
		}
		n = next
	}
	return n, true
}

// cutStep cuts the first name or the first [index] off a field path.
func cutStep(field string) (step, rest string) {
	if strings.HasPrefix(field, "[") {
		step, rest, _ = strings.Cut(field, "]")
		return step + "]", strings.TrimPrefix(rest, ".")
	}
	if i := strings.IndexAny(field, ".["); i >= 0 {
		return field[:i], strings.TrimPrefix(field[i:], ".")
	}
	return field, ""
}

func child(n *yaml.Node, step string) *yaml.Node {
	n = target(n)
	if strings.HasPrefix(step, "[") {
		i, err := strconv.Atoi(strings.Trim(step, "[]"))
		if err != nil || n.Kind != yaml.SequenceNode || i < 0 || i >= len(n.Content) {
			return nil
		}
		return n.Content[i]
	}
	if n.Kind != yaml.MappingNode {
		return nil
	}
	for _, e := range entries(n) {
		if e.key.Value == step && e.key.Kind == yaml.ScalarNode {
			return e.value
		}
	}
	return nil
}

// target follows an alias to what it stands for.
func target(n *yaml.Node) *yaml.Node {
	for n != nil && n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// entry is a key of a mapping with its value.
type entry struct {
	key, value *yaml.Node
	merged     bool
}

// entries returns what a mapping holds: first its own keys, repeated ones
// included, then those merged into it with "<<". Merge values that are no
// mappings are left out; the decoder reports them.
func entries(n *yaml.Node) []entry {
	es := make([]entry, 0, len(n.Content)/2)
	var merges []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := target(n.Content[i]), n.Content[i+1]
		if isMerge(key) {
			merges = append(merges, value)
			continue
		}
		es = append(es, entry{key: key, value: value})
	}
	if len(merges) == 0 {
		return es
	}
	own := make(map[string]bool, len(es))
	for _, e := range es {
		own[e.key.Value] = true
	}
	for _, m := range mergeMappings(merges) {
		for _, e := range entries(m) {
			if !own[e.key.Value] {
				own[e.key.Value] = true
				es = append(es, entry{key: e.key, value: e.value, merged: true})
			}
		}
	}
	return es
}

func isMerge(key *yaml.Node) bool {
	return key.Kind == yaml.ScalarNode && key.Tag == "!!merge"
}

// mergeMappings flattens the values of "<<" keys: mappings, or lists of them,
// of which the first to name a key wins.
func mergeMappings(values []*yaml.Node) []*yaml.Node {
	var ms []*yaml.Node
	for _, v := range values {
		parts := []*yaml.Node{v}
		if t := target(v); t.Kind == yaml.SequenceNode {
			parts = t.Content
		}
		for _, m := range parts {
			if m = target(m); m.Kind == yaml.MappingNode {
				ms = append(ms, m)
			}
		}
	}
	return ms
}
