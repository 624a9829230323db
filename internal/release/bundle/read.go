package bundle

import (
	"bytes"
	"errors"
	"io/fs"
	slashpath "path"
	"strings"

	"github.com/fluxcd/pkg/sourceignore"
	"github.com/fluxcd/pkg/sourceignore/gitignore"

	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/generate/tree"
)

// MaxSize is how many bytes of files a bundle may hold: what Flux unpacks.
const MaxSize = 100 << 20

// Source is the folder that a bundle is made from.
type Source struct {
	// Dir is the folder as the user knows it; messages begin with it.
	Dir   string
	Files tree.Tree
	// LeftOut lists, sorted, the files that Flux would drop after the download:
	// images, archives, files of Git and of CI systems, and what a
	// .sourceignore in the folder names. They are not in Files.
	LeftOut []string
}

// Read takes in everything below the root of fsys but what Flux would drop. It
// refuses symbolic links, which Flux skips without a word.
func Read(fsys fs.FS, dir string) (Source, diag.List) {
	src := Source{Dir: dir, Files: tree.Tree{}}
	var ds diag.List
	ignored, err := ignorePatterns(fsys)
	if err != nil {
		ds.Add(diag.Where{File: dir}, readProblem(err), `name the app's folder with --path`)
		return src, ds
	}
	size := int64(0)
	err = fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		where := diag.Where{File: src.file(p)}
		switch {
		case err != nil:
			ds.Add(where, readProblem(err), "")
			return nil
		case p == ".":
			return nil
		case d.Name() == ".git":
			return skip(d)
		case d.IsDir():
			return nil
		case ignored.Match(strings.Split(p, "/"), false):
			src.LeftOut = append(src.LeftOut, p)
			return nil
		case d.Type()&fs.ModeSymlink != 0:
			ds.Add(where, "is a symbolic link, which Flux skips", "put the file itself there")
			return nil
		case !d.Type().IsRegular():
			ds.Add(where, "is not a regular file", "leave it out of the folder")
			return nil
		}
		if info, err := d.Info(); err == nil {
			size += info.Size()
		}
		if size > MaxSize {
			ds.Add(diag.Where{File: dir}, "holds more than the 100 MiB that Flux unpacks", "keep what is not a manifest elsewhere, or name it in .sourceignore")
			return fs.SkipAll
		}
		if err := src.add(fsys, p, d); err != nil {
			ds.Add(where, readProblem(err), "")
		}
		return nil
	})
	if err != nil {
		ds.Add(diag.Where{File: dir}, readProblem(err), "")
	}
	return src, ds
}

// file is a path of the bundle as the user knows it.
func (s Source) file(path string) string { return slashpath.Join(s.Dir, path) }

func (s Source) add(fsys fs.FS, p string, d fs.DirEntry) error {
	data, err := fs.ReadFile(fsys, p)
	if err != nil {
		return err
	}
	info, err := d.Info()
	if err != nil {
		return err
	}
	mode := tree.Regular
	if info.Mode()&0o100 != 0 {
		mode = tree.Executable
	}
	return s.Files.Add(p, tree.File{Data: data, Mode: mode})
}

func skip(d fs.DirEntry) error {
	if d.IsDir() {
		return fs.SkipDir
	}
	return nil
}

// ignorePatterns is what source-controller drops: its own list and, in the
// order in which it reads them, the .sourceignore files of the folder.
func ignorePatterns(fsys fs.FS) (gitignore.Matcher, error) {
	var patterns []gitignore.Pattern
	err := fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !d.IsDir() {
			return nil
		}
		if d.Name() == ".git" {
			return fs.SkipDir
		}
		data, err := fs.ReadFile(fsys, slashpath.Join(p, sourceignore.IgnoreFile))
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		var domain []string
		if p != "." {
			domain = strings.Split(p, "/")
		}
		patterns = append(patterns, sourceignore.ReadPatterns(bytes.NewReader(data), domain)...)
		return nil
	})
	return sourceignore.NewDefaultMatcher(patterns, nil), err
}

// readProblem says what the operating system said, without a path of its own.
func readProblem(err error) string {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err.Error()
	}
	return err.Error()
}
