// Package state turns one unit's pristine state into one text file, and back.
//
// In goes a tree.Unit: the exact bytes and modes that the last run wrote. Out
// comes text that Git merges as it merges the files themselves: no counts, no
// digests, and each line begins with a tag of the file that it belongs to, so
// that lines of two files never look the same. Where Git keeps both sides, by
// "merge=union" or between markers, the text can still be read, and holds all
// lines that either side generated. What a unit was made from stands in the
// name of an empty file beside it (Mark): two branches then have one each, and
// Git has nothing to merge. It decides nothing about the files and reads no disk.
//
//	penstock-state v2
//	# a comment
//	unit team/payments
//	file 644 managed 2r9fk1 tenants/payments/base/kustomization.yaml
//	2r9fk1:a line of the file
//	2r9fk1\a line with bytes that need escaping: \x00\r
//	2r9fk1.
//	end
//
// The line "2r9fk1." says that the file has no newline at its end.
package state

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"strconv"
	"strings"

	"github.com/penstock-dev/penstock/internal/generate/tree"
)

// Dir is the folder of Penstock's own files in a target, as a slash path.
const Dir = ".penstock"

// Folder holds the state files of a target, as a slash path.
const Folder = Dir + "/state"

// Attributes is the content of Dir/.gitattributes: what is in there has LF in
// every checkout, and reviews show it collapsed. Where it came out with CRLF
// before there was this file, that is no change.
const Attributes = "# Written by penstock. Keeps the pristine state in LF and out of reviews.\n* text=auto eol=lf linguist-generated gitlab-generated\n/moved.txt merge=union\n/state/** merge=union\n"

// FormerAttributes are what earlier versions wrote in the place of Attributes.
func FormerAttributes() []string {
	return []string{
		"# Written by penstock. Keeps the pristine state byte for byte and out of reviews.\n* -text linguist-generated\n",
		"# Written by penstock. Keeps the pristine state in LF and out of reviews.\n* text=auto eol=lf linguist-generated gitlab-generated\n/moved.txt merge=union\n",
	}
}

// Ignore is the content of Dir/.gitignore: what only a running or a killed
// penstock leaves there is never committed.
const Ignore = "# Written by penstock. Only there while it runs.\n/lock\n/tmp*\n"

const (
	version = "penstock-state v2"
	former  = "penstock-state v1" // read, never written
	note    = `# What penstock wrote last: the base of every merge. "penstock generate" keeps it; do not edit.`
	suffix  = ".txt"

	keyUnit = "unit "
	keyFile = "file "
	end     = "end"
	plain   = ':'
	escaped = '\\'
	unended = '.'
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

// Mark returns the path of the empty file that tells what a unit was made from:
// inputs is a digest in hex digits.
func Mark(unit, inputs string) string { return Path(unit) + "." + inputs }

// Marked is the inverse of Mark. It reports false for another path.
func Marked(path string) (unit, inputs string, ok bool) {
	i := strings.LastIndexByte(path, '.')
	if i < 0 || !digest(path[i+1:]) {
		return "", "", false
	}
	unit, ok = UnitName(path[:i])
	return unit, path[i+1:], ok
}

func digest(s string) bool {
	return len(s) >= 8 && strings.Trim(s, "0123456789abcdef") == ""
}

// Marks returns the marks of a unit, sorted: one for each of its inputs.
func Marks(u tree.Unit) []string {
	var list []string
	for inputs := range strings.FieldsSeq(u.Inputs) {
		list = append(list, Mark(u.Name, inputs))
	}
	return list
}

// Encode returns the text of a unit's state file. Equal units give equal bytes.
func Encode(u tree.Unit) []byte {
	size := 256
	for p, f := range u.Files {
		lines := bytes.Count(f.Data, []byte{'\n'}) + 1
		size += 2*len(p) + len(f.Data) + len(f.Data)/16 + lines*(tagSize+2) + 32
	}
	b := bytes.NewBuffer(make([]byte, 0, size))
	b.WriteString(version + "\n" + note + "\n" + keyUnit + quote(u.Name) + "\n")
	tags := map[string]bool{}
	for _, p := range u.Files.Paths() {
		tag := tagOf(p, tagSize)
		if tags[tag] {
			tag = tagOf(p, 2*tagSize)
		}
		tags[tag] = true
		encodeFile(b, p, tag, u.Files[p], u.IsSeeded(p))
	}
	b.WriteString(end + "\n")
	return b.Bytes()
}

const tagSize = 6

// tagOf returns what the lines of a file begin with: it hangs on the path alone.
func tagOf(path string, size int) string {
	sum := sha256.Sum256([]byte(path))
	return strings.ToLower(base32.HexEncoding.EncodeToString(sum[:]))[:size]
}

func encodeFile(b *bytes.Buffer, path, tag string, f tree.File, seeded bool) {
	kind := "managed "
	if seeded {
		kind = "seeded "
	}
	b.WriteString(keyFile + strconv.FormatUint(uint64(f.Mode), 8) + " " + kind + tag + " " + quote(path) + "\n")
	data := f.Data
	for len(data) > 0 {
		line, rest, found := bytes.Cut(data, []byte{'\n'})
		b.WriteString(tag)
		encodeLine(b, line)
		if !found {
			b.WriteString(tag + string(unended) + "\n")
		}
		data = rest
	}
}
