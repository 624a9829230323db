package diag_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/internal/diag"
	_ "github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

func TestString(t *testing.T) {
	t.Parallel()
	for want, d := range map[string]diag.Diagnostic{
		"f.yaml:14:16: spec.teams[1]: has x; drop it": {Where: diag.Where{File: "f.yaml", Line: 14, Column: 16, Field: "spec.teams[1]"}, What: "has x", Fix: "drop it"},

		"f.yaml:14: warning: has x; drop it": {Where: diag.Where{File: "f.yaml", Line: 14}, What: "has x", Fix: "drop it", Warning: true},

		"f.yaml:14: has x":             {Where: diag.Where{File: "f.yaml", Line: 14}, What: "has x"},
		"f.yaml: has x":                {Where: diag.Where{File: "f.yaml", Column: 3}, What: "has x"},
		"spec: has x":                  {Where: diag.Where{Field: "spec"}, What: "has x"},
		"has x":                        {What: "has x"},
		`a\nb: has \x1b[31m\u202e; \t`: {Where: diag.Where{File: "a\nb"}, What: "has \x1b[31m\u202e", Fix: "\t"},
		"f: has \u00e9\u540d":          {Where: diag.Where{File: "f"}, What: "has \u00e9\u540d"},
	} {
		if got := d.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestListIsSortedWithoutRepeats(t *testing.T) {
	t.Parallel()
	var l diag.List
	at := func(file string, line, column int) diag.Where {
		return diag.Where{File: file, Line: line, Column: column}
	}
	l.Add(at("b", 1, 1), "x", "")
	l.Add(at("a", 10, 1), "x", "")
	l.Add(at("a", 2, 9), "y", "")
	l.Add(at("a", 2, 9), "x", "")
	l.Add(at("a", 2, 9), "y", "")
	l.Add(diag.Where{File: "a", Line: 2, Column: 9, Field: "f"}, "a", "")
	want := "a:2:9: x\na:2:9: y\na:2:9: f: a\na:10:1: x\nb:1:1: x\n"
	if diff := cmp.Diff(want, l.String()); diff != "" {
		t.Error(diff)
	}
	if l[0].Where.File != "b" {
		t.Error("sorting changed the list itself")
	}
	if (diag.List{}).String() != "" || diag.List(nil).Sorted() != nil {
		t.Error("an empty list")
	}
}
