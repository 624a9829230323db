package repo

import (
	"crypto/sha1"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/penstock-dev/penstock/internal/repo/index"
)

// Ready reports why no commit can be made now: nothing is written before it is
// known. branch is the branch to make for the commit; empty for the current one.
func (r *Repo) Ready(branch string) error {
	if what, abort := r.underWay(); what != "" {
		return fmt.Errorf("%s: in the middle of a %s; finish it, or give it up with %q, and run again", r.root, what, abort)
	}
	for _, role := range []string{"author", "committer"} {
		if _, err := r.signature(role, time.Time{}); err != nil {
			return err
		}
	}
	if _, err := r.destination(branch); err != nil {
		return err
	}
	x, err := index.Read(r.gitDir, sha1.Size)
	if err != nil {
		return err
	}
	if paths := x.Unmerged(); len(paths) > 0 {
		return fmt.Errorf("%s: %s is not merged in Git's index; resolve it, run \"git add\", and run again", r.root, paths[0])
	}
	if _, err := os.Lstat(filepath.Join(r.gitDir, "index.lock")); err == nil {
		return index.Locked(filepath.Join(r.gitDir, "index.lock"))
	}
	return nil
}

// Takes reports why files at these paths could not be committed as they stand:
// Git filters what is in them, or the clone lacks the folders around them.
func (r *Repo) Takes(paths []string) error {
	a, err := r.stored()
	if err != nil {
		return err
	}
	to, err := r.destination("")
	if err != nil && to.parent == plumbing.ZeroHash {
		return nil // Ready is about that
	}
	w := newWriter(r, nil)
	var root []object.TreeEntry
	if to.parent != plumbing.ZeroHash {
		if root, err = r.rootEntries(w, to.parent); err != nil {
			return err
		}
	}
	for _, p := range paths {
		has, err := a.of(p)
		if err != nil {
			return err
		}
		if err := a.filtered(p, has); err != nil {
			return err
		}
		if _, _, err := r.find(w, root, p); err != nil {
			return err
		}
	}
	return nil
}

// rootEntries returns what a commit has at its root.
func (r *Repo) rootEntries(w *writer, commit plumbing.Hash) ([]object.TreeEntry, error) {
	c, err := r.git.CommitObject(commit)
	if err != nil {
		return nil, r.missing("commit", commit, err)
	}
	return r.entries(w, c.TreeHash)
}

// underWay tells what Git is in the middle of in this work tree.
func (r *Repo) underWay() (what, abort string) {
	for _, s := range []struct{ file, what, abort string }{
		{"MERGE_HEAD", "merge", "git merge --abort"},
		{"rebase-merge", "rebase", "git rebase --abort"},
		{"rebase-apply", "rebase", "git rebase --abort"},
		{"CHERRY_PICK_HEAD", "cherry-pick", "git cherry-pick --abort"},
		{"REVERT_HEAD", "revert", "git revert --abort"},
		{"sequencer", "cherry-pick or revert", "git cherry-pick --abort"},
		{"BISECT_LOG", "bisect", "git bisect reset"},
	} {
		if _, err := os.Lstat(filepath.Join(r.gitDir, s.file)); err == nil {
			return s.what, s.abort
		}
	}
	return "", ""
}

// destination is where a commit goes.
type destination struct {
	ref    plumbing.ReferenceName
	parent plumbing.Hash // zero: the first commit
	old    plumbing.Hash // what ref holds now; zero: it is new
	head   string        // what HEAD is at now, for its log
	change bool          // HEAD has to be pointed at ref
}

// destination resolves HEAD and the branch to make.
func (r *Repo) destination(branch string) (destination, error) {
	var d destination
	head, err := r.git.Reference(plumbing.HEAD, false)
	if err != nil {
		return d, fmt.Errorf("%s: HEAD: %w", r.root, err)
	}
	if head.Type() == plumbing.HashReference {
		d.parent, d.head = head.Hash(), head.Hash().String()
	} else {
		d.ref, d.head = head.Target(), head.Target().Short()
		switch at, err := r.git.Reference(d.ref, true); {
		case err == nil:
			d.parent, d.old = at.Hash(), at.Hash()
		case !errors.Is(err, plumbing.ErrReferenceNotFound):
			return d, fmt.Errorf("%s: %s: %w", r.root, d.ref, err)
		}
	}
	if branch == "" {
		if d.ref == "" {
			return d, fmt.Errorf("%s: HEAD is on no branch, so the commit would be lost; name one with --branch", r.root)
		}
		return d, nil
	}
	ref := plumbing.NewBranchReferenceName(branch)
	if ref == d.ref {
		return d, nil
	}
	if err := ref.Validate(); err != nil || strings.HasPrefix(branch, "-") || branch == "HEAD" {
		return d, fmt.Errorf("--branch %q: is no name for a branch", branch)
	}
	switch _, err := r.git.Reference(ref, false); {
	case err == nil:
		return d, fmt.Errorf("%s: branch %q exists already; switch to it, delete it with \"git branch -D %s\", or name another one", r.root, branch, branch)
	case !errors.Is(err, plumbing.ErrReferenceNotFound):
		return d, fmt.Errorf("%s: %s: %w", r.root, ref, err)
	}
	d.ref, d.old, d.change = ref, plumbing.ZeroHash, true
	return d, nil
}
