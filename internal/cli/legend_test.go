package cli

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/generate/plan"
)

// TestLegend: each letter that a list can begin with is explained, once.
func TestLegend(t *testing.T) {
	t.Parallel()
	means := map[string]string{}
	for _, s := range signs() {
		if means[s.letter] != "" || s.means == "" || len(s.means) > 46 {
			t.Errorf("%q: %q and %q", s.letter, means[s.letter], s.means)
		}
		means[s.letter] = s.means
	}
	for a := plan.Create; a <= plan.Blocked; a++ {
		if means[a.Symbol()] == "" {
			t.Errorf("%s: nothing says what %q means", a, a.Symbol())
		}
	}
	for _, src := range readTree(t, ".", func(name string) bool { return strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") }) {
		for _, m := range regexp.MustCompile(`printf\(&?b, "([^\s:]) %s`).FindAllStringSubmatch(src.content, -1) {
			if means[m[1]] == "" {
				t.Errorf("%s: a list with %q, which nothing explains", src.where, m[1])
			}
		}
	}
	if got := legend("~ README.md\n! a.yaml: edited here\n    - a line\n"); !strings.Contains(got, "  ~ updated\n  ! waits") || strings.Contains(got, "- deleted") {
		t.Error(got)
	}
	if got := legend("nothing to change\n"); got != "" {
		t.Error(got)
	}
	var out bytes.Buffer
	if code := Main(t.Context(), []string{"generate", "--help"}, IO{In: strings.NewReader(""), Out: &out, Err: &out}); code != 0 {
		t.Fatal(code)
	}
	for letter, text := range means {
		if !strings.Contains(out.String(), "\n    "+letter+" "+text+"\n") {
			t.Errorf("generate --help does not say what %q means:\n%s", letter, out.String())
		}
	}
}
