package cli

import (
	"bytes"
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	t.Parallel()
	tab := table{head: []string{"TAG", "WHO", "REASON"}}
	tab.row("prod-2026-11-27.1-1.4.1", "", "payments fail for customers with two cards")
	tab.row("1.4.2", "日本", "https://github.com/acme/checkout/actions/runs/123456")
	const whole = "TAG                      WHO   REASON\n" +
		"prod-2026-11-27.1-1.4.1  -     payments fail for customers with two cards\n" +
		"1.4.2                    日本  https://github.com/acme/checkout/actions/runs/123456\n"
	const narrow = "TAG     prod-2026-11-27.1-1.4.1\n" +
		"REASON  payments fail for customers\n" +
		"        with two cards\n" +
		"\n" +
		"TAG     1.4.2\n" +
		"WHO     日本\n" +
		"REASON  https://github.com/acme/\n" +
		"        checkout/actions/runs/123456\n"
	for columns, want := range map[int]string{0: whole, 83: whole, 82: tab.stacked(82), 36: narrow} {
		var out bytes.Buffer
		if err := tab.print(IO{Out: &out, Columns: columns}); err != nil || out.String() != want {
			t.Errorf("%d columns: %v\n%s", columns, err, out.String())
		}
	}
}

func TestFold(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                         "",
		"one two three":            "one two|three",
		"a/very/long/path/here.md": "a/very/|long/path/|here.md",
		"abcdefghijklmnop":         "abcdefghijklmnop", // no place to break it
		"x abcdefgh/ijkl":          "x|abcdefgh/|ijkl",
	} {
		if got := strings.Join(fold(text, 10), "|"); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
