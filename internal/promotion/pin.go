package promotion

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Pin is one version of a pin file, a patch of an OCIRepository.
type Pin struct {
	// Tag is the promotion tag; before the first promotion it is none.
	Tag, Digest string
	Suspended   bool
	// Held: the comment "# hold: REASON" is in it. It is a comment because the
	// file is applied to a Flux object, which has no such field.
	Held   bool
	Reason string
	// Commit, Actor and Time are of the version's commit. ReadPin leaves them
	// empty: Git knows them.
	Commit, Actor string
	Time          *time.Time
}

var holdLine = regexp.MustCompile(`(?m)^[ \t]*#[ \t]*hold:(.*)(?:\n|$)`) //nolint:gochecknoglobals // compiled once

// ReadPin reads a pin file.
func ReadPin(data []byte) (Pin, error) {
	f, err := parsePin(data)
	if err != nil {
		return Pin{}, err
	}
	p := Pin{Suspended: f.suspend.value != nil && f.suspend.value.Value == "true"}
	if f.tag.value != nil {
		p.Tag = f.tag.value.Value
	}
	if f.digest.value != nil {
		p.Digest = f.digest.value.Value
	}
	if at := f.hold(); at != nil {
		p.Held, p.Reason = true, strings.TrimSpace(string(data[at[2]:at[3]]))
	}
	return p, nil
}

// SetPin puts a promotion tag and its digest into a pin file and drops
// "suspend". Every other byte stays.
func SetPin(data []byte, tag, digest string) ([]byte, error) {
	f, err := parsePin(data)
	if err != nil {
		return nil, err
	}
	out := f.splice(tag, digest)
	p, err := ReadPin(out)
	if err != nil || p.Tag != tag || p.Digest != digest || p.Suspended {
		return nil, fmt.Errorf("the pin is written in a way that cannot be changed in place; write spec as a block: suspend, and ref with tag and digest below it")
	}
	return out, nil
}

// SetHold puts the line "# hold: REASON" above spec, in place of an earlier one.
func SetHold(data []byte, reason string) ([]byte, error) {
	data, err := DropHold(data)
	if err != nil {
		return nil, err
	}
	f, err := parsePin(data)
	if err != nil {
		return nil, err
	}
	line := "# hold: " + strings.Map(printable, oneLine(reason)) + newline(data)
	return slices.Concat(data[:f.spec.line], []byte(line), data[f.spec.line:]), nil
}

// DropHold takes the line out; a file without one stays as it is.
func DropHold(data []byte) ([]byte, error) {
	f, err := parsePin(data)
	if err != nil {
		return nil, err
	}
	for at := f.hold(); at != nil; at = f.hold() {
		if f, err = parsePin(slices.Concat(f.data[:at[0]], f.data[at[1]:])); err != nil {
			return nil, err
		}
	}
	return f.data, nil
}

// printable keeps a reason on its line and in YAML's character set.
func printable(r rune) rune {
	if r < ' ' || r == 0x7f || r == '\u0085' || r == '\u2028' || r == '\u2029' || r == '\ufeff' || r == '\ufffe' || r == '\uffff' || r > 0x7f && r < 0xa0 {
		return -1
	}
	return r
}

func newline(data []byte) string {
	if bytes.Contains(data, []byte("\r\n")) {
		return "\r\n"
	}
	return "\n"
}

// pair is a key and its value in a mapping. line is where the line of the key
// begins.
type pair struct {
	key, value *yaml.Node
	line       int
}

// pinFile is a parsed pin file with the places that are read or changed.
type pinFile struct {
	data                            []byte
	lines                           []int // where each line begins
	root                            *yaml.Node
	spec, suspend, ref, tag, digest pair
}

func parsePin(data []byte) (*pinFile, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, fmt.Errorf("pin: %w", err)
	}
	f := &pinFile{data: data, lines: []int{0}}
	for i, b := range data {
		if b == '\n' {
			f.lines = append(f.lines, i+1)
		}
	}
	if len(doc.Content) == 1 {
		f.root = doc.Content[0]
		f.spec = f.find(f.root, "spec")
	}
	if f.spec.value == nil || f.spec.value.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("pin: no mapping \"spec\"; restore the file from Git's log")
	}
	f.suspend, f.ref = f.find(f.spec.value, "suspend"), f.find(f.spec.value, "ref")
	if f.ref.value != nil {
		f.tag, f.digest = f.find(f.ref.value, "tag"), f.find(f.ref.value, "digest")
	}
	return f, nil
}

func (f *pinFile) find(mapping *yaml.Node, key string) pair {
	if mapping.Kind != yaml.MappingNode {
		return pair{}
	}
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if k := mapping.Content[i]; k.Value == key {
			return pair{k, mapping.Content[i+1], f.lines[k.Line-1]}
		}
	}
	return pair{}
}

// hold finds the hold's line: where it begins and ends, and its reason. A line
// that is part of a value is none, so the file must mean the same without it.
func (f *pinFile) hold() []int {
	for _, at := range holdLine.FindAllSubmatchIndex(f.data, -1) {
		var rest yaml.Node
		if err := yaml.Unmarshal(slices.Concat(f.data[:at[0]], f.data[at[1]:]), &rest); err != nil || len(rest.Content) == 0 {
			continue
		}
		if same(f.root, rest.Content[0]) {
			return at
		}
	}
	return nil
}

// same compares values, without comments and places.
func same(a, b *yaml.Node) bool {
	return a.Kind == b.Kind && a.Value == b.Value && a.Tag == b.Tag && slices.EqualFunc(a.Content, b.Content, same)
}
