package repo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/penstock-dev/penstock/internal/repo/index"
)

// publish points the branch, and HEAD where it has to change, at a commit, and
// notes both in their logs, so that "git reflog" leads back.
func (r *Repo) publish(to destination, id plumbing.Hash, c Commit) error {
	who, err := r.signature("committer", c.When)
	if err != nil {
		return err
	}
	if err := r.setRef(to, id); err != nil {
		return err
	}
	subject, _, _ := strings.Cut(c.Message, "\n")
	what := "commit: "
	if to.parent == plumbing.ZeroHash {
		what = "commit (initial): "
	}
	if err := r.changeTo(to, who); err != nil {
		return err
	}
	if err := r.log("HEAD", to.parent, id, who, what+subject); err != nil {
		return err
	}
	return r.log(to.ref.String(), to.parent, id, who, what+subject)
}

// changeTo points HEAD at a branch that is another than the one it is at.
func (r *Repo) changeTo(to destination, who object.Signature) error {
	if !to.change {
		return nil
	}
	if err := r.git.Storer.SetReference(plumbing.NewSymbolicReference(plumbing.HEAD, to.ref)); err != nil {
		return fmt.Errorf("%s: HEAD: %w", r.root, err)
	}
	if to.parent == plumbing.ZeroHash {
		return nil
	}
	if err := r.log("HEAD", to.parent, to.parent, who, "checkout: moving from "+to.head+" to "+to.ref.Short()); err != nil {
		return err
	}
	return r.log(to.ref.String(), plumbing.ZeroHash, to.parent, who, "branch: Created from HEAD")
}

// setRef changes a branch as git does: under a lock file, and only from the
// commit that the new one was built on.
func (r *Repo) setRef(to destination, id plumbing.Hash) error {
	file := filepath.Join(r.commonDir, filepath.FromSlash(to.ref.String()))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	lock := file + ".lock"
	f, err := os.OpenFile(lock, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return index.Locked(lock)
	}
	if err != nil {
		return err
	}
	defer os.Remove(lock)
	_, err = f.WriteString(id.String() + "\n")
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	now := plumbing.ZeroHash
	switch at, err := r.git.Reference(to.ref, true); {
	case err == nil:
		now = at.Hash()
	case !errors.Is(err, plumbing.ErrReferenceNotFound):
		return err
	}
	if now != to.old {
		return fmt.Errorf("%s: %s moved while this run was committing; run again", r.root, to.ref.Short())
	}
	return os.Rename(lock, file)
}

// log appends a line to a reference's log, where Git would keep one.
func (r *Repo) log(ref string, from, to plumbing.Hash, who object.Signature, what string) error {
	dir := r.commonDir
	if ref == "HEAD" {
		dir = r.gitDir
	}
	if !r.config.Is("core.logallrefupdates", true) {
		return nil
	}
	file := filepath.Join(dir, "logs", filepath.FromSlash(ref))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "%s %s %s <%s> %d %s\t%s\n", from, to, who.Name, who.Email, who.When.Unix(), who.When.Format("-0700"), what)
	return errors.Join(err, f.Close())
}
