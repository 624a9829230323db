// Package tree is the value that every step of Penstock passes on: files by
// their slash path, held in memory.
//
// It checks paths and compares files. It reads and writes no disk.
package tree

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Mode is what Git keeps of a file's permissions: whether it can be executed.
type Mode uint32

// The two modes that a generated file can have.
const (
	Regular    Mode = 0o644
	Executable Mode = 0o755
)

// File is one file's content. Data belongs to the File: nobody changes it
// after the File was put into a Tree.
type File struct {
	Data []byte
	Mode Mode
	// Raw is Data with the line ends of a work tree; nil where those are Data's.
	// It is for what writes there: nothing is decided by it.
	Raw []byte
}

// Equal reports whether content and mode are the same, whatever the line ends
// of the work tree.
func (f File) Equal(g File) bool { return f.Mode == g.Mode && bytes.Equal(f.Data, g.Data) }

// Hash returns the file's content and mode as "sha256:" and 64 hex digits.
func (f File) Hash() string {
	h := sha256.New()
	fmt.Fprintf(h, "%o\n", f.Mode)
	h.Write(f.Data)
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

// Tree maps a slash path, relative to a target's root, to its file. Paths are
// those that CheckPath accepts; Add keeps that promise.
type Tree map[string]File

// Add puts a file in. A path that CheckPath refuses, or that is there already,
// is an error: two sources for one path is a mistake in a template or table.
func (t Tree) Add(path string, f File) error {
	if err := CheckPath(path); err != nil {
		return err
	}
	if _, ok := t[path]; ok {
		return fmt.Errorf("%s: written by two sources", path)
	}
	t[path] = f
	return nil
}

// Merge adds all files of other, as Add does.
func (t Tree) Merge(other Tree) error {
	for _, p := range other.Paths() {
		if err := t.Add(p, other[p]); err != nil {
			return err
		}
	}
	return nil
}

// Paths returns the paths in byte order.
func (t Tree) Paths() []string { return slices.Sorted(maps.Keys(t)) }

// Equal reports whether both trees hold the same paths with equal files.
func (t Tree) Equal(other Tree) bool { return maps.EqualFunc(t, other, File.Equal) }

// CheckPath refuses what must never become a file below a target: an empty or
// absolute path, empty, "." or ".." segments, a backslash, a colon, control
// characters, text that is not UTF-8, and anything inside ".git".
func CheckPath(path string) error {
	if path == "" {
		return fmt.Errorf("%q: an empty path", path)
	}
	if !utf8.ValidString(path) || strings.ContainsFunc(path, badRune) {
		return fmt.Errorf("%q: a character that no generated path may have", path)
	}
	for seg := range strings.SplitSeq(path, "/") {
		switch {
		case seg == "" || seg == "." || seg == "..":
			return fmt.Errorf("%q: leaves its folder or is not in its simplest form", path)
		case strings.EqualFold(seg, ".git"):
			return fmt.Errorf("%q: inside Git's own folder", path)
		}
	}
	return nil
}

func badRune(r rune) bool { return r == '\\' || r == ':' || unicode.IsControl(r) }

// Unit is a part of a target repository that is rendered, kept as pristine
// state and skipped as one: the platform core, a cluster, a team, an app.
type Unit struct {
	// Name is the unit's own slash path, such as "team/payments".
	Name string
	// Inputs is a digest of all that the unit's files are made from, in hex
	// digits. Two equal digests promise equal files, so that the unit need not
	// be rendered. Where Git merged what several runs wrote it holds all of
	// theirs, sorted, with blanks between.
	Inputs string
	Files  Tree
	// Seeded lists the paths in Files that are written once and then belong
	// to the user. It is sorted.
	Seeded []string
}

// IsSeeded reports whether path is one of the unit's seeded files.
func (u Unit) IsSeeded(path string) bool {
	_, found := slices.BinarySearch(u.Seeded, path)
	return found
}
