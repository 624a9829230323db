package merge_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/generate/merge"
)

// check holds the properties that every merge must have.
func check(t *testing.T, p, c, d []byte) {
	t.Helper()
	clean := func(name string, r merge.Result, want []byte) {
		t.Helper()
		if len(r.Conflicts) > 0 || !bytes.Equal(r.Data, want) {
			t.Errorf("%s: got %q and %d conflicts, want %q", name, r.Data, len(r.Conflicts), want)
		}
	}
	clean("merge(p,p,d)=d", merge.Merge(p, p, d), d)
	clean("merge(p,c,p)=c", merge.Merge(p, c, p), c)
	clean("merge(p,x,x)=x", merge.Merge(p, c, c), c)

	r, mirror := merge.Merge(p, c, d), merge.Merge(p, d, c)
	if len(r.Conflicts) != len(mirror.Conflicts) || !bytes.Equal(r.Data, mirror.Data) {
		t.Fatalf("not symmetric: %q %d, %q %d", r.Data, len(r.Conflicts), mirror.Data, len(mirror.Conflicts))
	}
	for i, x := range r.Conflicts {
		y := mirror.Conflicts[i]
		if !bytes.Equal(x.Current.Data, y.Desired.Data) || !bytes.Equal(x.Desired.Data, y.Current.Data) || !bytes.Equal(x.Pristine.Data, y.Pristine.Data) {
			t.Errorf("conflict %d is not symmetric", i)
		}
	}
	text := r.Markers(merge.Labels{Current: "c", Pristine: "p", Desired: "d"})
	if len(r.Conflicts) == 0 && !bytes.Equal(text, r.Data) {
		t.Errorf("markers without a conflict: %q", text)
	}
	// Every line that a side has more often than pristine is in the outcome.
	was, now := count(p), count(text)
	for side, data := range map[string][]byte{"current": c, "desired": d} {
		for line, n := range count(data) {
			if n > was[line] && now[line] < n-was[line] {
				t.Errorf("%s's line %q is lost in %q", side, line, text)
			}
		}
	}
}

func count(data []byte) map[string]int {
	m := map[string]int{}
	for line := range strings.Lines(string(data)) {
		m[strings.TrimRight(line, "\r\n")]++
	}
	return m
}

func FuzzMerge(f *testing.F) {
	f.Add([]byte("a\nb\nc\n"), []byte("a\r\nb\r\nc\r\n"), []byte("a\nb\nC"))
	f.Add([]byte(""), []byte("\n"), []byte("\n\n"))
	f.Add([]byte("a"), []byte("a\r"), []byte("a\r\n"))
	f.Add([]byte("a\nb\na\nb\n"), []byte("b\na\nb\na\n"), []byte("a\na\nb\nb\n"))
	f.Fuzz(check)
}

// Texts of few different lines make many overlapping changes.
func TestMergeProperties(t *testing.T) {
	t.Parallel()
	for seed := range uint64(5000) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		p := randomText(rnd, nil)
		c, d := randomText(rnd, p), randomText(rnd, p)
		check(t, p, c, d)
		if t.Failed() {
			t.Fatalf("seed %d: %s", seed, fmt.Sprintf("%q %q %q", p, c, d))
		}
	}
}

// randomText returns a text of its own, or another with some lines changed.
func randomText(rnd *rand.Rand, of []byte) []byte {
	var lines []string
	if of == nil {
		for range rnd.IntN(12) {
			lines = append(lines, string(rune('a'+rnd.IntN(5))))
		}
	} else {
		lines = strings.Split(strings.TrimSuffix(strings.ReplaceAll(string(of), "\r", ""), "\n"), "\n")
		for range rnd.IntN(4) {
			i := rnd.IntN(len(lines))
			switch rnd.IntN(3) {
			case 0:
				lines = append(lines[:i], append([]string{"new" + string(rune('a'+rnd.IntN(3)))}, lines[i:]...)...)
			case 1:
				lines[i] = string(rune('a' + rnd.IntN(6)))
			default:
				lines = append(lines[:i:i], lines[i+1:]...)
			}
			if len(lines) == 0 {
				break
			}
		}
	}
	newline := "\n"
	if rnd.IntN(5) == 0 {
		newline = "\r\n"
	}
	text := strings.Join(lines, newline)
	if text != "" && rnd.IntN(5) > 0 {
		text += newline
	}
	return []byte(text)
}
