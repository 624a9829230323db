// Package state turns one unit's pristine state into one text file, and back.
//
// In goes a tree.Unit: the exact bytes and modes that the last run wrote. Out
// comes text that two Git branches can merge line by line: no counts, and no
// digest of the whole except the unit's own "inputs" line. It decides nothing
// about the files and reads no disk.
//
//	penstock-state v1
//	# a comment
//	unit team/payments
//	inputs sha256:…
//
//	file 644 managed tenants/payments/base/kustomization.yaml
//	:a line of the file
//	\a line with bytes that need escaping: \x00\r
//	no-final-newline
//
//	end
package state

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/penstock-dev/penstock/internal/tree"
)

// Dir is the folder of Penstock's own files in a target, as a slash path.
const Dir = ".penstock"

// Folder holds the state files of a target, as a slash path.
const Folder = Dir + "/state"

// Attributes is the content of Dir/.gitattributes: what is in there has LF in
// every checkout, and reviews show it collapsed. Where it came out with CRLF
// before there was this file, that is no change.
const Attributes = "# Written by penstock. Keeps the pristine state in LF and out of reviews.\n* text=auto eol=lf linguist-generated gitlab-generated\n/moved.txt merge=union\n"

// FormerAttributes is what earlier versions wrote in the place of Attributes.
const FormerAttributes = "# Written by penstock. Keeps the pristine state byte for byte and out of reviews.\n* -text linguist-generated\n"

// Ignore is the content of Dir/.gitignore: what only a running or a killed
// penstock leaves there is never committed.
const Ignore = "# Written by penstock. Only there while it runs.\n/lock\n/tmp*\n"

const (
	version = "penstock-state v1"
	note    = `# What penstock wrote last: the base of every merge. "penstock generate" keeps it; do not edit.`
	suffix  = ".txt"

	keyUnit   = "unit "
	keyInputs = "inputs "
	keyFile   = "file "
	noNewline = "no-final-newline"
	end       = "end"
	plain     = ':'
	escaped   = '\\'
)

// Path returns where a unit's state is kept in its target, as a slash path.
func Path(unit string) string { return Folder + "/" + unit + suffix }

// UnitName is the inverse of Path. It reports false for a path that is not a
// state file's.
func UnitName(path string) (string, bool) {
	name, ok := strings.CutPrefix(path, Folder+"/")
	if !ok {
		return "", false
	}
	name, ok = strings.CutSuffix(name, suffix)
	return name, ok && name != ""
}

// Encode returns the text of a unit's state file. Equal units give equal bytes.
func Encode(u tree.Unit) []byte {
	size := 256
	for p, f := range u.Files {
		size += len(p) + len(f.Data) + len(f.Data)/16 + 32
	}
	b := bytes.NewBuffer(make([]byte, 0, size))
	b.WriteString(version + "\n" + note + "\n" + keyUnit + quote(u.Name) + "\n")
	if u.Inputs != "" {
		b.WriteString(keyInputs + quote(u.Inputs) + "\n")
	}
	for _, p := range u.Files.Paths() {
		encodeFile(b, p, u.Files[p], u.IsSeeded(p))
	}
	b.WriteString("\n" + end + "\n")
	return b.Bytes()
}

func encodeFile(b *bytes.Buffer, path string, f tree.File, seeded bool) {
	kind := "managed "
	if seeded {
		kind = "seeded "
	}
	b.WriteString("\n" + keyFile + strconv.FormatUint(uint64(f.Mode), 8) + " " + kind + quote(path) + "\n")
	data := f.Data
	for len(data) > 0 {
		line, rest, found := bytes.Cut(data, []byte{'\n'})
		encodeLine(b, line)
		if !found {
			b.WriteString(noNewline + "\n")
		}
		data = rest
	}
}
