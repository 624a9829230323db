package gen_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// formKeys are what GitHub's syntax for issue forms permits, by the kind of
// element; "" is the form itself.
var formKeys = map[string][]string{
	"":           {"name", "description", "title", "labels", "assignees", "projects", "type", "body"},
	"element":    {"type", "id", "attributes", "validations"},
	"markdown":   {"value"},
	"input":      {"label", "description", "placeholder", "value"},
	"textarea":   {"label", "description", "placeholder", "value", "render"},
	"dropdown":   {"label", "description", "options", "multiple", "default"},
	"checkboxes": {"label", "description", "options"},
}

var formID = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// TestIssueForms holds forms against GitHub's "common validation errors": one
// that breaks a rule is not offered, and nobody is told. The workflow behind it
// finds answers by their labels, in order.
func TestIssueForms(t *testing.T) {
	t.Parallel()
	onGitHub(t, func(t *testing.T, d delivery) {
		found := false
		for p, f := range d.files {
			if strings.Contains(p, "/.github/ISSUE_TEMPLATE/") {
				found = true
				labels := checkForm(t, p, f.Data)
				if want := []string{"Name", "Owners", "Contact"}; !slices.Equal(labels, want) {
					t.Errorf("%s: asks for %q, the workflow reads %q", p, labels, want)
				}
			}
		}
		if !found {
			t.Error("there is no form")
		}
	})
}

// checkForm checks one form and returns the labels of what it asks.
func checkForm(t *testing.T, p string, data []byte) (labels []string) {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		t.Fatalf("%s: %v", p, err)
	}
	form := doc.Content[0]
	permitted(t, p, form, "")
	for _, k := range []string{"name", "description"} {
		if strings.TrimSpace(scalar(form, k)) == "" {
			t.Errorf("%s: %s is empty", p, k)
		}
	}
	var ids []string
	for _, e := range get(form, "body").Content {
		permitted(t, p, e, "element")
		kind := scalar(e, "type")
		if formKeys[kind] == nil {
			t.Errorf("%s: %q is no kind of element", p, kind)
		}
		permitted(t, p, get(e, "attributes"), kind)
		if kind == "markdown" {
			if scalar(e, "attributes", "value") == "" || get(e, "id") != nil || get(e, "validations") != nil {
				t.Errorf("%s: markdown has a value and asks nothing", p)
			}
			continue
		}
		ids, labels = append(ids, scalar(e, "id")), append(labels, scalar(e, "attributes", "label"))
		pairs(get(e, "validations"), func(k, v *yaml.Node) {
			if k.Value != "required" || v.Tag != "!!bool" {
				t.Errorf("%s: validations: %s: %s", p, k.Value, v.Value)
			}
		})
	}
	for _, list := range [][]string{ids, labels} {
		unique := slices.Clone(list)
		slices.Sort(unique)
		if len(slices.Compact(unique)) != len(list) || slices.Contains(list, "") {
			t.Errorf("%s: ids and labels are there, and unique: %q", p, list)
		}
	}
	if i := slices.IndexFunc(ids, func(id string) bool { return !formID.MatchString(id) }); i >= 0 {
		t.Errorf("%s: id %q", p, ids[i])
	}
	return labels
}

// permitted checks the keys of a mapping, and that texts are strings.
func permitted(t *testing.T, p string, n *yaml.Node, kind string) {
	t.Helper()
	pairs(n, func(k, v *yaml.Node) {
		if !slices.Contains(formKeys[kind], k.Value) {
			t.Errorf("%s:%d: %q is not a permitted key of %s", p, k.Line, k.Value, kind)
		}
		if v.Kind == yaml.ScalarNode && v.Tag != "!!str" && k.Value != "multiple" && k.Value != "default" {
			t.Errorf("%s:%d: %s must be a string, is %s", p, v.Line, k.Value, v.Tag)
		}
	})
}
