package markdown

import (
	"testing"
	"unicode"

	"github.com/penstock-dev/penstock/internal/testkit/formattest"
	_ "github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

// TestWidth compares the width of every character with what prettier counts.
func TestWidth(t *testing.T) {
	t.Parallel()
	want := formattest.Find(t).Widths(t)
	wrong := 0
	for c, n := range want {
		known := unicode.In(rune(c), unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z, unicode.Cf)
		const changed = 0x1171e     // was no mark that takes a column of its own once
		if !known || c == changed { // to Go's tables, which are older than those of some Node
			continue
		}
		if got := width("a" + string(rune(c)) + "b"); got != int(n)+2 && wrong < 20 {
			t.Errorf("U+%04X is %d wide, prettier says %d", c, got-2, n)
			wrong++
		}
	}
}

func TestPadTables(t *testing.T) {
	t.Parallel()
	page := "| a | 漢字 |\n|---|---|\n| x \\| y | e\u0301 |\n\n```\n| a |\n|---|\n```\n| b |\n|---|"
	want := "| a      | 漢字 |\n| ------ | ---- |\n| x \\| y | e\u0301    |\n\n```\n| a |\n|---|\n```\n| b   |\n| --- |"
	if got := PadTables(page); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
