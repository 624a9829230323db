package merge_test

import (
	"testing"

	"github.com/penstock-dev/penstock/internal/generate/merge"
)

func TestDress(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, data, like, want string }{
		{"LF", "a\nb\n", "x\ny\n", "a\nb\n"},
		{"CRLF", "a\nb\n", "x\r\n", "a\r\nb\r\n"},
		{"CRLF without an end", "a\nb", "x\r\n", "a\r\nb"},
		{"mixed, the same text", "a\nb\nc\n", "a\r\nb\nc\r\n", "a\r\nb\nc\r\n"},
		{"mixed, a line changed", "a\nB\nc\n", "a\r\nb\nc\r\n", "a\r\nB\nc\r\n"},
		{"mixed, lines put in", "0\na\nb\n1\nc\n2\n", "a\r\nb\nc\r\n", "0\r\na\r\nb\n1\nc\r\n2\r\n"},
		{"mixed, lines taken out", "b\nc\n", "a\r\nb\nc\r\n", "b\nc\r\n"},
		{"mixed, the end goes", "a\nb\nc", "a\r\nb\nc\r\n", "a\r\nb\nc"},
		{"mixed, the end comes", "a\nb\nc\n", "a\nb\r\nc", "a\nb\r\nc\n"},
		{"mixed, nothing left", "", "a\r\nb\n", ""},
		{"like nothing", "a\n", "", "a\n"},
	} {
		if got := string(merge.Dress([]byte(c.data), []byte(c.like))); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
