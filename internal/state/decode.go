package state

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/tree"
)

const (
	fixRestore  = `restore the file from Git, or delete it and run "penstock generate": files equal to what is generated are taken up again`
	fixConflict = `take one side of the merge for this file, then run "penstock generate"`
)

// Decode reads a state file. The file's slash path in its target must be the
// unit's own place. Where anything is damaged, the list says so and the unit
// must not be used. A conflict that Git left on the "inputs" line alone is no
// damage: the inputs are then unknown, and the unit is rendered again.
func Decode(file string, data []byte) (tree.Unit, diag.List) {
	d := decoder{file: file, unit: tree.Unit{Files: tree.Tree{}}}
	d.header(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))
	if len(d.problems) > 0 {
		return tree.Unit{}, d.problems.Sorted()
	}
	slices.Sort(d.unit.Seeded)
	return d.unit, nil
}

// Header reads only the name and the inputs from the beginning of a state
// file; HeaderSize bytes suffice. It reports false when Decode must tell what
// is wrong.
func Header(head []byte) (name, inputs string, ok bool) {
	d := decoder{unit: tree.Unit{Files: tree.Tree{}}}
	rest := d.version(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")))
	for len(rest) > 0 && len(d.problems) == 0 && !d.ended {
		line, after, complete := bytes.Cut(rest, []byte{'\n'})
		line = bytes.TrimSuffix(line, []byte{'\r'})
		if !complete || len(line) == 0 && d.unit.Name != "" {
			break
		}
		d.number++
		d.line(line)
		rest = after
	}
	return d.unit.Name, d.unit.Inputs, len(d.problems) == 0 && d.unit.Name != ""
}

// HeaderSize is how much of a state file Header needs at most.
const HeaderSize = 1024

// decoder reads line by line; number is the current line, from 1.
type decoder struct {
	file     string
	unit     tree.Unit
	number   int
	problems diag.List
	ended    bool
	inputs   int // how many inputs lines there were
	conflict int // line of an open conflict around inputs lines, or 0

	path  string // the file that content lines belong to; "" before the first
	start int    // its line
	mode  tree.Mode
	data  []byte
	whole bool // no more lines may follow: it has no final newline
}

func (d *decoder) header(data []byte) {
	rest := d.version(data)
	for len(rest) > 0 && len(d.problems) == 0 {
		var line []byte
		line, rest, _ = bytes.Cut(rest, []byte{'\n'})
		d.number++
		// State files have no carriage return of their own, so one that Git or
		// an editor added is known to be foreign.
		d.line(bytes.TrimSuffix(line, []byte{'\r'}))
	}
	if len(d.problems) > 0 {
		return
	}
	d.finish()
	switch {
	case !d.ended:
		d.bad(1, `ends before its last line, "end"`, fixRestore)
	case d.unit.Name == "":
		d.bad(1, `has no "unit" line`, fixRestore)
	case d.file != Path(d.unit.Name):
		d.bad(1, fmt.Sprintf("holds the state of unit %q, which belongs in %s", d.unit.Name, Path(d.unit.Name)), fixRestore)
	}
}

func (d *decoder) version(data []byte) []byte {
	line, rest, _ := bytes.Cut(data, []byte{'\n'})
	d.number = 1
	got := string(bytes.TrimSuffix(line, []byte{'\r'}))
	if got == version {
		return rest
	}
	if v, ok := strings.CutPrefix(got, "penstock-state "); ok {
		d.bad(1, fmt.Sprintf("has the state version %q, this penstock knows v1", v), "use the penstock that wrote it, or a newer one")
	} else if isMarker(got) {
		d.bad(1, "has unresolved conflict markers", fixConflict)
	} else {
		d.bad(1, fmt.Sprintf("starts with %.40q instead of %q", got, version), fixRestore)
	}
	return nil
}

func (d *decoder) line(line []byte) {
	if d.ended && len(line) > 0 {
		d.bad(1, `has text after its last line, "end"`, fixRestore)
		return
	}
	if len(line) == 0 || line[0] == '#' {
		return
	}
	switch line[0] {
	case plain:
		d.content(append(d.data, line[1:]...))
		return
	case escaped:
		data, err := unescape(d.data, line[1:])
		if err != nil {
			d.bad(1, "has a broken escape", fixRestore)
			return
		}
		d.content(data)
		return
	}
	d.word(string(line))
}

// content takes the current file's data with one more line, without its end.
func (d *decoder) content(data []byte) {
	if d.path == "" || d.whole {
		d.bad(1, "has a content line that belongs to no file", fixRestore)
		return
	}
	d.data = append(data, '\n')
}

func (d *decoder) word(line string) {
	switch {
	case isMarker(line):
		d.marker(line)
	case strings.HasPrefix(line, keyUnit) && d.unit.Name == "":
		name, ok := unquote(line[len(keyUnit):])
		if !ok || tree.CheckPath(name) != nil {
			d.bad(len(keyUnit)+1, fmt.Sprintf("has the unit name %.60q", line[len(keyUnit):]), fixRestore)
			return
		}
		d.unit.Name = name
	case strings.HasPrefix(line, keyInputs) && d.path == "":
		inputs, ok := unquote(line[len(keyInputs):])
		if !ok {
			d.bad(len(keyInputs)+1, "has broken inputs", fixRestore)
			return
		}
		if d.inputs++; d.inputs == 1 && d.conflict == 0 {
			d.unit.Inputs = inputs
		} else {
			d.unit.Inputs = ""
		}
	case strings.HasPrefix(line, keyFile):
		d.finish()
		d.begin(line)
	case line == noNewline && d.path != "" && !d.whole && len(d.data) > 0:
		d.data, d.whole = d.data[:len(d.data)-1], true
	case line == end:
		d.finish()
		d.ended = true
	default:
		d.bad(1, fmt.Sprintf("has the line %.60q, which no state file has", line), fixRestore)
	}
}

func (d *decoder) begin(line string) {
	fields := strings.SplitN(line, " ", 4)
	if len(fields) < 4 {
		d.bad(1, fmt.Sprintf("has the file line %.60q", line), fixRestore)
		return
	}
	switch fields[1] {
	case "644":
		d.mode = tree.Regular
	case "755":
		d.mode = tree.Executable
	default:
		d.bad(len(keyFile)+1, fmt.Sprintf("has the mode %.20q; modes are 644 and 755", fields[1]), fixRestore)
		return
	}
	column := len(keyFile) + len(fields[1]) + 2
	if fields[2] != "managed" && fields[2] != "seeded" {
		d.bad(column, fmt.Sprintf("has a %.20q file; files are managed or seeded", fields[2]), fixRestore)
		return
	}
	column += len(fields[2]) + 1
	path, ok := unquote(fields[3])
	if !ok || tree.CheckPath(path) != nil {
		d.bad(column, fmt.Sprintf("has the path %.80q, which no generated file has", fields[3]), fixRestore)
		return
	}
	if _, twice := d.unit.Files[path]; twice {
		d.bad(column, fmt.Sprintf("has the file %q twice", path), fixConflict)
		return
	}
	if fields[2] == "seeded" {
		d.unit.Seeded = append(d.unit.Seeded, path)
	}
	d.path, d.start, d.data, d.whole = path, d.number, nil, false
}

// finish puts the current file into the unit.
func (d *decoder) finish() {
	if d.path != "" {
		d.unit.Files[d.path] = tree.File{Data: d.data, Mode: d.mode}
		d.path = ""
	}
	if d.conflict > 0 {
		d.number = d.conflict
		d.bad(1, "has unresolved conflict markers", fixConflict)
	}
}

// marker accepts a conflict that encloses nothing but inputs lines.
func (d *decoder) marker(line string) {
	switch {
	case d.path == "" && line[0] == '<' && d.conflict == 0:
		d.conflict = d.number
	case d.path == "" && d.conflict > 0 && line[0] == '>':
		d.conflict = 0
	case d.path == "" && d.conflict > 0 && line[0] != '<':
	default:
		d.bad(1, "has unresolved conflict markers", fixConflict)
	}
}

func isMarker(line string) bool {
	for _, m := range []string{"<<<<<<<", "|||||||", "=======", ">>>>>>>"} {
		if line == m || strings.HasPrefix(line, m+" ") {
			return true
		}
	}
	return false
}

func (d *decoder) bad(column int, what, fix string) {
	d.problems.Add(diag.Where{File: d.file, Line: d.number, Column: column}, what, fix)
}
