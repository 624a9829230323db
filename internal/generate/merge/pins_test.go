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

		digest = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
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
		{"an image", "image: golang:1.26.8-trixie\n", "image: golang:1.26.9-trixie\n", "image: golang:1.27.3-trixie\n", "image: golang:1.27.3-trixie\n", "golang is 1.27.3-trixie, newer than the 1.26.9-trixie that is here"},
		{"an image by digest", "image: golang:1.26.8\n", "image: golang:1.28.0@sha256:" + digest + "\n", "image: golang:1.27.3\n", "image: golang:1.28.0@sha256:" + digest + "\n", "golang stays 1.28.0, newer than the 1.27.3 that comes"},
		{"an image of another Debian", "image: golang:1.26.8-trixie\n", "image: golang:1.26.8-bookworm\n", "image: golang:1.27.3-trixie\n", "", ""},
		{"an image of the user's own", "image: golang:1.26.8\n", "image: registry.example:5000/ci:2.0.0\n", "image: golang:1.27.3\n", "", ""},
		{"a tool", "    version='dev'\n    cosign=v3.0.6\n", "    version='dev'\n    cosign=v3.0.7\n", "    version='dev'\n    cosign=v3.1.0\n", "    version='dev'\n    cosign=v3.1.0\n", "cosign is v3.1.0, newer than the v3.0.7 that is here"},
		{"a tool and its checksum", "cosign_x86_64=v3.0.6:" + digest + "\n", "cosign_x86_64=v3.1.0:" + digest + "\n", "cosign_x86_64=v3.0.7:" + digest[2:] + "ab\n", "cosign_x86_64=v3.1.0:" + digest + "\n", "cosign_x86_64 stays v3.1.0, newer than the v3.0.7 that comes"},
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
