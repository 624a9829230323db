package repo

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// MoveCommand returns the command that moves a folder, where a plain rename
// would break a Git work tree; empty when a rename will do: for a repository
// with its own .git folder, and for a folder that is no work tree's root.
func MoveCommand(from, to string) (string, error) {
	root, err := resolve(from)
	if err != nil {
		return "", err
	}
	gitDir, err := gitDirOf(root)
	if err != nil || gitDir == "" {
		return "", err
	}
	slashes := filepath.ToSlash(gitDir)
	switch {
	case strings.Contains(slashes, "/.git/worktrees/"):
		return fmt.Sprintf("git worktree move %s %s", from, to), nil
	case gitDir != filepath.Join(root, ".git"):
		return fmt.Sprintf("git mv %s %s", from, to), nil
	}
	// The work trees that are linked to a repository know its place.
	if linked, err := os.ReadDir(filepath.Join(gitDir, "worktrees")); err == nil && len(linked) > 0 {
		return fmt.Sprintf("mv %s %s && git -C %s worktree repair", from, to, to), nil
	}
	return "", nil
}

// Signs reports whether the user's commits are meant to be signed. Commit signs
// nothing.
func (r *Repo) Signs() bool { return r.config.Is("commit.gpgsign", false) }
