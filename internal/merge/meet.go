package merge

import (
	"bytes"
	"strings"
)

// Settle takes those markers of Git's out of a text between which both sides
// have lines, and only such that known accepts, and leaves both sides' lines, as
// Git's union would. It reports whether it took some out. Other conflicts stay:
// a side without a line may be a person's deletion, and what Markers wrote is
// about a person's edit.
func Settle(data []byte, known func(line string) bool) ([]byte, bool) {
	if len(Unresolved(data)) == 0 {
		return data, false
	}
	var out, region, sides []byte
	settled := false
	inside, base, ours, one := false, false, true, 0
	for line := range bytes.Lines(data) {
		text := string(bytes.TrimRight(line, "\r\n"))
		if !inside && !is(text, markCurrent) {
			out = append(out, line...)
			continue
		}
		region = append(region, line...)
		switch {
		case is(text, markCurrent):
			inside, base, ours, sides = true, false, text != markCurrent+" current", nil
			continue
		case is(text, markPristine):
			base = true
			continue
		case is(text, markDesired):
			base, one = false, len(sides)
			continue
		case !is(text, markEnd):
			ours = ours && (base || known(text))
			if !base {
				sides = append(sides, line...)
			}
			continue
		}
		if ours && one > 0 && one < len(sides) {
			out, settled = append(out, sides...), true
		} else {
			out = append(out, region...)
		}
		inside, region = false, nil
	}
	return append(out, region...), settled
}

// Within reports whether every entry of a is in b, as often: b only adds to it,
// or has it in another order. Entries are the documents of a YAML file that has
// several, else lines. Empty lines do not count: of those between two blocks
// that meet, Git keeps one.
func Within(a, b []byte) bool {
	split := lineCounts
	if documents := documentCounts(a); len(documents) > 1 {
		split = documentCounts
	}
	counts := split(b)
	for entry, n := range split(a) {
		if counts[entry] < n {
			return false
		}
	}
	return true
}

// SameEntries reports whether two texts have the same entries in whatever order.
func SameEntries(a, b []byte) bool { return Within(a, b) && Within(b, a) }

func lineCounts(data []byte) map[string]int {
	counts := map[string]int{}
	for line := range bytes.Lines(data) {
		if line := strings.TrimRight(string(line), "\r\n"); strings.TrimSpace(line) != "" {
			counts[line]++
		}
	}
	return counts
}

// documentCounts counts the parts of a text that begin with a line of YAML's for
// a new document, each with the comment lines right above it.
func documentCounts(data []byte) map[string]int {
	counts := map[string]int{}
	var doc, above []byte
	for line := range bytes.Lines(data) {
		line = bytes.TrimRight(line, "\r\n")
		switch {
		case len(line) == 0:
			continue
		case bytes.HasPrefix(line, []byte("---")):
			if len(doc) > 0 {
				counts[string(doc)]++
			}
			doc, above = above, nil
		case line[0] == '#':
			above = append(append(above, line...), '\n')
			continue
		}
		doc = append(append(doc, above...), line...)
		doc, above = append(doc, '\n'), nil
	}
	counts[string(append(doc, above...))]++
	return counts
}
