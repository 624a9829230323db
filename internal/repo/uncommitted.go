package repo

import (
	"errors"
	"fmt"
	"io"
	slashpath "path"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/penstock-dev/penstock/internal/generate/tree"
)

// Uncommitted lists, sorted, the files below a folder in which HEAD differs from
// files, as paths in dir: changed, not committed, or committed and no longer
// there.
func (r *Repo) Uncommitted(dir, folder string, files tree.Tree) ([]string, error) {
	below, err := r.Path(dir)
	if err != nil {
		return nil, err
	}
	head, ok, err := r.Head()
	if err != nil {
		return nil, err
	}
	committed := map[string]plumbing.Hash{}
	if ok {
		if committed, err = r.hashes(head.Commit, slashpath.Join(below, folder)); err != nil {
			return nil, err
		}
	}
	var list []string
	for p, f := range files {
		at := strings.TrimPrefix(p, folder+"/")
		// As it stands here, or with the line ends that Git stores.
		has := committed[at]
		if has != plumbing.ComputeHash(plumbing.BlobObject, f.Data) && has != plumbing.ComputeHash(plumbing.BlobObject, tree.LF(f.Data)) {
			list = append(list, p)
		}
		delete(committed, at)
	}
	for at := range committed {
		list = append(list, folder+"/"+at)
	}
	slices.Sort(list)
	return list, nil
}

// hashes are the blobs below a folder of a commit, by their paths in it.
func (r *Repo) hashes(commit, folder string) (map[string]plumbing.Hash, error) {
	found := map[string]plumbing.Hash{}
	c, err := r.git.CommitObject(plumbing.NewHash(commit))
	if err != nil {
		return nil, r.missing("commit", plumbing.NewHash(commit), err)
	}
	root, err := c.Tree()
	if err != nil {
		return nil, fmt.Errorf("%s: commit %s: %w", r.root, commit, err)
	}
	sub, err := root.Tree(folder)
	if errors.Is(err, object.ErrDirectoryNotFound) {
		return found, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: commit %s: %w", r.root, commit, err)
	}
	walker := object.NewTreeWalker(sub, true, nil)
	defer walker.Close()
	for {
		name, entry, err := walker.Next()
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: commit %s: %w", r.root, commit, err)
		}
		if entry.Mode.IsFile() {
			found[name] = entry.Hash
		}
	}
}
