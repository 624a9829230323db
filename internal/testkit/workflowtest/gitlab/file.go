package gitlab

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/penstock-dev/penstock/internal/testkit/workflowtest/expression"
)

var interpolation = regexp.MustCompile(`\$\[\[ *inputs\.([a-zA-Z0-9_-]+) *\]\]`)

// readConfig reads one file with its inputs filled in.
func readConfig(file string, inputs map[string]string) (map[string]any, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	d := yaml.NewDecoder(bytes.NewReader(data))
	var head, body yaml.Node
	if err := d.Decode(&head); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	values := map[string]string{}
	switch err := d.Decode(&body); {
	case errors.Is(err, io.EOF):
		body = head
	case err != nil:
		return nil, fmt.Errorf("%s: %w", file, err)
	default:
		var h struct {
			Spec struct {
				Inputs map[string]struct {
					Default *string  `yaml:"default"`
					Options []string `yaml:"options"`
					Regex   string   `yaml:"regex"`
				} `yaml:"inputs"`
			} `yaml:"spec"`
		}
		if err := head.Decode(&h); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		for name, in := range h.Spec.Inputs {
			v, ok := inputs[name]
			if !ok && in.Default == nil {
				return nil, fmt.Errorf("%s: input %q is required", file, name)
			} else if !ok {
				v = *in.Default
			}
			if in.Options != nil && !slices.Contains(in.Options, v) || in.Regex != "" && !regexp.MustCompile(in.Regex).MatchString(v) {
				return nil, fmt.Errorf("%s: input %q can't be %q", file, name, v)
			}
			values[name] = v
		}
	}
	for name := range inputs {
		if _, ok := values[name]; !ok {
			return nil, fmt.Errorf("%s: input %q is not declared", file, name)
		}
	}
	v, err := plain(&body, values)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return Map(v), nil
}

// plain is a node as values, with references kept and inputs filled in: into
// values, so that an input can't become a key or a list.
func plain(n *yaml.Node, inputs map[string]string) (any, error) {
	switch n.Kind {
	case yaml.DocumentNode:
		return plain(n.Content[0], inputs)
	case yaml.AliasNode:
		return plain(n.Alias, inputs)
	case yaml.SequenceNode:
		if n.Tag == "!reference" {
			var r reference
			for _, c := range n.Content {
				r = append(r, c.Value)
			}
			return r, nil
		}
		l := []any{}
		for _, c := range n.Content {
			v, err := plain(c, inputs)
			if err != nil {
				return nil, err
			}
			l = append(l, v)
		}
		return l, nil
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			v, err := plain(n.Content[i+1], inputs)
			if err != nil {
				return nil, err
			}
			m[n.Content[i].Value] = v
		}
		return m, nil
	case yaml.ScalarNode:
	}
	var missing error
	value := interpolation.ReplaceAllStringFunc(n.Value, func(s string) string {
		name := interpolation.FindStringSubmatch(s)[1]
		v, ok := inputs[name]
		if !ok {
			missing = fmt.Errorf("line %d: the input %q is not declared", n.Line, name)
		}
		return v
	})
	if missing != nil || value != n.Value || n.Tag == "!!str" {
		return value, missing
	}
	var v any
	err := n.Decode(&v)
	return expression.Normal(v), err
}
