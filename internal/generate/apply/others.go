package apply

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/generate/state"
)

// mostOthers is how many files are looked at: in a repository with more, what
// was moved has to be told.
const mostOthers = 50_000

// Others lists the regular files of the target that could be one of the given
// ones under another name: with the same ending, and neither Git's, Penstock's
// own, nor in a repository or a folder of dependencies within.
func (t *Target) Others(lost []string) ([]string, error) {
	if t.root == nil || len(lost) == 0 {
		return nil, nil
	}
	endings := map[string]bool{}
	for _, p := range lost {
		endings[path.Ext(p)] = true
	}
	var found []string
	seen := 0
	err := fs.WalkDir(t.root.FS(), ".", func(p string, e fs.DirEntry, err error) error {
		seen++
		switch {
		case err != nil:
			return fs.SkipDir // what can't be read is not what was moved
		case seen > mostOthers:
			return fs.SkipAll
		case e.IsDir():
			if t.foreign(p) {
				return fs.SkipDir
			}
		case e.Type().IsRegular() && endings[path.Ext(p)]:
			found = append(found, p)
		}
		return nil
	})
	slices.Sort(found)
	return found, err
}

// foreign reports whether a folder has nothing of the target's own.
func (t *Target) foreign(p string) bool {
	if p == "." {
		return false
	}
	name := path.Base(p)
	if p == state.Dir || strings.EqualFold(name, ".git") || name == "node_modules" {
		return true
	}
	_, err := t.root.Lstat(join(p, ".git"))
	return err == nil
}
