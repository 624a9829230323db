package promotion

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/penstock-dev/penstock/internal/contract/splice"
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
	// Explanation is of the version's commit. ReadPin leaves it empty: Git knows.
	Explanation
}

// NotPromoted is the tag in a pin file before the first promotion.
const NotPromoted = "not-promoted-yet"

// byHand reports a pin that somebody wrote himself: it names no promotion.
func (p Pin) byHand() bool {
	if p.Digest == "" && (p.Tag == "" || p.Tag == NotPromoted) {
		return false
	}
	_, ok := p.claim()
	return !ok
}

var claimDate = regexp.MustCompile(`-[0-9]{4}-[0-9]{2}-[0-9]{2}\.`)

// claim reads the promotion tag. The file's place says which environment it is
// for: the tag may have been made under the name before a rename.
func (p Pin) claim() (Claim, bool) {
	at := claimDate.FindStringIndex(p.Tag)
	if at == nil {
		return Claim{}, false
	}
	return ParseClaim(p.Tag, p.Tag[:at[0]])
}

var holdLine = regexp.MustCompile(`(?m)^[ \t]*#[ \t]*hold:(.*)(?:\n|$)`)

// ReadPin reads a pin file.
func ReadPin(data []byte) (Pin, error) {
	f, err := parsePin(data)
	if err != nil {
		return Pin{}, err
	}
	p := Pin{Suspended: f.suspend.Value != nil && f.suspend.Value.Value == "true"}
	if f.tag.Value != nil {
		p.Tag = f.tag.Value.Value
	}
	if f.digest.Value != nil {
		p.Digest = f.digest.Value.Value
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
		return nil, errors.New("the pin is written in a way that cannot be changed in place; write spec as a block: suspend, and ref with tag and digest below it")
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
	line := "# hold: " + strings.Map(printable, oneLine(reason)) + f.Newline()
	return slices.Insert(slices.Clone(data), f.Line(f.spec.Key), []byte(line)...), nil
}

// DropHold takes the line out; a file without one stays as it is.
func DropHold(data []byte) ([]byte, error) {
	f, err := parsePin(data)
	if err != nil {
		return nil, err
	}
	for at := f.hold(); at != nil; at = f.hold() {
		if f, err = parsePin(slices.Concat(f.Data[:at[0]], f.Data[at[1]:])); err != nil {
			return nil, err
		}
	}
	return f.Data, nil
}

// printable keeps a reason on its line and in YAML's character set.
func printable(r rune) rune {
	if r < ' ' || r == 0x7f || r == '\u0085' || r == '\u2028' || r == '\u2029' || r == '\ufeff' || r == '\ufffe' || r == '\uffff' || r > 0x7f && r < 0xa0 {
		return -1
	}
	return r
}

// pinFile is a parsed pin file with the places that are read or changed.
type pinFile struct {
	*splice.File
	spec, suspend, ref, tag, digest splice.Pair
}

func parsePin(data []byte) (*pinFile, error) {
	file, err := splice.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("pin: %w", err)
	}
	f := &pinFile{File: file, spec: splice.Find(file.Root, "spec")}
	if f.spec.Value == nil || f.spec.Value.Kind != yaml.MappingNode {
		return nil, errors.New("pin: no mapping \"spec\"; restore the file from Git's log")
	}
	f.suspend, f.ref = splice.Find(f.spec.Value, "suspend"), splice.Find(f.spec.Value, "ref")
	f.tag, f.digest = splice.Find(f.ref.Value, "tag"), splice.Find(f.ref.Value, "digest")
	return f, nil
}

// hold finds the hold's line: where it begins and ends, and its reason. A line
// that is part of a value is none, so the file must mean the same without it.
func (f *pinFile) hold() []int {
	for _, at := range holdLine.FindAllSubmatchIndex(f.Data, -1) {
		var rest yaml.Node
		if err := yaml.Unmarshal(slices.Concat(f.Data[:at[0]], f.Data[at[1]:]), &rest); err != nil || len(rest.Content) == 0 {
			continue
		}
		if same(f.Root, rest.Content[0]) {
			return at
		}
	}
	return nil
}

// same compares values, without comments and places.
func same(a, b *yaml.Node) bool {
	return a.Kind == b.Kind && a.Value == b.Value && a.Tag == b.Tag && slices.EqualFunc(a.Content, b.Content, same)
}
