package repo

import (
	"errors"
	"fmt"
	slashpath "path"
	"time"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/penstock-dev/penstock/internal/tree"
)

// Head is the commit that a work tree is at.
type Head struct {
	Ref    string // the branch, or "HEAD" when none is checked out
	Commit string // 40 hex digits
	Time   time.Time
}

// Revision is the head as Flux writes it.
func (h Head) Revision() string { return h.Ref + "@sha1:" + h.Commit }

// Head returns the commit that is checked out; ok is false when nothing was
// committed yet.
func (r *Repo) Head() (h Head, ok bool, err error) {
	ref, err := r.git.Head()
	if errors.Is(err, plumbing.ErrReferenceNotFound) {
		return h, false, nil
	}
	if err != nil {
		return h, false, fmt.Errorf("%s: %w", r.root, err)
	}
	h = Head{Ref: "HEAD", Commit: ref.Hash().String()}
	if ref.Name().IsBranch() {
		h.Ref = ref.Name().Short()
	}
	h.Time, ok, err = r.CommitTime(h.Commit)
	if err == nil && !ok {
		err = fmt.Errorf("%s: the commit %s is missing; fetch it", r.root, h.Commit)
	}
	return h, ok, err
}

// CommitTime returns when a commit was made; ok is false when the repository
// does not have it.
func (r *Repo) CommitTime(commit string) (t time.Time, ok bool, err error) {
	c, err := r.git.CommitObject(plumbing.NewHash(commit))
	if errors.Is(err, plumbing.ErrObjectNotFound) {
		return t, false, nil
	}
	if err != nil {
		return t, false, fmt.Errorf("%s: commit %s: %w", r.root, commit, err)
	}
	return c.Committer.When, true, nil
}

// Changed returns the first file, by path, that the commit does not have as it
// is in files, which were read from dir; empty when it has all.
func (r *Repo) Changed(commit, dir string, files tree.Tree) (string, error) {
	below, err := r.Path(dir)
	if err != nil {
		return "", err
	}
	c, err := r.git.CommitObject(plumbing.NewHash(commit))
	if err != nil {
		return "", fmt.Errorf("%s: commit %s: %w", r.root, commit, err)
	}
	root, err := c.Tree()
	if err != nil {
		return "", fmt.Errorf("%s: commit %s: %w", r.root, commit, err)
	}
	for _, p := range files.Paths() {
		entry, err := root.FindEntry(slashpath.Join(below, p))
		if err != nil || entry.Hash != plumbing.ComputeHash(plumbing.BlobObject, files[p].Data) {
			return p, nil
		}
	}
	return "", nil
}
