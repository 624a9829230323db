package contract

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

func TestSchemaGolden(t *testing.T) {
	t.Parallel()
	goldentest.File(t, "testdata/schema.json", Schema())
}

func TestReference(t *testing.T) {
	t.Parallel()
	got := Reference()
	goldentest.File(t, "../../docs/contract.md", got)
	for _, p := range fieldPaths("", shape()) {
		if !bytes.Contains(got, []byte("| `"+p+"` |")) {
			t.Errorf("no row for %s", p)
		}
	}
}

// TestDocumented: every type and field has a comment, every rule a description.
func TestDocumented(t *testing.T) {
	t.Parallel()
	docs := comments()
	for _, o := range objects(shape(), nil) {
		if docs[o.name] == "" {
			t.Errorf("%s has no comment", o.name)
		}
		for _, f := range o.fields {
			if docs[o.name+"."+f.goName] == "" {
				t.Errorf("%s.%s has no comment", o.name, f.goName)
			}
			if f.kind == text && len(f.enum) == 0 && f.rule == nil {
				t.Errorf("%s.%s has no rule", o.name, f.goName)
			}
			if f.kind == whole && f.max == 0 {
				t.Errorf("%s.%s has no bounds", o.name, f.goName)
			}
		}
	}
	for name, r := range rules() {
		if r.words == "" {
			t.Errorf("rule %s has no words", name)
		}
	}
}

// TestTags: defaults and examples pass their own rules, and rules and patterns
// agree on them.
func TestTags(t *testing.T) {
	t.Parallel()
	for _, p := range fieldPaths("", shape()) {
		f := lookup(p)
		for _, v := range []string{f.def, f.example} {
			if v == "" {
				continue
			}
			if msg := Check(p, v); msg != "" {
				t.Errorf("%s %q: %s", p, v, msg)
			}
			if f.rule != nil && !regexp.MustCompile(f.rule.pattern).MatchString(v) {
				t.Errorf("%s %q does not match %s", p, v, f.rule.pattern)
			}
		}
	}
}

// TestSchemaFits: what parses also fits the schema, and the schema refuses
// unknown fields, missing ones and wrong types.
func TestSchemaFits(t *testing.T) {
	t.Parallel()
	var root map[string]any
	if err := json.Unmarshal(Schema(), &root); err != nil {
		t.Fatal(err)
	}
	for name, data := range goodFiles(t) {
		for _, problem := range fits(t, root, data) {
			t.Errorf("%s: %s", name, problem)
		}
		for _, problem := range fits(t, root, mustParse(t, name, data).YAML()) {
			t.Errorf("%s, written out: %s", name, problem)
		}
	}
	good := string(goodFiles(t)["../../examples/quickstart/penstock.yaml"])
	for _, r := range [][2]string{
		{"name: acme", "nam: acme"},
		{"name: acme", "name: Acme"},
		{"name: acme", "name: ''"},
		{"name: acme", "name: 1"},
		{"name: acme", "name: " + strings.Repeat("a", 41)},
		{"provider: zot", "provider: zott"},
		{"  environments:", "  flux: {version: 2.9}\n  environments:"},
		{`owners: ["@acme/platform"]`, "owners: []"},
		{"provider: zot", "provider: zot\n    retention: {promotions: 0}"},
	} {
		bad := strings.Replace(good, r[0], r[1], 1)
		if bad == good || len(fits(t, root, []byte(bad))) == 0 {
			t.Errorf("%s: the schema does not mind", r[1])
		}
	}
}

func fits(t *testing.T, root map[string]any, data []byte) []string {
	t.Helper()
	var v any
	if err := yaml.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	// As editors see it: JSON has no timestamps.
	j, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := json.Unmarshal(j, &doc); err != nil {
		t.Fatal(err)
	}
	return validate(root, root, doc, "")
}

// validate is the part of JSON Schema that Schema uses.
func validate(root, s map[string]any, v any, at string) (problems []string) {
	add := func(format string, args ...any) { problems = append(problems, at+": "+fmt.Sprintf(format, args...)) }
	if ref, ok := s["$ref"].(string); ok {
		def := root["$defs"].(map[string]any)[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any)
		problems = validate(root, def, v, at)
	}
	if want, ok := s["type"]; ok {
		is := map[bool][]string{true: {"string"}}[true]
		switch v := v.(type) {
		case map[string]any:
			is = []string{"object"}
		case []any:
			is = []string{"array"}
		case bool:
			is = []string{"boolean"}
		case nil:
			is = []string{"null"}
		case float64:
			is = []string{"number"}
			if v == float64(int(v)) {
				is = append(is, "integer")
			}
		}
		if !slices.ContainsFunc(is, func(k string) bool { return strings.Contains(fmt.Sprint(want), k) }) {
			add("%v is no %v", v, want)
			return problems
		}
	}
	switch v := v.(type) {
	case string:
		if p, ok := s["pattern"].(string); ok && !regexp.MustCompile(p).MatchString(v) {
			add("%q does not match %s", v, p)
		}
		if e, ok := s["enum"].([]any); ok && !slices.Contains(e, any(v)) {
			add("%q is not in %v", v, e)
		}
		if n, ok := s["minLength"].(float64); ok && float64(len(v)) < n {
			add("too short")
		}
		if n, ok := s["maxLength"].(float64); ok && float64(len(v)) > n {
			add("too long")
		}
	case float64:
		if n, ok := s["minimum"].(float64); ok && v < n {
			add("%v is too small", v)
		}
	case []any:
		if n, ok := s["minItems"].(float64); ok && float64(len(v)) < n {
			add("too few")
		}
		for i, item := range v {
			problems = append(problems, validate(root, s["items"].(map[string]any), item, fmt.Sprintf("%s[%d]", at, i))...)
		}
	case map[string]any:
		ps, ok := s["properties"].(map[string]any)
		if !ok {
			return problems
		}
		for name, value := range v {
			if p, ok := ps[name].(map[string]any); ok {
				problems = append(problems, validate(root, p, value, at+"."+name)...)
			} else {
				add("unknown %s", name)
			}
		}
		required, _ := s["required"].([]any)
		for _, r := range required {
			if _, ok := v[r.(string)]; !ok {
				add("no %s", r)
			}
		}
	}
	return problems
}

func objects(o *object, known []*object) []*object {
	if slices.Contains(known, o) {
		return known
	}
	known = append(known, o)
	for _, f := range o.fields {
		if f.object != nil {
			known = objects(f.object, known)
		}
	}
	return known
}

// fieldPaths lists every field, with [] behind lists of mappings that lead on.
func fieldPaths(at string, o *object) []string {
	var all []string
	for _, f := range o.fields {
		p := strings.TrimPrefix(at+"."+f.name, ".")
		all = append(all, p)
		if f.object != nil {
			if f.list {
				p += "[]"
			}
			all = append(all, fieldPaths(p, f.object)...)
		}
	}
	return all
}
