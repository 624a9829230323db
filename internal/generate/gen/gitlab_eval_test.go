package gen_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// rule is a condition of GitLab's rules: comparisons, all of which must hold.
// Our files use no other form.
type rule []comparison

type comparison struct{ left, op, right string }

var comparisonForm = regexp.MustCompile(`^(\$[A-Z_]+)(?: (==|!=|=~) (\$[A-Z_]+|"[^"$]*"|/[^/]+/))?$`)

func parseRule(s string) (rule, bool) {
	var r rule
	for part := range strings.SplitSeq(s, " && ") {
		m := comparisonForm.FindStringSubmatch(part)
		if m == nil {
			return nil, false
		}
		r = append(r, comparison{m[1], m[2], m[3]})
	}
	return r, true
}

// holds evaluates the condition as GitLab does: a variable that is not set, or
// empty, is nothing.
func (r rule) holds(vars map[string]string) bool {
	value := func(s string) string {
		if name, ok := strings.CutPrefix(s, "$"); ok {
			return vars[name]
		}
		return strings.Trim(s, `"`)
	}
	for _, c := range r {
		ok := value(c.left) != ""
		switch c.op {
		case "==":
			ok = value(c.left) == value(c.right)
		case "!=":
			ok = value(c.left) != value(c.right)
		case "=~":
			ok = regexp.MustCompile(strings.Trim(c.right, "/")).MatchString(value(c.left))
		}
		if !ok {
			return false
		}
	}
	return true
}

// first is the first of a list of rules that holds.
func first(rules any, vars map[string]string) (map[string]any, bool) {
	for _, e := range list(rules) {
		m, _ := e.(map[string]any)
		if r, ok := parseRule(fmt.Sprint(m["if"])); ok && r.holds(vars) {
			return m, m["when"] != "never"
		}
	}
	return nil, false
}

// runs lists the jobs of a pipeline, those that wait for a person with "?";
// nothing where the workflow makes no pipeline.
func (g *glConfig) runs(vars map[string]string) []string {
	all := map[string]string{"CI_DEFAULT_BRANCH": "main"}
	for name, v := range g.global["variables"].(map[string]any) {
		if m, ok := v.(map[string]any); ok {
			v = m["value"]
		}
		s := fmt.Sprint(v)
		if use := inputUse.FindStringSubmatch(s); use != nil {
			s = fmt.Sprint(g.inputs[use[1]].(map[string]any)["default"])
		}
		all[name] = s
	}
	maps.Copy(all, vars)
	if _, ok := first(g.global["workflow"].(map[string]any)["rules"], all); !ok {
		return nil
	}
	var names []string
	for _, name := range g.names() {
		if r, ok := first(g.job(name)["rules"], all); ok {
			if r["when"] == "manual" {
				name += "?"
			}
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
