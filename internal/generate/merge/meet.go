package merge

import (
	"bytes"
	"maps"
	"slices"
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
// or has it in another order. Entries are lines; where a YAML file has several
// documents, those of one document in one of b's. Empty lines do not count: of
// those between two blocks that meet, Git keeps one.
func Within(a, b []byte) bool {
	left := documents(b)
	var rest []lines
	for _, doc := range documents(a) {
		if i := slices.IndexFunc(left, doc.same); i >= 0 {
			left = slices.Delete(left, i, i+1)
		} else {
			rest = append(rest, doc)
		}
	}
	for _, doc := range rest {
		i := slices.IndexFunc(left, doc.within)
		if i < 0 {
			return false
		}
		left = slices.Delete(left, i, i+1)
	}
	return true
}

// SameEntries reports whether two texts have the same entries in whatever order.
func SameEntries(a, b []byte) bool { return Within(a, b) && Within(b, a) }

// lines counts the lines of one document.
type lines map[string]int

func (a lines) same(b lines) bool { return maps.Equal(a, b) }

func (a lines) within(b lines) bool {
	for line, n := range a {
		if b[line] < n {
			return false
		}
	}
	return true
}

// documents are the parts of a text that begin with a line of YAML's for a new
// document, each with the comment lines right above it.
func documents(data []byte) []lines {
	doc, above := lines{}, lines{}
	list := []lines{doc}
	for line := range bytes.Lines(data) {
		text := strings.TrimRight(string(line), "\r\n")
		switch {
		case strings.TrimSpace(text) == "":
			continue
		case strings.HasPrefix(text, "---"):
			doc, above = above, lines{}
			list = append(list, doc)
		case text[0] == '#':
			above[text]++
			continue
		}
		for comment, n := range above {
			doc[comment] += n
		}
		clear(above)
		doc[text]++
	}
	for comment, n := range above {
		doc[comment] += n
	}
	return list
}
