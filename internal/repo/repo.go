// Package repo turns files that a run wrote into Git commits, and conflicts
// into index entries, through go-git.
//
// It touches what the run names and nothing else: no status of the work tree
// is taken, and of the index only the named paths change. It writes the index
// itself: go-git's encoder loses flags and has no order for conflicts. It runs
// no hooks and signs nothing.
package repo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/storage/filesystem"
	"github.com/go-git/go-git/v5/storage/filesystem/dotgit"

	"github.com/penstock-dev/penstock/internal/repo/settings"
)

// ErrNone tells that a folder is in no Git work tree.
var ErrNone = errors.New("is not in a Git repository")

// Repo is a Git work tree: a repository's own, a linked one or a submodule's.
type Repo struct {
	root      string // the work tree, without symbolic links
	gitDir    string // of this work tree: HEAD and index
	commonDir string // of the repository: objects and branches
	git       *git.Repository
	config    settings.Settings
}

// Open finds the work tree that dir is in, or would be in once it exists.
// Without one the error is ErrNone.
func Open(dir string) (*Repo, error) {
	root, gitDir, err := find(dir)
	if err != nil {
		return nil, err
	}
	return openAt(root, gitDir)
}

// find returns the work tree that dir is in, and Git's own folder of it.
func find(dir string) (root, gitDir string, err error) {
	if root, err = resolve(dir); err != nil {
		return "", "", err
	}
	for {
		if gitDir, err = gitDirOf(root); err != nil || gitDir != "" {
			return root, gitDir, err
		}
		up := filepath.Dir(root)
		if up == root {
			return "", "", ErrNone
		}
		root = up
	}
}

// resolve returns an absolute path without symbolic links; what does not exist
// of it can have none.
func resolve(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	rest := ""
	for {
		found, err := filepath.EvalSymlinks(abs)
		if err == nil {
			return filepath.Join(found, rest), nil
		}
		if !errors.Is(err, fs.ErrNotExist) || filepath.Dir(abs) == abs {
			return "", err
		}
		rest = filepath.Join(filepath.Base(abs), rest)
		abs = filepath.Dir(abs)
	}
}

// gitDirOf returns the folder of Git's own that belongs to a work tree, or "".
func gitDirOf(root string) (string, error) {
	dotGit := filepath.Join(root, git.GitDirName)
	info, err := os.Stat(dotGit)
	switch {
	case errors.Is(err, fs.ErrNotExist), err != nil && isNotDir(err):
		return "", nil
	case err != nil:
		return "", err
	case info.IsDir():
		if _, err := os.Stat(filepath.Join(dotGit, "HEAD")); err != nil {
			return "", nil //nolint:nilerr // an empty .git is no repository, as for Git
		}
		return dotGit, nil
	}
	data, err := os.ReadFile(dotGit)
	if err != nil {
		return "", err
	}
	target, ok := strings.CutPrefix(strings.TrimSpace(string(data)), "gitdir: ")
	if !ok {
		return "", fmt.Errorf("%s: is no Git repository and names none", dotGit)
	}
	if !filepath.IsAbs(target) {
		target = filepath.Join(root, target)
	}
	return filepath.Clean(target), nil
}

func isNotDir(err error) bool { return strings.HasSuffix(err.Error(), "not a directory") }

func openAt(root, gitDir string) (*Repo, error) {
	r := &Repo{root: root, gitDir: gitDir, commonDir: commonOf(gitDir)}
	var err error
	if r.config, err = settings.Read(r.gitDir, r.commonDir); err != nil {
		return nil, err
	}
	if format := r.config.Get("extensions.objectformat"); format != "" && format != "sha1" {
		return nil, fmt.Errorf("%s: the repository's objects are named by %s, which penstock can't write; commit with git", root, format)
	}
	if format := r.config.Get("extensions.refstorage"); format != "" && format != "files" {
		return nil, fmt.Errorf("%s: the repository keeps its branches in %q, which penstock can't write; commit with git", root, format)
	}
	dot := dotgit.NewRepositoryFilesystem(osfs.New(gitDir), osfs.New(r.commonDir))
	if r.commonDir == gitDir {
		dot = dotgit.NewRepositoryFilesystem(osfs.New(gitDir), nil)
	}
	storage := filesystem.NewStorageWithOptions(dot, cache.NewObjectLRUDefault(), filesystem.Options{AlternatesFS: osfs.New("/")})
	if r.git, err = git.Open(lenient{storage}, osfs.New(root)); err != nil {
		return nil, fmt.Errorf("%s: %w", root, err)
	}
	return r, nil
}

// Root returns the work tree's folder, absolute and without symbolic links.
func (r *Repo) Root() string { return r.root }

// Path returns where a folder is in the work tree, as a slash path; "" is the
// root.
func (r *Repo) Path(dir string) (string, error) {
	abs, err := resolve(dir)
	if err != nil {
		return "", err
	}
	rel, err := filepath.Rel(r.root, abs)
	if err != nil {
		return "", err
	}
	if rel == "." {
		return "", nil
	}
	return filepath.ToSlash(rel), nil
}
