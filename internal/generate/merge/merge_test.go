package merge_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/internal/generate/merge"
	_ "github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

func TestMergeClean(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ pristine, current, desired, want string }{
		"different places":                {"a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n", "A\nb\nC\n"},
		"same change":                     {"a\nb\nc\nd\ne\n", "A\nb\nc\nd\nE\n", "A\nb\nc\nd\ne\n", "A\nb\nc\nd\nE\n"},
		"both add the same":               {"a\nb\n", "a\nx\nb\nc\n", "a\nx\nb\n", "a\nx\nb\nc\n"},
		"both delete the same":            {"a\nb\nc\nd\n", "a\nc\nd\ne\n", "a\nc\nd\n", "a\nc\nd\ne\n"},
		"edit and deletion far apart":     {"a\nb\nc\nd\n", "A\nb\nc\nd\n", "a\nb\nc\n", "A\nb\nc\n"},
		"user turned lines into CRLF":     {"a\nb\nc\n", "a\r\nb\r\nc\r\n", "a\nb\nC\n", "a\r\nb\r\nC\r\n"},
		"contract turned lines into CRLF": {"a\nb\nc\n", "A\nb\nc\n", "a\r\nb\r\nc\r\n", "A\r\nb\r\nc\r\n"},
		"CRLF on all sides":               {"a\r\nb\r\nc\r\n", "A\r\nb\r\nc\r\n", "a\r\nb\r\nC\r\n", "A\r\nb\r\nC\r\n"},
		"some lines in CRLF":              {"a\nb\nc\n", "a\r\nb\nc\n", "a\nb\nC\n", "a\r\nb\nC\n"},
		"user dropped the final newline":  {"a\nb\nc\n", "a\nb\nc", "A\nb\nc\n", "A\nb\nc"},
		"final newline, last line added":  {"a\nb", "a\nb\n", "a\nb\nc", "a\nb\nc\n"},
		"no final newline anywhere":       {"a\nb\nc", "A\nb\nc", "a\nb\nC", "A\nb\nC"},
		"one line, no newline at all":     {"a", "a", "b", "b"},
		"CRLF and a dropped newline":      {"a\r\n", "a", "a\r\nb\r\n", "a\r\nb"},
		"emptied by the contract":         {"a\n", "a\n", "", ""},
		"emptied by the user":             {"a\n", "", "a\n", ""},
		"written from nothing":            {"", "a\n", "", "a\n"},
		"moved and edited":                {"a\nb\nc\nd\ne\nf\n", "d\ne\nf\na\nb\nc\n", "a\nb\nc\nd\ne\nf\n", "d\ne\nf\na\nb\nc\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := merge.Merge([]byte(c.pristine), []byte(c.current), []byte(c.desired))
			if len(r.Conflicts) > 0 || string(r.Data) != c.want {
				t.Errorf("got %q and %d conflicts, want %q", r.Data, len(r.Conflicts), c.want)
			}
		})
	}
}

func TestMergeConflict(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ pristine, current, desired, want string }{
		"same line": {
			"a\nb\nc\n", "a\nX\nc\n", "a\nY\nc\n",
			"a\n<<<<<<< current\nX\n||||||| pristine\nb\n=======\nY\n>>>>>>> desired\nc\n",
		},
		"touching lines": {
			"a\nb\n", "A\nb\n", "a\nB\n",
			"<<<<<<< current\nA\nb\n||||||| pristine\na\nb\n=======\na\nB\n>>>>>>> desired\n",
		},
		"both add at one place": {
			"a\n", "a\nx\n", "a\ny\n",
			"a\n<<<<<<< current\nx\n||||||| pristine\n=======\ny\n>>>>>>> desired\n",
		},
		"both write from nothing": {
			"", "x\n", "y",
			"<<<<<<< current\nx\n||||||| pristine\n=======\ny\n>>>>>>> desired\n",
		},
		"edit and deletion": {
			"a\nb\nc\n", "a\nX\nc\n", "a\nc\n",
			"a\n<<<<<<< current\nX\n||||||| pristine\nb\n=======\n>>>>>>> desired\nc\n",
		},
		"a merge and a conflict": {
			"a\nb\nc\nd\ne\n", "A\nb\nc\nX\ne\n", "a\nb\nc\nY\ne\n",
			"A\nb\nc\n<<<<<<< current\nX\n||||||| pristine\nd\n=======\nY\n>>>>>>> desired\ne\n",
		},
		"CRLF": {
			"a\r\nb\r\n", "a\r\nX\r\n", "a\r\nY\r\n",
			"a\r\n<<<<<<< current\r\nX\r\n||||||| pristine\r\nb\r\n=======\r\nY\r\n>>>>>>> desired\r\n",
		},
		"no final newline": {
			"a\nb", "a\nX", "a\nY",
			"a\n<<<<<<< current\nX\n||||||| pristine\nb\n=======\nY\n>>>>>>> desired\n",
		},
		"no final newline after a conflict": {
			"a\nb\nc", "X\nb\nc", "Y\nb\nc",
			"<<<<<<< current\nX\n||||||| pristine\na\n=======\nY\n>>>>>>> desired\nb\nc",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := merge.Merge([]byte(c.pristine), []byte(c.current), []byte(c.desired))
			got := string(r.Markers(merge.Labels{Current: "current", Pristine: "pristine", Desired: "desired"}))
			if diff := cmp.Diff(c.want, got); diff != "" || r.Data != nil {
				t.Errorf("%s%q", diff, r.Data)
			}
			if len(merge.Unresolved([]byte(got))) != len(r.Conflicts) {
				t.Errorf("%d conflicts, markers found at %v", len(r.Conflicts), merge.Unresolved([]byte(got)))
			}
		})
	}
}

func TestConflictTellsLines(t *testing.T) {
	t.Parallel()
	r := merge.Merge([]byte("a\nb\nc\nd\n"), []byte("new\na\nb\nX\nd\n"), []byte("a\nb\nY\nZ\nd\n"))
	if len(r.Conflicts) != 1 {
		t.Fatalf("%d conflicts", len(r.Conflicts))
	}
	c := r.Conflicts[0]
	for _, s := range []struct {
		got  merge.Section
		line int
		data string
	}{{c.Pristine, 3, "c\n"}, {c.Current, 4, "X\n"}, {c.Desired, 3, "Y\nZ\n"}} {
		if s.got.Line != s.line || string(s.got.Data) != s.data {
			t.Errorf("got line %d %q, want line %d %q", s.got.Line, s.got.Data, s.line, s.data)
		}
	}
}

func TestWhole(t *testing.T) {
	t.Parallel()
	r := merge.Whole([]byte("p\n"), []byte("c\n"), []byte("d"))
	got := string(r.Markers(merge.Labels{}))
	if got != "<<<<<<<\nc\n|||||||\np\n=======\nd\n>>>>>>>\n" || len(r.Conflicts) != 1 {
		t.Errorf("%q", got)
	}
}

func TestUnresolved(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		data string
		want []int
	}{
		"none":              {"a\nb\n", nil},
		"one":               {"a\n<<<<<<< x\nb\n=======\nc\n>>>>>>> y\n", []int{2}},
		"two":               {"<<<<<<< x\n=======\n>>>>>>> y\n<<<<<<<\n=======\n>>>>>>>\n", []int{1, 4}},
		"only the end left": {"a\n>>>>>>> y\n", []int{2}},
		"CRLF":              {"<<<<<<< x\r\n=======\r\n>>>>>>> y\r\n", []int{1}},
		"a heading":         {"Title\n=======\n", nil},
		"in a line":         {"see <<<<<<< x\n  >>>>>>> y\n", nil},
		"too long":          {"<<<<<<<<\n>>>>>>>>\n", nil},
	} {
		if got := merge.Unresolved([]byte(c.data)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// A run that was killed after it wrote a merge, and before it wrote the state,
// merges again.
func TestMergeAgain(t *testing.T) {
	t.Parallel()
	p := []byte("kind: A\nspec:\n  one: 1\n  two: 2\n  three: 3\n")
	c := []byte("kind: A\nspec:\n  one: 11\n  two: 2\n  three: 3\n")
	d := []byte("kind: A\nspec:\n  one: 1\n  two: 2\n  three: 3\n  four: 4\n")
	once := merge.Merge(p, c, d)
	again := merge.Merge(p, once.Data, d)
	if len(again.Conflicts) > 0 || !bytes.Equal(once.Data, again.Data) {
		t.Errorf("%q, then %q", once.Data, again.Data)
	}
}

// Long texts that share little are the worst case of a shortest edit script.
func TestMergeIsQuickOnDifferentTexts(t *testing.T) {
	t.Parallel()
	text := func(s string) []byte {
		var b bytes.Buffer
		for i := range 20000 {
			b.WriteString(strings.Repeat(s, i%50) + string(rune('a'+i%7)) + s + "\n")
		}
		return b.Bytes()
	}
	r := merge.Merge(text("p"), text("c"), text("d"))
	if len(r.Conflicts) == 0 {
		t.Error("no conflict")
	}
}

func BenchmarkMerge(b *testing.B) {
	var p bytes.Buffer
	for i := range 10000 {
		p.WriteString(strings.Repeat(" ", i%9) + "key-" + string(rune('a'+i%23)) + ": value\n")
	}
	c := bytes.Replace(p.Bytes(), []byte("key-c: value"), []byte("key-c: mine"), 100)
	d := bytes.ReplaceAll(p.Bytes(), []byte("key-q: value"), []byte("key-q: value\nkey-z: new"))
	for b.Loop() {
		merge.Merge(p.Bytes(), c, d)
	}
}
