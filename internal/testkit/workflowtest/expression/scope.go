// Package expression turns a text of a workflow file and what its place can see
// into a value, as GitHub evaluates expressions.
//
// What it does not know, as hashFiles, is an error. It reads no file.
package expression

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rhysd/actionlint"
)

// Scope is what an expression can see: the contexts of the place where it
// stands, by name, and the state that success() and its like tell.
type Scope struct {
	Contexts map[string]any
	// Status is "success", "failure" or "cancelled"; "skipped" where a job
	// stands behind one that was skipped. Empty: no status functions here.
	Status string
}

// With returns the scope with one context more.
func (s Scope) With(name string, v any) Scope {
	contexts := make(map[string]any, len(s.Contexts)+1)
	maps.Copy(contexts, s.Contexts)
	contexts[name] = v
	return Scope{contexts, s.Status}
}

// Only returns the scope with no other contexts than those: GitHub gives each
// key of a workflow some of them.
func (s Scope) Only(names ...string) Scope {
	o := Scope{Contexts: map[string]any{}}
	for _, n := range names {
		if v, ok := s.Contexts[n]; ok {
			o.Contexts[n] = v
		}
	}
	return o
}

// Expand replaces each ${{ }} in a text.
func (s Scope) Expand(in string) (string, error) {
	var out strings.Builder
	for {
		before, rest, ok := strings.Cut(in, "${{")
		out.WriteString(before)
		if !ok {
			return out.String(), nil
		}
		node, length, err := parse(rest)
		if err != nil {
			return "", err
		}
		v, err := s.eval(node)
		if err != nil {
			return "", fmt.Errorf("${{%s: %w", rest[:length], err)
		}
		out.WriteString(Text(v))
		in = rest[length:]
	}
}

// Value is a text that may be one expression, with the expression's own kind.
func (s Scope) Value(in string) (any, error) {
	trimmed := strings.TrimSpace(in)
	if rest, ok := strings.CutPrefix(trimmed, "${{"); ok {
		node, length, err := parse(rest)
		if err != nil {
			return nil, err
		}
		if length == len(rest) {
			return s.eval(node)
		}
	}
	return s.Expand(in)
}

// Condition decides an "if". Without a status function it means success() too.
func (s Scope) Condition(in string) (bool, error) {
	in = strings.TrimSpace(in)
	if in == "" {
		in = "success()"
	}
	if rest, ok := strings.CutPrefix(in, "${{"); ok {
		in = rest
	} else {
		in += "}}"
	}
	node, length, err := parse(in)
	if err != nil {
		return false, err
	}
	if length != len(in) {
		return false, fmt.Errorf("if: %q has text around its expression, so that it is always true", in)
	}
	v, err := s.eval(node)
	if err != nil {
		return false, fmt.Errorf("if: %s %w", in, err)
	}
	if !asksStatus(node) && s.Status != "success" {
		return false, nil
	}
	return Truth(v), nil
}

// parse reads an expression up to its "}}" and returns its length with it.
func parse(in string) (actionlint.ExprNode, int, error) {
	lexer := actionlint.NewExprLexer(in)
	node, err := actionlint.NewExprParser().Parse(lexer)
	if err != nil {
		return nil, 0, fmt.Errorf("${{%s: %s", in, err.Message)
	}
	return node, lexer.Offset(), nil
}

func asksStatus(node actionlint.ExprNode) bool {
	asks := false
	actionlint.VisitExprNode(node, func(n, _ actionlint.ExprNode, entering bool) {
		if call, ok := n.(*actionlint.FuncCallNode); ok && entering {
			asks = asks || slices.Contains([]string{"always", "success", "failure", "cancelled"}, strings.ToLower(call.Callee))
		}
	})
	return asks
}

func (s Scope) eval(node actionlint.ExprNode) (any, error) {
	switch n := node.(type) {
	case *actionlint.NullNode:
		return nil, nil //nolint:nilnil // null is a value
	case *actionlint.BoolNode:
		return n.Value, nil
	case *actionlint.IntNode:
		return float64(n.Value), nil
	case *actionlint.FloatNode:
		return n.Value, nil
	case *actionlint.StringNode:
		return n.Value, nil
	case *actionlint.VariableNode:
		v, ok := s.Contexts[n.Name]
		if !ok {
			return nil, fmt.Errorf("the context %q is not available here; these are: %s", n.Name, strings.Join(SortedKeys(s.Contexts), ", "))
		}
		return v, nil
	case *actionlint.ObjectDerefNode:
		return s.deref(n.Receiver, n.Property)
	case *actionlint.IndexAccessNode:
		return s.two(n.Operand, n.Index, func(of, index any) any { return member(of, index) })
	case *actionlint.ArrayDerefNode:
		v, err := s.eval(n.Receiver)
		return elements(v), err
	case *actionlint.NotOpNode:
		v, err := s.eval(n.Operand)
		return !Truth(v), err
	case *actionlint.CompareOpNode:
		return s.two(n.Left, n.Right, func(a, b any) any { return compare(n.Kind, a, b) })
	case *actionlint.LogicalOpNode:
		left, err := s.eval(n.Left)
		if err != nil || Truth(left) == (n.Kind == actionlint.LogicalOpNodeKindOr) {
			return left, err
		}
		return s.eval(n.Right)
	case *actionlint.FuncCallNode:
		return s.call(n)
	}
	return nil, fmt.Errorf("%T: not known", node)
}

// deref is a property of an object, or of each element behind ".*".
func (s Scope) deref(receiver actionlint.ExprNode, property string) (any, error) {
	of, err := s.eval(receiver)
	if err != nil {
		return nil, err
	}
	list, isList := of.([]any)
	if _, all := receiver.(*actionlint.ArrayDerefNode); !all || !isList {
		return member(of, property), nil
	}
	var found []any
	for _, e := range list {
		found = append(found, member(e, property))
	}
	return found, nil
}

func (s Scope) two(left, right actionlint.ExprNode, f func(a, b any) any) (any, error) {
	a, errA := s.eval(left)
	b, errB := s.eval(right)
	if err := errors.Join(errA, errB); err != nil {
		return nil, err
	}
	return f(a, b), nil
}

func compare(kind actionlint.CompareOpNodeKind, a, b any) bool {
	switch kind {
	case actionlint.CompareOpNodeKindEq:
		return equal(a, b)
	case actionlint.CompareOpNodeKindNotEq:
		return !equal(a, b)
	case actionlint.CompareOpNodeKindLess:
		return less(a, b)
	case actionlint.CompareOpNodeKindLessEq:
		return less(a, b) || equal(a, b)
	case actionlint.CompareOpNodeKindGreater:
		return less(b, a)
	case actionlint.CompareOpNodeKindGreaterEq:
		return less(b, a) || equal(a, b)
	case actionlint.CompareOpNodeKindInvalid:
	}
	return false
}
