package repo

import (
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/penstock-dev/penstock/internal/repo/index"
)

// unfold puts, in a sparse index, the files in the place of each folder that
// one of the files is in. The other folders stay folded up.
func (r *Repo) unfold(x *index.Index, files []File) error {
	in := func(e index.Entry) bool {
		for _, f := range files {
			if strings.HasPrefix(f.Path, e.Path) {
				return true
			}
		}
		return false
	}
	return x.Unfold(in, func(e index.Entry) ([]index.Entry, error) {
		tree, err := r.entries(newWriter(r, nil), plumbing.Hash(e.Hash()))
		if err != nil {
			return nil, err
		}
		var list []index.Entry
		for _, t := range tree {
			p := e.Path + t.Name
			if t.Mode == dirMode {
				p += "/"
			}
			list = append(list, index.NewEntry(p, uint32(t.Mode), t.Hash, 0, [index.StatSize]byte{}))
		}
		return list, nil
	})
}
