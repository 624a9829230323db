package repo

import (
	"os"
	"path/filepath"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/penstock-dev/penstock/internal/repo/settings"
)

// Hooks lists what "git commit" would run here and Commit does not: programs
// in the folder of hooks and, as of Git 2.54, commands of the configuration.
func (r *Repo) Hooks() []string {
	dir := filepath.Join(r.commonDir, "hooks")
	if set := settings.Expand(r.config.Get("core.hookspath")); filepath.IsAbs(set) {
		dir = set
	} else if set != "" {
		dir = filepath.Join(r.root, set)
	}
	var list []string
	for _, event := range []string{"pre-commit", "prepare-commit-msg", "commit-msg"} {
		info, err := os.Stat(filepath.Join(dir, event))
		if err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 || r.config.Hooks(event) {
			list = append(list, event)
		}
	}
	return list
}

// Again returns the command that makes a commit, which HEAD is at, once more
// with git: its hooks run, and it is signed where that is set. What else is
// staged would go along.
func (r *Repo) Again(commit string) string {
	c, err := r.git.CommitObject(plumbing.NewHash(commit))
	undo := "git reset --soft HEAD~1"
	if err == nil && c.NumParents() == 0 {
		undo = "git update-ref -d HEAD"
	}
	return undo + " && git commit --reuse-message " + commit[:min(10, len(commit))]
}
