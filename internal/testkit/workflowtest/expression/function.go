package expression

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/rhysd/actionlint"
)

// call evaluates a function of an expression.
func (s Scope) call(n *actionlint.FuncCallNode) (any, error) {
	name := strings.ToLower(n.Callee)
	args := make([]any, len(n.Args))
	for i, a := range n.Args {
		var err error
		if args[i], err = s.eval(a); err != nil {
			return nil, err
		}
	}
	if slices.Contains([]string{"always", "success", "failure", "cancelled"}, name) {
		if s.Status == "" {
			return nil, fmt.Errorf("%s() is not available here", n.Callee)
		}
		return name == "always" || name == s.Status, nil
	}
	f, ok := functions()[name]
	if !ok {
		return nil, fmt.Errorf("the function %s is not known to this executor", n.Callee)
	}
	if len(args) < f.least {
		return nil, fmt.Errorf("%s wants %d arguments", n.Callee, f.least)
	}
	return f.call(args)
}

type function struct {
	least int // arguments
	call  func(args []any) (any, error)
}

func functions() map[string]function {
	fold := func(test func(s, part string) bool) function {
		return function{2, func(a []any) (any, error) {
			return test(strings.ToLower(Text(a[0])), strings.ToLower(Text(a[1]))), nil
		}}
	}
	return map[string]function{
		"contains":   {2, contains},
		"startswith": fold(strings.HasPrefix),
		"endswith":   fold(strings.HasSuffix),
		"format":     {1, format},
		"join":       {1, join},
		"tojson":     {1, func(a []any) (any, error) { return toJSON(a[0]) }},
		"fromjson":   {1, fromJSON},
	}
}

func contains(a []any) (any, error) {
	if list, ok := a[0].([]any); ok {
		return slices.ContainsFunc(list, func(e any) bool { return equal(e, a[1]) }), nil
	}
	return strings.Contains(strings.ToLower(Text(a[0])), strings.ToLower(Text(a[1]))), nil
}

func join(a []any) (any, error) {
	separator := ","
	if len(a) > 1 {
		separator = Text(a[1])
	}
	list, ok := a[0].([]any)
	if !ok {
		return Text(a[0]), nil
	}
	var parts []string
	for _, e := range list {
		parts = append(parts, Text(e))
	}
	return strings.Join(parts, separator), nil
}

func fromJSON(a []any) (any, error) {
	var v any
	if err := json.Unmarshal([]byte(Text(a[0])), &v); err != nil {
		return nil, fmt.Errorf("fromJSON: %q: %w", Text(a[0]), err)
	}
	return v, nil
}

var placeholder = regexp.MustCompile(`\{\{|\}\}|\{[0-9]+\}|[{}]`)

func format(a []any) (any, error) {
	var err error
	out := placeholder.ReplaceAllStringFunc(Text(a[0]), func(m string) string {
		switch m {
		case "{{", "}}":
			return m[:1]
		case "{", "}":
			err = fmt.Errorf("format: %q has a brace of its own", Text(a[0]))
			return m
		}
		i, convErr := strconv.Atoi(m[1 : len(m)-1])
		if convErr != nil || i+1 >= len(a) {
			err = fmt.Errorf("format: %q has no argument for %s", Text(a[0]), m)
			return m
		}
		return Text(a[i+1])
	})
	return out, err
}
