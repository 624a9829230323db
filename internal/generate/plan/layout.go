package plan

import (
	"bytes"
	"encoding/json"
	"path"
	"regexp"
	"strings"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/generate/merge"
)

// laidOut merges a file that a formatter laid out anew, where merging its lines
// conflicts. It reports false where a person changed what the contract changed.
//
// Lines that are the same but for spaces and quotes count as unchanged, and keep
// the user's bytes. Where only the layout was changed nothing is left to decide:
// if the lines do not fit together all the same, the generated text is taken
// whole, and the formatter comes over it again.
func laidOut(name string, pristine, current, desired []byte) ([]byte, bool) {
	says, normal := layoutOf(name)
	if says == nil {
		return nil, false
	}
	onlyLayout := says(pristine) == says(current)
	if onlyLayout {
		normal = blanks
		if path.Ext(name) != ".md" {
			normal = quotes
		}
	}
	p, d := merge.Layout(pristine, current, desired, normal)
	m := merge.Merge(p, current, d)
	switch {
	case onlyLayout && (len(m.Conflicts) > 0 || says(m.Data) != says(desired)):
		return desired, true
	case len(m.Conflicts) > 0:
		return nil, false
	}
	return m.Data, true
}

// layoutOf returns what a text of this format says, however it is laid out, and
// the form in which two of its lines are the same although somebody else's edit
// stands between them. The first is nil where Penstock knows no layout.
func layoutOf(name string) (says func([]byte) string, normal func(string) string) {
	switch path.Ext(name) {
	case ".yaml", ".yml":
		return contract.Essence, func(line string) string { // what belongs to what hangs on the indentation
			return line[:len(line)-len(strings.TrimLeft(line, " "))] + quotes(line)
		}
	case ".md":
		return markdownEssence, blanks
	case ".json":
		return func(data []byte) string {
			var b bytes.Buffer
			if json.Compact(&b, data) != nil {
				return string(data)
			}
			return b.String()
		}, blanks
	}
	return nil, nil
}

var dashes = regexp.MustCompile(`--+`) //nolint:gochecknoglobals // compiled once

// blanks is a line without what formatters change in text: the number of blanks,
// and of the dashes below a table's head.
func blanks(line string) string {
	return dashes.ReplaceAllString(strings.Join(strings.Fields(line), " "), "--")
}

// quotes is the same for YAML, where the kind of quotes changes, too.
func quotes(line string) string { return strings.ReplaceAll(blanks(line), "'", `"`) }

// markdownEssence is a text without empty lines and padding. Blanks count in
// blocks of code, so those stay as they are.
func markdownEssence(data []byte) string {
	var b strings.Builder
	code := false
	for line := range strings.Lines(string(data)) {
		if fence := strings.HasPrefix(strings.TrimSpace(line), "```"); fence || code {
			code = code != fence
		} else if line = blanks(line); line == "" {
			continue
		}
		b.WriteString(strings.TrimRight(line, "\n") + "\n")
	}
	return b.String()
}
