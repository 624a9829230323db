package contract

import (
	"strings"
	"sync"
)

//nolint:gochecknoglobals // read from types.go on first use, never written again
var descriptions = sync.OnceValue(comments)

// Help says what a field means, what may be written and what holds when it is
// left out, in a few lines for a person who fills it in. The field is a path
// as for Check.
func Help(fieldPath string) string {
	f := lookup(fieldPath)
	if f == nil {
		return ""
	}
	lines := []string{descriptions()[ownerOf(fieldPath)+"."+f.goName]}
	if v := f.values(); v != "" && f.kind != mapping {
		lines = append(lines, "Write "+v+".")
	}
	if o := f.otherwise(); !f.need && o != "none" {
		lines = append(lines, "Default: "+o+".")
	}
	return strings.ReplaceAll(strings.Join(lines, "\n"), "`", "")
}

// Describe says what a field means, and nothing of what may be written.
func Describe(fieldPath string) string {
	f := lookup(fieldPath)
	if f == nil {
		return ""
	}
	return strings.ReplaceAll(descriptions()[ownerOf(fieldPath)+"."+f.goName], "`", "")
}

// Options lists the values that a field allows, or that are known to be good;
// none when it has no such list.
func Options(fieldPath string) []string {
	f := lookup(fieldPath)
	switch {
	case f == nil:
		return nil
	case f.rule != nil && len(f.rule.known) > 0:
		return f.rule.known
	}
	return append([]string(nil), f.enum...)
}

// Example is a value that a field may have; "" where it is known by other means.
func Example(fieldPath string) string { return lookup(fieldPath).example }

// ownerOf is the name of the type that has the field.
func ownerOf(fieldPath string) string {
	at := strings.LastIndex(fieldPath, ".")
	if at < 0 {
		return shape().name
	}
	return lookup(fieldPath[:at]).object.name
}
