package splice_test

import (
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/penstock-dev/penstock/internal/contract/splice"
	_ "github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

// TestEdits makes one edit of each kind in files as people write them.
func TestEdits(t *testing.T) {
	t.Parallel()
	type edit func(f *splice.File, m *yaml.Node) splice.Edit
	replace := func(f *splice.File, m *yaml.Node) splice.Edit { return f.Replace(splice.Find(m, "b").Value, "X") }
	after := func(f *splice.File, m *yaml.Node) splice.Edit { return f.After(m, splice.Find(m, "b"), "x: X") }
	first := func(f *splice.File, m *yaml.Node) splice.Edit { return f.First(m, "x: X") }
	drop := func(f *splice.File, m *yaml.Node) splice.Edit { return f.Drop(m, splice.Find(m, "b")) }
	for name, c := range map[string]struct {
		edit     edit
		in, want string
	}{
		"replace":                 {replace, "m:\n  a: 1\n  b: two # mine\n", "m:\n  a: 1\n  b: X # mine\n"},
		"replace quotes":          {replace, "m: {a: 1, b: 'two'}\n", "m: {a: 1, b: X}\n"},
		"replace a flow":          {replace, "m:\n  b: {c: [1, 2]} # mine\n", "m:\n  b: X # mine\n"},
		"replace an empty one":    {replace, "m:\n  b: [] # mine\n", "m:\n  b: X # mine\n"},
		"replace behind others":   {replace, "m: {é: ü, b: two}", "m: {é: ü, b: X}"},
		"replace after a CR":      {replace, "a: 1\rm:\r  b: two\r", "a: 1\rm:\r  b: X\r"},
		"after":                   {after, "m:\n  b: 2 # mine\n  c: 3\n", "m:\n  b: 2 # mine\n  x: X\n  c: 3\n"},
		"after, in a flow":        {after, "m: {b: 2, c: 3}\n", "m: {b: 2, x: X, c: 3}\n"},
		"after a block":           {after, "m:\n  b:\n    - 1\n    - 2 # mine\nn: 1\n", "m:\n  b:\n    - 1\n    - 2 # mine\n  x: X\nn: 1\n"},
		"after, at the end":       {after, "m:\r\n  b: 2", "m:\r\n  b: 2\r\n  x: X"},
		"first":                   {first, "m:\n  # mine\n  b: 2\n", "m:\n  # mine\n  x: X\n  b: 2\n"},
		"first, in a flow":        {first, "m: {b: 2}\n", "m: {x: X, b: 2}\n"},
		"first, in an empty flow": {first, "m: {}\n", "m: {x: X}\n"},
		"drop":                    {drop, "m:\n  a: 1\n  b: 2\n  c: 3\n", "m:\n  a: 1\n  c: 3\n"},
		"drop keeps comments":     {drop, "m:\n  a: 1\n  b: 2 # mine\n", "m:\n  a: 1\n  # mine\n"},
		"drop, in a flow":         {drop, "m: {a: 1, b: 2, c: 3}\n", "m: {a: 1, c: 3}\n"},
		"drop the last of a flow": {drop, "m: {a: 1, b: 2}\n", "m: {a: 1}\n"},
	} {
		f, err := splice.Parse([]byte(c.in))
		if err != nil {
			t.Fatal(err)
		}
		if got := string(f.Apply(c.edit(f, splice.Find(f.Root, "m").Value))); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	for _, in := range []string{"", "# nothing\n", "a: ["} {
		if f, err := splice.Parse([]byte(in)); err == nil {
			t.Errorf("%q: %+v", in, f)
		}
	}
}
