package repo

import (
	"os"
	"path/filepath"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/penstock-dev/penstock/internal/repo/index"
)

// stage makes the index agree with a commit about its files.
func (r *Repo) stage(x *index.Index, c Commit, hashes map[string]plumbing.Hash) error {
	for _, f := range c.Folders {
		x.Move(f.From, f.To)
	}
	paths := make(map[string][]index.Entry, len(c.Files))
	for _, f := range c.Files {
		paths[f.Path] = nil
		if !f.Removed {
			paths[f.Path] = []index.Entry{index.NewEntry(f.Path, uint32(r.mode(x, f)), hashes[f.Path], 0, r.stat(f))}
		}
	}
	x.Replace(paths)
	return nil
}

// stat is what Git remembers of a file that it knows to be as committed; zero
// when it is not, so that Git looks into it.
func (r *Repo) stat(f File) [index.StatSize]byte {
	info, err := os.Lstat(filepath.Join(r.root, filepath.FromSlash(f.Path)))
	if err != nil || !info.Mode().IsRegular() || info.Size() != int64(len(f.Data)) {
		return [index.StatSize]byte{}
	}
	return index.StatOf(info)
}

// Conflict is a file with conflict markers and the three texts behind it.
type Conflict struct {
	Path                       string
	Pristine, Current, Desired File
}

// Conflicts enters conflicts into the index, as a merge would: "git status"
// then shows them as modified on both sides, and "git mergetool" knows all
// three texts.
func (r *Repo) Conflicts(list []Conflict) error {
	return index.Change(r.gitDir, func(x *index.Index) error {
		a, err := r.attributes(x)
		if err != nil {
			return err
		}
		w := newWriter(r, a)
		paths := map[string][]index.Entry{}
		for _, c := range list {
			for i, f := range []File{c.Pristine, c.Current, c.Desired} {
				f.Path = c.Path
				hash, err := w.blob(f)
				if err != nil {
					return err
				}
				paths[c.Path] = append(paths[c.Path], index.NewEntry(c.Path, uint32(r.mode(x, f)), hash, i+1, [index.StatSize]byte{}))
			}
		}
		if err := w.close(); err != nil {
			return err
		}
		x.Replace(paths)
		return nil
	})
}
