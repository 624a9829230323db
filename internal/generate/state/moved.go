package state

import (
	"maps"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/generate/tree"
)

// MovedFile tells where people moved generated files, as a slash path in the
// target. Two branches' lines go together in any order, so Git may merge it by
// keeping both sides' lines.
const MovedFile = Dir + "/moved.txt"

const (
	movedNote = `# Generated files that were moved, and where they are now: they go on being generated there. Written by penstock;
# you may write a line yourself. Move a file back, and its line goes.
`
	movedTo = " -> "
)

// EncodeMoved returns the text of MovedFile, nil where nothing was moved.
func EncodeMoved(places map[string]string) []byte {
	if len(places) == 0 {
		return nil
	}
	var b strings.Builder
	b.WriteString(movedNote)
	for _, p := range slices.Sorted(maps.Keys(places)) {
		b.WriteString(quote(p) + movedTo + quote(places[p]) + "\n")
	}
	return []byte(b.String())
}

// DecodeMoved reads MovedFile. What is no such line, as a marker of a merge, is
// left out: the file is then looked for again. Of two places of one file the
// last counts.
func DecodeMoved(data []byte) map[string]string {
	places := map[string]string{}
	for line := range strings.Lines(string(data)) {
		from, to, ok := strings.Cut(strings.TrimSpace(line), movedTo)
		p, ok2 := unquote(from)
		at, ok3 := unquote(to)
		if !ok || !ok2 || !ok3 || strings.HasPrefix(from, "#") || tree.CheckPath(p) != nil || tree.CheckPath(at) != nil || p == at {
			continue
		}
		if at == Dir || strings.HasPrefix(at, Dir+"/") {
			continue
		}
		places[p] = at
	}
	return places
}
