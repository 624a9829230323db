package contract

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/penstock-dev/penstock/internal/diag"
)

var (
	yamlLine    = regexp.MustCompile(`^yaml: (?:line (\d+): )?(?s:(.*))$`)
	yamlUnknown = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)
	colonBlank  = regexp.MustCompile(`:(\s|$)`)
)

// explanation says in the user's words what a message of the YAML library
// means and where in the line it usually is.
type explanation struct {
	message, what, fix string
	column             func(line string) int // a byte offset; nil: the first non-blank
}

func explanations() []explanation {
	const inBrackets = "close it; inside, text with [ ] { } or a comma needs quotes"
	last := func(line string) int {
		if all := colonBlank.FindAllStringIndex(line, -1); len(all) > 0 {
			return all[len(all)-1][0]
		}
		return -1
	}
	quotes := func(line string) int { return strings.IndexAny(line, "\"'") }
	return []explanation{
		{"mapping values are not allowed in this context", "a \": \" where no field can begin", "check the indentation, or put text with \": \" in quotes", last},
		{"did not find expected key", "the indentation fits no field above, or a quote ends too early", "", nil},
		{"did not find expected '-' indicator", "the indentation fits no list item above", "", nil},
		{"could not find expected ':'", "a line without a \":\" where a field was expected", "write \"name: value\"", nil},
		{"found unexpected end of stream", "a quote is opened here and never closed", "", quotes},
		{"found unexpected document indicator", "a quote is opened here and not closed before the document ends", "", quotes},
		{"found unknown escape character", "an unknown escape in double quotes", "write the backslash twice or use single quotes", func(line string) int { return strings.IndexByte(line, '\\') }},
		{"did not find expected ',' or ']'", "a list in [ ] is not closed or lacks a comma", inBrackets, nil},
		{"did not find expected ',' or '}'", "a mapping in { } is not closed or lacks a comma", inBrackets, nil},
		{"did not find expected alphabetic or numeric character", "a value that begins with \"*\" or \"&\" means an alias or an anchor in YAML", "put it in quotes", func(line string) int { return strings.IndexAny(line, "*&") }},
		{"block sequence entries are not allowed in this context", "a list item where none can begin", "put it on a line of its own, indented under its field", func(line string) int { return strings.Index(line, "- ") }},
		{"did not find expected node content", "a value is missing or begins with a character that YAML reserves", "put it in quotes", nil},
		{"exceeded max depth", tooDeep, "", nil},
	}
}

// Syntax says, as Parse does, where and why a file is no YAML; nil when it is.
func Syntax(name string, data []byte) diag.List {
	r := reader{file: name, data: data}
	if ds := r.encoding(); ds != nil {
		return ds
	}
	r.data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if err := firstError(r.data); err != nil {
		return r.syntax(err)
	}
	return nil
}

// syntax turns an error of the YAML library, which knows a line at best, into a
// diagnostic with a column.
func (r reader) syntax(err error) diag.List {
	m := yamlLine.FindStringSubmatch(err.Error())
	if m == nil {
		return r.fail(1, 1, "is not readable as YAML: "+printable(err.Error()), "")
	}
	if line := r.marker(); line > 0 {
		return r.fail(line, 1, "a conflict marker of Git's: two branches changed the same lines", "keep what both mean, take the markers out, and run \"penstock generate\": it makes all other files anew")
	}
	reported, _ := strconv.Atoi(m[1])
	message := m[2]
	if a := yamlUnknown.FindStringSubmatch(message); a != nil {
		line, column := r.find("*" + a[1])
		return r.fail(line, column, "the alias "+quote("*"+a[1])+" has no anchor", "write "+quote("&"+a[1])+" before the value it stands for, further up")
	}
	number := r.locate(err, reported)
	line := r.line(number)
	if i := strings.IndexByte(line, '\t'); i >= 0 && strings.TrimSpace(line[:i]) == "" {
		return r.fail(number, i+1, "a tab in the indentation", "YAML is indented with blanks")
	}
	if i := reserved(line); i >= 0 && strings.Contains(message, "cannot start any token") {
		return r.fail(number, column(line, i), "a value cannot begin with "+quote(line[i:i+1]), "put it in quotes")
	}
	for _, e := range explanations() {
		if !strings.Contains(message, e.message) {
			continue
		}
		at := -1
		if e.column != nil {
			at = e.column(line)
		}
		return r.fail(number, column(line, at), e.what, e.fix)
	}
	return r.fail(number, column(line, -1), "is not valid YAML: "+printable(message), "")
}

// marker returns the line, from 1, of the first conflict marker of Git's, or 0.
func (r reader) marker() int {
	number := 0
	for line := range bytes.Lines(r.data) {
		number++
		if bytes.HasPrefix(line, []byte("<<<<<<< ")) || bytes.HasPrefix(line, []byte(">>>>>>> ")) {
			return number
		}
	}
	return 0
}

// locate finds the line of an error. The library often names the line where
// the surrounding block begins, or none. The shortest beginning of the file
// that gives the same error ends in the line to blame.
func (r reader) locate(err error, reported int) int {
	const affordable = 512 << 10
	ends := lineEnds(r.data)
	if len(r.data) > affordable {
		return min(max(reported, 1), len(ends))
	}
	want := bare(err)
	low, high := max(reported, 1), len(ends)
	for low < high {
		mid := (low + high) / 2
		if bare(firstError(r.data[:ends[mid-1]])) == want {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return min(low, len(ends))
}

// bare is an error's text without its line.
func bare(err error) string {
	if err == nil {
		return ""
	}
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		return m[2]
	}
	return err.Error()
}

func firstError(data []byte) error {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	for {
		if _, err := decodeNode(dec); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
	}
}

// lineEnds returns the offset after each line.
func lineEnds(data []byte) []int {
	var ends []int
	for i, b := range data {
		if b == '\n' {
			ends = append(ends, i+1)
		}
	}
	if len(ends) == 0 || ends[len(ends)-1] < len(data) {
		ends = append(ends, len(data))
	}
	return ends
}

func (r reader) line(number int) string {
	ends := lineEnds(r.data)
	start := 0
	if number > 1 {
		start = ends[number-2]
	}
	return strings.TrimRight(string(r.data[start:ends[number-1]]), "\r\n")
}

// find returns line and column of the first occurrence of s.
func (r reader) find(s string) (line, col int) {
	i := bytes.Index(r.data, []byte(s))
	if i < 0 {
		return 1, 1
	}
	start := bytes.LastIndexByte(r.data[:i], '\n') + 1
	return bytes.Count(r.data[:i], []byte("\n")) + 1, utf8.RuneCount(r.data[start:i]) + 1
}

// reserved finds a value that begins with a character YAML keeps for itself.
func reserved(line string) int {
	for i, c := range line {
		if !strings.ContainsRune("@`%", c) {
			continue
		}
		before := strings.TrimRight(line[:i], " \t")
		if before == "" || before != line[:i] && strings.ContainsAny(before[len(before)-1:], ":-,[{") || strings.ContainsAny(before[len(before)-1:], "[{,") {
			return i
		}
	}
	return -1
}

// column turns a byte offset in a line into a column; a negative one stands for
// the first non-blank.
func column(line string, at int) int {
	if at < 0 {
		at = len(line) - len(strings.TrimLeft(line, " \t"))
	}
	return utf8.RuneCountInString(line[:at]) + 1
}
