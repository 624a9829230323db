package repo

import (
	"errors"
	"fmt"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// Branch finds what counts of a branch: the remote's, as it was when it was
// last fetched, or, without a remote's, the local one. ok is false when there
// is neither.
func (r *Repo) Branch(name string) (h Head, ok bool, err error) {
	refs := []plumbing.ReferenceName{plumbing.NewBranchReferenceName(name)}
	remote, err := r.remote()
	if err != nil {
		return h, false, err
	}
	if remote != nil {
		refs = append([]plumbing.ReferenceName{plumbing.NewRemoteReferenceName(remote.Config().Name, name)}, refs...)
	}
	for _, ref := range refs {
		at, err := r.git.Reference(ref, true)
		if errors.Is(err, plumbing.ErrReferenceNotFound) {
			continue
		}
		if err != nil {
			return h, false, fmt.Errorf("%s: %s: %w", r.root, ref, err)
		}
		h = Head{Ref: ref.Short(), Commit: at.Hash().String()}
		h.Time, ok, err = r.CommitTime(h.Commit)
		return h, ok, err
	}
	return h, false, nil
}

// remote is origin or, where that is not there, the only one; else nil.
func (r *Repo) remote() (*git.Remote, error) {
	remotes, err := r.git.Remotes()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.root, err)
	}
	for _, remote := range remotes {
		if remote.Config().Name == git.DefaultRemoteName || len(remotes) == 1 {
			return remote, nil
		}
	}
	return nil, nil
}

// File returns a file as a commit has it; nil when it does not.
func (r *Repo) File(commit, path string) ([]byte, error) {
	c, err := r.git.CommitObject(plumbing.NewHash(commit))
	if err != nil {
		return nil, r.missing("commit", plumbing.NewHash(commit), err)
	}
	e, err := r.lookup(c.TreeHash, path)
	if err != nil || e.Hash == plumbing.ZeroHash || e.Mode == dirMode {
		return nil, err
	}
	return r.read(e.Hash)
}

// lookup returns the entry at a path below a tree; a zero one when there is
// none.
func (r *Repo) lookup(tree plumbing.Hash, path string) (object.TreeEntry, error) {
	w := newWriter(r, nil)
	entries, err := r.entries(w, tree)
	if err != nil {
		return object.TreeEntry{}, err
	}
	e, _, err := r.find(w, entries, path)
	return e, err
}
