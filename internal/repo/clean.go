package repo

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/penstock-dev/penstock/internal/repo/index"
)

// ends is what Git does about the line ends of a file that it takes in.
type ends int

const (
	keepEnds  ends = iota
	textEnds       // always LF
	guessEnds      // LF, unless it looks binary or is stored with CRLF already
)

// clean returns what Git stores of a file with these bytes in the work tree:
// what "git add" would. Only line ends are changed; a file with another filter
// is an error.
func (a *attributes) clean(p string, data []byte) ([]byte, error) {
	has, err := a.of(p)
	if err != nil {
		return nil, err
	}
	if err := a.filtered(p, has); err != nil {
		return nil, err
	}
	return a.cleanEnds(p, data, has)
}

func (a *attributes) cleanEnds(p string, data []byte, has map[string]string) ([]byte, error) {
	e := a.repo.ends(has)
	if e == keepEnds || !bytes.Contains(data, []byte("\r\n")) {
		return data, nil
	}
	if e == guessEnds {
		if looksBinary(data) {
			return data, nil
		}
		stored, err := a.repo.blob(a.index, p)
		if err != nil {
			return nil, err
		}
		if bytes.Contains(stored, []byte("\r\n")) && !looksBinary(stored) {
			return data, nil
		}
	}
	return bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")), nil
}

// filtered refuses a file of which Git stores something else than its lines.
func (a *attributes) filtered(p string, has map[string]string) error {
	what := ""
	switch {
	case set(has["filter"]):
		what = "filter=" + has["filter"]
	case set(has["working-tree-encoding"]):
		what = "working-tree-encoding=" + has["working-tree-encoding"]
	case has["ident"] == "true":
		what = "ident"
	default:
		return nil
	}
	return fmt.Errorf("%s: Git's attributes give it %q, so Git stores other bytes than stand in the file, and penstock runs no filters; "+
		"commit with git, or take the attribute away from this file", filepath.Join(a.repo.root, filepath.FromSlash(p)), what)
}

// set reports whether an attribute that wants a value has one.
func set(value string) bool { return value != "" && value != "true" && value != "false" }

// ends decides by a file's attributes, then by the settings, as Git's convert.c
// does.
func (r *Repo) ends(has map[string]string) ends {
	text, ok := endsOf(has["text"])
	if !ok {
		text, ok = endsOf(has["crlf"]) // its former name
	}
	switch eol := has["eol"]; {
	case ok && text == keepEnds:
		return keepEnds
	case ok:
		return text
	case eol == "lf" || eol == "crlf":
		return textEnds
	case r.config.Get("core.autocrlf") == "input" || r.config.Is("core.autocrlf", false):
		return guessEnds
	}
	return keepEnds
}

func endsOf(value string) (e ends, ok bool) {
	switch value {
	case "true", "input":
		return textEnds, true
	case "false":
		return keepEnds, true
	case "auto":
		return guessEnds, true
	}
	return keepEnds, false
}

// looksBinary guesses as Git does: by a carriage return that ends no line, a
// zero, or many characters that can't be printed.
func looksBinary(data []byte) bool {
	printable, odd := 0, 0
	for i, c := range data {
		switch {
		case c == 0:
			return true
		case c == '\r':
			if i+1 == len(data) || data[i+1] != '\n' {
				return true
			}
		case c == '\n':
		case c == '\b', c == '\t', c == '\x1b', c == '\f':
			printable++
		case c < ' ', c == 0x7f:
			odd++
		default:
			printable++
		}
	}
	if len(data) > 0 && data[len(data)-1] == 0x1a {
		odd-- // the end of a text, for DOS
	}
	return printable>>7 < odd
}

// workFile reads a file of the work tree; through no link, as Git.
func (r *Repo) workFile(p string) ([]byte, error) {
	file := filepath.Join(r.root, filepath.FromSlash(p))
	if info, err := os.Lstat(file); err != nil || !info.Mode().IsRegular() {
		return nil, fs.ErrNotExist
	}
	return os.ReadFile(file)
}

// blob returns a file as the index has it; nil when it does not, or when the
// clone lacks its content.
func (r *Repo) blob(x *index.Index, p string) ([]byte, error) {
	i, ok := x.Find(p)
	if !ok {
		return nil, nil
	}
	data, err := r.read(plumbing.Hash(x.Entries[i].Hash()))
	if errors.Is(err, plumbing.ErrObjectNotFound) {
		return nil, nil
	}
	return data, err
}
