package repo

import (
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// open puts, in a sparse index, the files in the place of each folder that one
// of the files is in. The other folders stay folded up.
func (x *index) open(r *Repo, files []File) error {
	for {
		i := slices.IndexFunc(x.entries, func(e entry) bool {
			if !e.folder() {
				return false
			}
			return slices.ContainsFunc(files, func(f File) bool { return strings.HasPrefix(f.Path, e.path) })
		})
		if i < 0 {
			return nil
		}
		files, err := x.entries[i].open(r)
		if err != nil {
			return err
		}
		x.entries = slices.Replace(x.entries, i, i+1, files...)
		x.sort()
	}
}

// open returns what is in a folder, one level of it.
func (e *entry) open(r *Repo) ([]entry, error) {
	tree, err := r.entries(newWriter(r, nil), plumbing.Hash(e.hash()))
	if err != nil {
		return nil, err
	}
	var list []entry
	for _, t := range tree {
		p := e.path + t.Name
		if t.Mode == dirMode {
			p += "/"
		}
		in := newEntry(p, uint32(t.Mode), t.Hash, 0, [statSize]byte{})
		in.skip()
		list = append(list, in)
	}
	return list, nil
}
