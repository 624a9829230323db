package repo

import (
	"crypto/sha1"
	"errors"
	"fmt"
	slashpath "path"
	"time"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/penstock-dev/penstock/internal/generate/tree"
	"github.com/penstock-dev/penstock/internal/repo/index"
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
	a, err := r.stored()
	if err != nil {
		return "", err
	}
	for _, p := range files.Paths() {
		at := slashpath.Join(below, p)
		entry, err := root.FindEntry(at)
		if err != nil {
			return p, nil //nolint:nilerr // it is not in the commit
		}
		if entry.Hash == plumbing.ComputeHash(plumbing.BlobObject, files[p].Data) {
			continue
		}
		data, err := a.clean(at, files[p].Data)
		if err != nil {
			return "", err
		}
		if entry.Hash != plumbing.ComputeHash(plumbing.BlobObject, data) {
			return p, nil
		}
	}
	return "", nil
}

// Stored returns files of a folder in the work tree with the line ends that Git
// stores, so that they are the same in each checkout.
func (r *Repo) Stored(dir string, files tree.Tree) (tree.Tree, error) {
	below, err := r.Path(dir)
	if err != nil {
		return nil, err
	}
	a, err := r.stored()
	if err != nil {
		return nil, err
	}
	list := make(tree.Tree, len(files))
	for p, f := range files {
		at := slashpath.Join(below, p)
		has, err := a.of(at)
		if err != nil {
			return nil, err
		}
		if f.Data, err = a.cleanEnds(at, f.Data, has); err != nil {
			return nil, err
		}
		list[p] = f
	}
	return list, nil
}

// stored returns the attributes that hold now.
func (r *Repo) stored() (*attributes, error) {
	x, err := index.Read(r.gitDir, sha1.Size)
	if err != nil {
		return nil, err
	}
	return r.attributes(x)
}
