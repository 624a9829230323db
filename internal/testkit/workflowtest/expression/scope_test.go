package expression

import (
	"strings"
	"testing"

	_ "github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

func TestExpressions(t *testing.T) {
	s := Scope{Status: "success", Contexts: map[string]any{
		"github": map[string]any{"ref_name": "main", "Repository": "acme/checkout"},
		"inputs": map[string]any{"action": "promote", "yes": true, "list": []any{"a", "B"}},
		"needs":  map[string]any{"a": map[string]any{"result": "skipped"}, "b": map[string]any{"result": "success"}},
	}}
	for in, want := range map[string]string{
		"${{ inputs.action == 'PROMOTE' }}":                                                               "true",
		"${{ inputs.action != 'promote' && 'x' || format('p-{0}-{{1}}', github.repository) }}":            "p-acme/checkout-{1}",
		"${{ inputs.action == 'promote' && format('promote-{0}', github.ref_name) || 'else' }} or ${{1}}": "promote-main or 1",
		"${{ contains(inputs.list, 'b') && startsWith('Hello', 'hell') && endsWith('x.YAML', '.yaml') }}": "true",
		"${{ fromJSON('{\"a\": [1, 2.5]}').a[1] + 0 }}":                                                   "error",
		"${{ fromJSON('[1, 2.5]')[1] }}":                                                                  "2.5",
		"${{ toJSON(inputs.list) }}":                                                                      "[\n  \"a\",\n  \"B\"\n]",
		"${{ contains(needs.*.result, 'skipped') }}":                                                      "true",
		"${{ github['REF_NAME'] }}":                                                                       "main",
		"${{ github.nothing.below }}":                                                                     "",
		"${{ inputs.nothing == '' }}":                                                                     "true",
		"${{ '1' == 1 && true == 1 && null == 0 }}":                                                       "true",
		"${{ !inputs.yes }}":                                                                              "false",
		"${{ 3 > 2 && '10' >= 10 && 'a' < 'B' }}":                                                         "true",
		"${{ join(inputs.list, '-') }}":                                                                   "a-B",
		"${{ secrets.TOKEN }}":                                                                            "error",
		"${{ hashFiles('x') }}":                                                                           "error",
		"no expression, ${HOME} and $(command) stay":                                                      "no expression, ${HOME} and $(command) stay",
	} {
		got, err := s.Expand(in)
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("%s: %q, want %q (%v)", in, got, want, err)
		}
	}
}

func TestConditions(t *testing.T) {
	for _, c := range []struct {
		in, status string
		want       bool
	}{
		{"", "success", true},
		{"", "skipped", false},
		{"1 == 1", "failure", false},
		{"always() && 1 == 1", "failure", true},
		{"${{ failure() }}", "failure", true},
		{"!cancelled()", "skipped", true},
		{"${{ !cancelled() && '' }}", "success", false},
	} {
		got, err := Scope{Status: c.status, Contexts: map[string]any{}}.Condition(c.in)
		if err != nil || got != c.want {
			t.Errorf("if: %q after %s: %v, %v", c.in, c.status, got, err)
		}
	}
	_, err := Scope{Status: "success"}.Condition("${{ 1 == 2 }} && true")
	if err == nil || !strings.Contains(err.Error(), "always true") {
		t.Errorf("text around an expression: %v", err)
	}
}
