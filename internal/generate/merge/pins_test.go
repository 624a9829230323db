package merge_test

import (
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/generate/merge"
)

func TestPins(t *testing.T) {
	t.Parallel()
	use := func(pins ...string) string {
		var b strings.Builder
		for _, p := range pins {
			b.WriteString("      - name: a step\n        uses: " + p + "\n        with: {a: b}\n")
		}
		return b.String()
	}
	const (
		old   = "actions/checkout@1111 # v7.0.1"
		newer = "actions/checkout@2222 # v7.1.0"
		most  = "actions/checkout@3333 # v10.0.0"
	)
	for _, c := range []struct {
		name                       string
		pristine, current, desired string
		want, says                 string // want is empty for a conflict
	}{
		{"the bot's is older", use(old), use(newer), use(most), use(most), "actions/checkout is v10.0.0, newer than the v7.1.0 that is here"},
		{"the bot's is newer", use(old), use(most), use(newer), use(most), "actions/checkout stays v10.0.0, newer than the v7.1.0 that comes"},
		{"only the bot moved it", use(old), use(most), use(old), use(most), ""},
		{"both to the same", use(old), use(most), use(most), use(most), ""},
		{"another action beside it", use(old, "a/b@1"), use(newer, "a/b@1"), use(most, "a/b@2"), use(most, "a/b@2"), "actions/checkout is v10.0.0, newer than the v7.1.0 that is here"},
		{"a version without a comment", use("a/b/c@v4"), use("a/b/c@v5"), use("a/b/c@9f9f # v5.0.1"), use("a/b/c@9f9f # v5.0.1"), "a/b/c is v5.0.1, newer than the v5 that is here"},
		{"a quoted one", use(`"a/b@v1"`), use(`"a/b@v2"`), use(`"a/b@v3"`), use(`"a/b@v3"`), "a/b is v3, newer than the v2 that is here"},
		{"a pin by digest alone", use("a/b@11aa"), use("a/b@22bb"), use("a/b@33cc"), "", ""},
		{"two versions in one text", use(old, "x/y@1", old), use(newer, "x/y@1", old), use(most, "x/y@1", most), "", ""},
	} {
		current, desired, won := merge.Pins([]byte(c.pristine), []byte(c.current), []byte(c.desired))
		if says := strings.Join(won, "; "); says != c.says {
			t.Errorf("%s: says %q, want %q", c.name, says, c.says)
		}
		m := merge.Merge([]byte(c.pristine), current, desired)
		if (len(m.Conflicts) > 0) != (c.want == "") || c.want != "" && string(m.Data) != c.want {
			t.Errorf("%s: %d conflicts,\n%s, want\n%s", c.name, len(m.Conflicts), m.Data, c.want)
		}
	}
}
