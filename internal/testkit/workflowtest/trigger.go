package workflowtest

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/penstock-dev/penstock/internal/testkit/workflowtest/expression"
)

// triggers are the events of a workflow.
type triggers map[string]trigger

type trigger struct {
	Branches []string              `yaml:"branches"`
	Paths    []string              `yaml:"paths"`
	Types    []string              `yaml:"types"`
	Inputs   map[string]inputFile  `yaml:"inputs"`
	Outputs  map[string]valueFile  `yaml:"outputs"`
	Secrets  map[string]secretFile `yaml:"secrets"`
}

type inputFile struct {
	Type        string   `yaml:"type"`
	Description string   `yaml:"description"`
	Default     any      `yaml:"default"`
	Required    bool     `yaml:"required"`
	Options     []string `yaml:"options"`
}

type valueFile struct {
	Description string `yaml:"description"`
	Value       string `yaml:"value"`
}

type secretFile struct {
	Description string `yaml:"description"`
	Required    bool   `yaml:"required"`
}

func readTriggers(n *yaml.Node) (triggers, error) {
	t := triggers{}
	switch n.Kind {
	case yaml.ScalarNode:
		t[n.Value] = trigger{}
	case yaml.SequenceNode:
		for _, e := range n.Content {
			t[e.Value] = trigger{}
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			name, body := n.Content[i].Value, n.Content[i+1]
			var one trigger
			if name != "schedule" && body.Kind == yaml.MappingNode {
				if err := strict(body, &one); err != nil {
					return t, fmt.Errorf("%s: %w", name, err)
				}
			}
			t[name] = one
		}
	case yaml.DocumentNode, yaml.AliasNode:
	}
	return t, nil
}

// match reports whether an event starts the workflow.
func (t triggers) match(e Event, ref string) bool {
	one, ok := t[e.Name]
	if !ok {
		return false
	}
	branch, isBranch := strings.CutPrefix(ref, "refs/heads/")
	if e.Name == "push" && len(one.Branches) > 0 && (!isBranch || !anyGlob(one.Branches, branch)) {
		return false
	}
	if len(one.Types) > 0 && e.Action != "" && !slices.Contains(one.Types, e.Action) {
		return false
	}
	return len(one.Paths) == 0 || e.Changed == nil || slices.ContainsFunc(e.Changed, func(f string) bool { return anyGlob(one.Paths, f) })
}

func anyGlob(patterns []string, s string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		if before, ok := strings.CutSuffix(p, "**"); ok && strings.HasPrefix(s, before) {
			return true
		}
		ok, err := path.Match(p, s)
		return ok && err == nil
	})
}

// inputs checks what a caller or a person gave and fills in the defaults.
func (t trigger) inputs(given map[string]any, typed bool) (map[string]any, error) {
	for name := range given {
		if _, ok := t.Inputs[name]; !ok {
			return nil, fmt.Errorf("input %q is not declared", name)
		}
	}
	inputs := map[string]any{}
	for name, in := range t.Inputs {
		v, ok := given[name]
		if !ok {
			if in.Required && in.Default == nil {
				return nil, fmt.Errorf("input %q is required", name)
			}
			v = expression.Normal(in.Default)
		}
		v, err := in.convert(v, typed)
		if err != nil {
			return nil, fmt.Errorf("input %q: %w", name, err)
		}
		inputs[name] = v
	}
	return inputs, nil
}

// convert brings a value to the input's type. A caller's value must have it, a
// person's arrives as text.
func (in inputFile) convert(v any, typed bool) (any, error) {
	switch in.Type {
	case "boolean":
		if b, ok := v.(bool); ok {
			return b, nil
		}
		if s := expression.Text(v); !typed || v == nil {
			return s == "true", nil
		}
		return nil, fmt.Errorf("%q is no boolean", expression.Text(v))
	case "number":
		return expression.Number(v), nil
	case "choice":
		if len(in.Options) > 0 && !slices.Contains(in.Options, expression.Text(v)) {
			return nil, fmt.Errorf("%q is none of %v", expression.Text(v), in.Options)
		}
	}
	return expression.Text(v), nil
}
