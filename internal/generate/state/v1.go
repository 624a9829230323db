package state

import "strings"

// lineV1 reads a line of what was written until December 2026: the lines of a
// file have no tag and stand below its own, and the inputs in a line "inputs".
// Those are not needed: a state of v1 is written anew.
func (d *decoder) lineV1(line []byte) {
	switch {
	case line[0] == plain || line[0] == escaped:
		if d.current == nil || d.current.unended {
			d.bad(1, "has a content line that belongs to no file", fixRestore)
		} else if line[0] == plain {
			d.current.data = append(append(d.current.data, line[1:]...), '\n')
		} else {
			d.escaped(line[1:])
		}
	case strings.HasPrefix(string(line), "inputs ") && d.current == nil:
	case string(line) == "no-final-newline" && d.current != nil && !d.current.unended && len(d.current.data) > 0:
		d.current.unended = true
	default:
		d.word(string(line))
	}
}
