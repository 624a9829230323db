package contract

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Essence returns what a text in YAML says, such as a contract, comments
// included, without how it is laid out: it is the same before and after a
// formatter. The essence of what is no YAML is the text itself.
func Essence(source []byte) string {
	var e essence
	for d := yaml.NewDecoder(bytes.NewReader(source)); ; {
		var doc yaml.Node
		if err := d.Decode(&doc); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return string(source)
		}
		e.node(&doc)
	}
	// To which of two neighbours a comment belongs is a question of its
	// indentation, which a formatter changes: where they stand is left out.
	slices.Sort(e.comments)
	return e.String() + strings.Join(e.comments, "\n")
}

type essence struct {
	strings.Builder
	comments []string
}

func (e *essence) node(n *yaml.Node) {
	for _, text := range []string{n.HeadComment, n.LineComment, n.FootComment} {
		for line := range strings.Lines(text) {
			if line = strings.TrimSpace(line); line != "" {
				e.comments = append(e.comments, line)
			}
		}
	}
	switch n.Kind {
	case yaml.ScalarNode:
		tag := strings.Replace(n.ShortTag(), "!!timestamp", "!!str", 1) // a time is text here, with quotes or without
		fmt.Fprintf(e, "%s%q%q\n", tag, n.Anchor, n.Value)
	case yaml.AliasNode:
		fmt.Fprintf(e, "*%q\n", n.Value)
	default:
		fmt.Fprintf(e, "%d%q\n", n.Kind, n.Anchor)
		for _, item := range n.Content {
			e.node(item)
		}
		e.WriteString("end\n")
	}
}
