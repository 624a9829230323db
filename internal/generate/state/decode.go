package state

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/generate/tree"
)

const (
	fixRestore  = `restore the file from Git, or delete it and run "penstock generate": files equal to what is generated are taken up again`
	fixConflict = `take one side of the merge for this file, then run "penstock generate"`
)

// Decode reads a state file. The file's slash path in its target must be the
// unit's own place. Where anything is damaged, the list says so and the unit
// must not be used. A conflict that Git left is no damage: both sides' lines are
// taken, as Git's union would. The unit's inputs are not in the file: see Marked.
func Decode(file string, data []byte) (tree.Unit, diag.List) {
	d := decoder{file: file, unit: tree.Unit{Files: tree.Tree{}}, sections: map[string]*section{}}
	d.all(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))
	if len(d.problems) > 0 {
		return tree.Unit{}, d.problems.Sorted()
	}
	for _, s := range d.sections {
		if s.unended && len(s.data) > 0 {
			s.data = s.data[:len(s.data)-1]
		}
		d.unit.Files[s.path] = tree.File{Data: s.data, Mode: s.mode}
		if s.seeded {
			d.unit.Seeded = append(d.unit.Seeded, s.path)
		}
	}
	slices.Sort(d.unit.Seeded)
	return d.unit, nil
}

// decoder reads line by line; number is the current line, from 1.
type decoder struct {
	file     string
	unit     tree.Unit
	number   int
	problems diag.List
	ended    bool
	base     bool // between the markers around what both sides began with
	v1       bool

	sections map[string]*section // by tag; of v1 by path
	current  *section
	tag      string // of current
}

// section is one file as far as it was read.
type section struct {
	path    string
	mode    tree.Mode
	seeded  bool
	data    []byte
	unended bool
}

func (d *decoder) all(data []byte) {
	rest := d.version(data)
	for len(rest) > 0 && len(d.problems) == 0 {
		var line []byte
		line, rest, _ = bytes.Cut(rest, []byte{'\n'})
		d.number++
		// State files have no carriage return of their own, so one that Git or
		// an editor added is known to be foreign.
		d.line(bytes.TrimSuffix(line, []byte{'\r'}))
	}
	switch {
	case len(d.problems) > 0:
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
	if got == version || got == former {
		d.v1 = got == former
		return rest
	}
	if v, ok := strings.CutPrefix(got, "penstock-state "); ok {
		d.bad(1, fmt.Sprintf("has the state version %q, this penstock knows v2", v), "use the penstock that wrote it, or a newer one")
	} else if isMarker(got) {
		d.bad(1, "has unresolved conflict markers", fixConflict)
	} else {
		d.bad(1, fmt.Sprintf("starts with %.40q instead of %q", got, version), fixRestore)
	}
	return nil
}

func (d *decoder) line(line []byte) {
	switch {
	case d.ended && len(line) > 0:
		d.bad(1, `has text after its last line, "end"`, fixRestore)
	case len(line) == 0 || line[0] == '#':
	case isMarker(string(line)):
		d.marker(line[0])
	case d.base:
	case d.v1:
		d.lineV1(line)
	case !d.content(line):
		d.word(string(line))
	}
}

// marker takes both sides of a conflict, without what they began with. In v1
// that is safe around the inputs alone.
func (d *decoder) marker(kind byte) {
	if d.v1 && d.current != nil {
		d.bad(1, "has unresolved conflict markers", fixConflict)
		return
	}
	d.base = kind == '|'
}

// content reads a line of a file, and reports false for another one.
func (d *decoder) content(line []byte) bool {
	i := bytes.IndexAny(line, `:\.`)
	if i < tagSize {
		return false
	}
	if d.current == nil || string(line[:i]) != d.tag {
		s := d.sections[string(line[:i])]
		if s == nil {
			return false
		}
		d.current, d.tag = s, string(line[:i])
	}
	switch line[i] {
	case unended:
		d.current.unended = true
	case plain:
		d.current.data = append(append(d.current.data, line[i+1:]...), '\n')
	default:
		d.escaped(line[i+1:])
	}
	return true
}

func (d *decoder) escaped(line []byte) {
	data, err := unescape(d.current.data, line)
	if err != nil {
		d.bad(1, "has a broken escape", fixRestore)
		return
	}
	d.current.data = append(data, '\n')
}

func (d *decoder) word(line string) {
	switch {
	case strings.HasPrefix(line, keyUnit) && d.unit.Name == "":
		name, ok := unquote(line[len(keyUnit):])
		if !ok || tree.CheckPath(name) != nil {
			d.bad(len(keyUnit)+1, fmt.Sprintf("has the unit name %.60q", line[len(keyUnit):]), fixRestore)
			return
		}
		d.unit.Name = name
	case strings.HasPrefix(line, keyFile):
		d.begin(line)
	case line == end:
		d.ended = true
	default:
		d.bad(1, fmt.Sprintf("has the line %.60q, which no state file has", line), fixRestore)
	}
}

// begin reads the line of a file: "file MODE KIND TAG PATH", in v1 without tag.
func (d *decoder) begin(line string) {
	n := 5
	if d.v1 {
		n--
	}
	fields := strings.SplitN(line, " ", n)
	if len(fields) < n {
		d.bad(1, fmt.Sprintf("has the file line %.60q", line), fixRestore)
		return
	}
	s := section{mode: tree.Regular, seeded: fields[2] == "seeded"}
	switch fields[1] {
	case "644":
	case "755":
		s.mode = tree.Executable
	default:
		d.bad(len(keyFile)+1, fmt.Sprintf("has the mode %.20q; modes are 644 and 755", fields[1]), fixRestore)
		return
	}
	column := len(keyFile) + len(fields[1]) + 2
	if fields[2] != "managed" && !s.seeded {
		d.bad(column, fmt.Sprintf("has a %.20q file; files are managed or seeded", fields[2]), fixRestore)
		return
	}
	column = len(line) - len(fields[n-1]) + 1
	path, ok := unquote(fields[n-1])
	if !ok || tree.CheckPath(path) != nil {
		d.bad(column, fmt.Sprintf("has the path %.80q, which no generated file has", fields[n-1]), fixRestore)
		return
	}
	s.path, d.tag = path, fields[n-2]
	if d.v1 {
		d.tag = path
	}
	was := d.sections[d.tag]
	switch {
	case was != nil && (was.path != path || d.v1):
		d.bad(column, fmt.Sprintf("has the file %q twice", path), fixConflict)
	case was != nil: // both sides of a merge have it
		was.mode, was.seeded = s.mode, s.seeded
		d.current = was
	default:
		d.sections[d.tag] = &s
		d.current = &s
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
