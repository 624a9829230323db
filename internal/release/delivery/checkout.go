package delivery

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"

	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/generate/apply"
	"github.com/penstock-dev/penstock/internal/generate/merge"
	"github.com/penstock-dev/penstock/internal/generate/site"
	"github.com/penstock-dev/penstock/internal/generate/tree"
	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/internal/repo"
)

// checkout is a work tree of a repository in which Git says what runs.
type checkout struct {
	warnings io.Writer
	dir      string // as the user called it
	git      model.Git
	repo     *repo.Repo
	// prefix is where dir is in the work tree.
	prefix string
	// tip is the newest commit of the branch that counts.
	tip repo.Head
}

// openCheckout opens a clone of g. flag is the one that named dir.
func openCheckout(warnings io.Writer, dir, flag string, g model.Git) (*checkout, error) {
	c := &checkout{warnings: warnings, dir: dir, git: g}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, diag.Invalidf("%s %s: is no folder; clone %s and name the clone", flag, dir, g.Web)
	}
	var err error
	if c.repo, err = repo.Open(dir); errors.Is(err, repo.ErrNone) {
		return nil, diag.Invalidf("%s %s: is not in a Git repository, so Git can't say what ran there; clone %s and name the clone", flag, dir, g.Web)
	}
	if err != nil {
		return nil, err
	}
	if c.prefix, err = c.repo.Path(dir); err != nil {
		return nil, err
	}
	var ok bool
	if c.tip, ok, err = c.repo.Branch(g.Branch); err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("%s: has no branch %q, which says what runs; run \"git fetch origin %s\", or commit to it first", c.repo.Root(), g.Branch, g.Branch)
	}
	return c, nil
}

// logs lists the versions of files, each of which has several names.
func (c *checkout) logs(files [][]string) ([][]repo.Version, error) {
	full := make([][]string, len(files))
	for i, names := range files {
		for _, n := range names {
			full[i] = append(full[i], c.at(n))
		}
	}
	logs, cut, err := c.repo.Log(c.tip, full)
	if cut {
		fmt.Fprintf(c.warnings, "%s: this clone is shallow, so what was before its oldest commit is not known; \"git fetch --unshallow\" brings it\n", c.dir)
	}
	return logs, err
}

// at is where a file is in the work tree.
func (c *checkout) at(p string) string { return path.Join(c.prefix, p) }

// name is how messages call a file.
func (c *checkout) name(p string) string {
	return filepath.ToSlash(filepath.Join(c.dir, filepath.FromSlash(p)))
}

// file reads a file that is to be changed. It must stand here as the branch
// that counts has it, so that the change is one of what runs.
func (c *checkout) file(p string) ([]byte, error) {
	head, ok, err := c.repo.Head()
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("%s: nothing was committed here yet", c.dir)
	}
	full := c.at(p)
	committed, err := c.repo.File(head.Commit, full)
	if err != nil {
		return nil, err
	}
	counts, err := c.repo.File(c.tip.Commit, full)
	if err != nil {
		return nil, err
	}
	here, err := os.ReadFile(filepath.Join(c.dir, filepath.FromSlash(p)))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if lines := merge.Unresolved(here); len(lines) > 0 {
		return nil, diag.Personf("%s:%d:1: has conflict markers; resolve them, commit, and run again", c.name(p), lines[0])
	}
	if here == nil {
		err := site.NeedsAway(c.dir, "nothing was changed", func(a *repo.Away) []string {
			return slices.DeleteFunc([]string{p}, func(p string) bool { return !a.Has(p) })
		})
		if err != nil {
			return nil, err
		}
	}
	restore := fmt.Sprintf("git -C %s restore -- %s", model.ShellQuote(c.dir), model.ShellQuote(p))
	switch {
	case here == nil && committed == nil && counts == nil:
		return nil, fmt.Errorf("%s: is not there; run \"penstock generate\", commit and merge what it writes", c.name(p))
	case committed == nil && counts == nil:
		return nil, diag.Refuse(diag.Person, c.name(p)+": is not committed; commit and merge what \"penstock generate\" wrote first")
	case committed != nil && here == nil:
		return nil, diag.Personf("%s: was deleted here; get it back with %q", c.name(p), restore)
	case !sameText(here, committed):
		return nil, diag.Personf("%s: was changed and not committed; commit and merge that first, or give it up with %q", c.name(p), restore)
	case !sameText(committed, counts):
		return nil, fmt.Errorf("%s: is not as %s has it, which says what runs: what is checked out is behind it, ahead of it, or on a branch of its own; "+
			"switch to %q, pull or push, and run again", c.name(p), c.tip.Ref, c.git.Branch)
	}
	return counts, nil
}

// sameText compares what Git may have checked out with other line ends.
func sameText(a, b []byte) bool {
	return (a == nil) == (b == nil) && bytes.Equal(tree.LF(a), tree.LF(b))
}

// write changes a file and, with a branch, commits it there, as "generate
// --commit --branch" does. It returns the commit.
func (c *checkout) write(p string, data []byte, message, branch string, when time.Time) (commit string, err error) {
	here, err := os.ReadFile(filepath.Join(c.dir, filepath.FromSlash(p)))
	if err != nil {
		return "", err
	}
	data = merge.Dress(tree.LF(data), here) // the line ends are the checkout's
	executable, err := c.replace(p, data)
	if err != nil || branch == "" {
		return "", err
	}
	file := repo.File{Path: c.at(p), Data: data, Executable: executable}
	commit, err = c.repo.Commit(repo.Commit{Message: message, Branch: branch, Files: []repo.File{file}, When: when})
	if err != nil {
		return "", fmt.Errorf("%w\n%s is written; commit it with git", err, c.name(p))
	}
	return commit, nil
}

// replace writes a file at once, never through a link that leads elsewhere.
func (c *checkout) replace(p string, data []byte) (executable bool, err error) {
	root, err := os.OpenRoot(c.dir)
	if err != nil {
		return false, err
	}
	defer root.Close()
	name := filepath.FromSlash(p)
	info, err := root.Lstat(name)
	if err != nil {
		return false, err
	}
	if !info.Mode().IsRegular() {
		return false, fmt.Errorf("%s: is no regular file; nothing was written", c.name(p))
	}
	return info.Mode()&0o111 != 0, apply.Replace(root, name, data, info.Mode().Perm())
}
