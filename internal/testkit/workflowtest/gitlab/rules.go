package gitlab

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/testkit/workflowtest/expression"
)

// When is what becomes of a job: on_success, manual, or never where it is not
// in the pipeline. changed are the files of the push; nil matches any.
func When(job map[string]any, variables map[string]string, changed []string) (string, error) {
	if rules, ok := job["rules"]; ok {
		return Rules(List(rules), variables, changed)
	}
	return said(job), nil
}

// said is the "when" of a job or a rule.
func said(m map[string]any) string {
	if when := expression.Text(m["when"]); when != "" {
		return when
	}
	return "on_success"
}

// Rules finds the first rule that holds.
func Rules(rules []any, variables map[string]string, changed []string) (string, error) {
	for _, r := range rules {
		rule := Map(r)
		for k := range rule {
			if !slices.Contains([]string{"if", "when", "changes", "allow_failure"}, k) {
				return "", fmt.Errorf("rules: %s: not known to this executor", k)
			}
		}
		holds := true
		if condition, ok := rule["if"]; ok {
			var err error
			if holds, err = evalRule(expression.Text(condition), variables); err != nil {
				return "", fmt.Errorf("rules: %w", err)
			}
		}
		if patterns, ok := rule["changes"]; ok && changed != nil {
			holds = holds && slices.ContainsFunc(changed, func(file string) bool {
				return slices.ContainsFunc(Texts(patterns), func(g string) bool { ok, _ := filepath.Match(g, file); return ok })
			})
		}
		if holds {
			return said(rule), nil
		}
	}
	return "never", nil
}

var ruleToken = regexp.MustCompile(`^\s*(&&|\|\||==|!=|=~|!~|\(|\)|\$[A-Za-z_][A-Za-z0-9_]*|"[^"]*"|'[^']*'|/(?:[^/\\]|\\.)+/i?|null)`)

// rule is a condition that is being read.
type rule struct {
	tokens    []string
	variables map[string]string
}

// evalRule decides a condition as GitLab does: && before ||, a variable alone
// holds where it is not empty, one that is not set is null.
func evalRule(condition string, variables map[string]string) (bool, error) {
	r := &rule{variables: variables}
	for rest := condition; strings.TrimSpace(rest) != ""; {
		m := ruleToken.FindStringSubmatch(rest)
		if m == nil {
			return false, fmt.Errorf("%q: %q is not understood", condition, rest)
		}
		r.tokens, rest = append(r.tokens, m[1]), rest[len(m[0]):]
	}
	holds, err := r.or()
	if err == nil && len(r.tokens) > 0 {
		err = fmt.Errorf("unexpected %q", r.tokens[0])
	}
	if err != nil {
		err = fmt.Errorf("%q: %w", condition, err)
	}
	return holds, err
}

func (r *rule) next(tokens ...string) (string, bool) {
	if len(r.tokens) > 0 && (len(tokens) == 0 || slices.Contains(tokens, r.tokens[0])) {
		t := r.tokens[0]
		r.tokens = r.tokens[1:]
		return t, true
	}
	return "", false
}

func (r *rule) or() (bool, error) {
	holds, err := r.and()
	for err == nil {
		if _, ok := r.next("||"); !ok {
			break
		}
		var more bool
		more, err = r.and()
		holds = holds || more
	}
	return holds, err
}

func (r *rule) and() (bool, error) {
	holds, err := r.comparison()
	for err == nil {
		if _, ok := r.next("&&"); !ok {
			break
		}
		var more bool
		more, err = r.comparison()
		holds = holds && more
	}
	return holds, err
}

func (r *rule) comparison() (bool, error) {
	if _, ok := r.next("("); ok {
		holds, err := r.or()
		if _, closed := r.next(")"); err == nil && !closed {
			err = errors.New("a bracket is open")
		}
		return holds, err
	}
	left, set := r.operand()
	operator, ok := r.next("==", "!=", "=~", "!~")
	if !ok {
		return left != "", nil
	}
	if operator == "=~" || operator == "!~" {
		pattern, ok := r.next()
		if !ok {
			return false, fmt.Errorf("%s wants a pattern", operator)
		}
		expression, flag := cutPattern(pattern)
		re, err := regexp.Compile(flag + expression)
		if err != nil {
			return false, err
		}
		return (set && re.MatchString(left)) == (operator == "=~"), nil
	}
	right, there := r.operand()
	return (left == right && set == there) == (operator == "=="), nil
}

// operand is a variable or a text; false for null.
func (r *rule) operand() (string, bool) {
	t, ok := r.next()
	if name, isVariable := strings.CutPrefix(t, "$"); isVariable {
		v, set := r.variables[name]
		return v, set
	}
	if !ok || t == "null" {
		return "", false
	}
	return t[1 : len(t)-1], true
}

func cutPattern(s string) (expression, flag string) {
	s, ignores := strings.CutSuffix(strings.TrimPrefix(s, "/"), "/i")
	if ignores {
		flag = "(?i)"
	}
	return strings.TrimSuffix(s, "/"), flag
}
