package repo

import (
	"crypto/sha1"
	"crypto/sha256"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/penstock-dev/penstock/internal/repo/index"
	"github.com/penstock-dev/penstock/internal/repo/settings"
)

// Away tells which files Git has in a work tree without having them checked
// out: a sparse checkout leaves them out, or somebody told Git to leave them
// alone and took them away. They are not deleted.
type Away struct {
	root    string
	prefix  string // of the folder that was asked about, "" or with a slash at the end
	files   map[string]mark
	folders map[string]plumbing.Hash // of a sparse index: all that is below them
	git     *Repo                    // to look into folders; nil where that can't be done
	modes   bool                     // the executable bits of files count
	sparse  bool                     // the work tree is a sparse checkout,
	cone    bool                     // by folders, and not by patterns
}

// mark is what makes Git leave a file alone.
type mark int

const (
	skipMark mark = iota + 1
	assumeMark
)

// ReadAway reads Git's index for a folder, which need not exist or be in a
// repository. It works for repositories that Commit does not.
func ReadAway(dir string) (*Away, error) {
	root, err := resolve(dir)
	if err != nil {
		return nil, err
	}
	full, gitDir := root, ""
	for {
		if gitDir, err = gitDirOf(root); err != nil || gitDir != "" {
			break
		}
		up := filepath.Dir(root)
		if up == root {
			return &Away{modes: true}, nil
		}
		root = up
	}
	if err != nil {
		return nil, err
	}
	a := &Away{root: root, files: map[string]mark{}, folders: map[string]plumbing.Hash{}}
	if rel, err := filepath.Rel(root, full); err == nil && rel != "." {
		a.prefix = filepath.ToSlash(rel) + "/"
	}
	return a, a.read(gitDir)
}

func (a *Away) read(gitDir string) error {
	common := commonOf(gitDir)
	size := sha1.Size
	config, err := settings.ReadFiles(filepath.Join(common, "config"))
	if err != nil {
		return err
	}
	a.modes = config.Is("core.filemode", true)
	if config.Get("extensions.objectformat") == "sha256" {
		size = sha256.Size
	}
	x, err := index.Read(gitDir, size)
	if err != nil {
		return err
	}
	for _, e := range x.Entries {
		switch {
		case !strings.HasPrefix(e.Path, a.prefix) && !(e.Folder() && strings.HasPrefix(a.prefix, e.Path)):
		case e.Folder():
			a.folders[e.Path] = plumbing.Hash(e.Hash()[:sha1.Size])
		case e.Skipped():
			a.files[e.Path] = skipMark
		case e.Assumed():
			a.files[e.Path] = assumeMark
		}
	}
	if len(a.files)+len(a.folders) == 0 {
		return nil
	}
	if config, err = settings.ReadFiles(filepath.Join(common, "config"), filepath.Join(gitDir, "config.worktree")); err != nil {
		return err
	}
	if len(a.folders) > 0 && size == sha1.Size {
		if a.git, err = openAt(a.root, gitDir); err != nil {
			a.git = nil // one that penstock can't read
		}
	}
	a.sparse, a.cone = config.Is("core.sparsecheckout", false), config.Is("core.sparsecheckoutcone", true)
	return nil
}

// commonOf returns the folder of the repository that a work tree belongs to.
func commonOf(gitDir string) string {
	data, err := os.ReadFile(filepath.Join(gitDir, "commondir"))
	if err != nil {
		return gitDir
	}
	common := strings.TrimSpace(string(data))
	if !filepath.IsAbs(common) {
		common = filepath.Join(gitDir, common)
	}
	return filepath.Clean(common)
}

// Has reports whether Git has a file that is not checked out. The path is
// relative to the folder that was asked about, where nothing stands at it.
func (a *Away) Has(p string) bool {
	p = a.prefix + p
	if a.files[p] > 0 {
		return true
	}
	for dir, tree := range a.folders {
		if rest, ok := strings.CutPrefix(p, dir); ok {
			return a.holds(tree, rest)
		}
	}
	return false
}

// holds looks into a folder of a sparse index. Where that can't be done, the
// file counts as there: better to ask for it than to write another one.
func (a *Away) holds(tree plumbing.Hash, p string) bool {
	if a.git == nil {
		return true
	}
	e, err := a.git.lookup(tree, p)
	return err != nil || e.Hash != plumbing.ZeroHash
}

// Below lists, sorted, what is not checked out below a folder: files, and
// folders with a slash at the end, of which it is not known what is in them.
func (a *Away) Below(dir string) []string {
	var list []string
	dir = a.prefix + strings.TrimPrefix(dir+"/", "/")
	for p := range a.files {
		if _, err := os.Lstat(filepath.Join(a.root, filepath.FromSlash(p))); err != nil && strings.HasPrefix(p, dir) {
			list = append(list, strings.TrimPrefix(p, a.prefix))
		}
	}
	for p := range a.folders {
		switch {
		case strings.HasPrefix(p, dir):
			list = append(list, strings.TrimPrefix(p, a.prefix))
		case strings.HasPrefix(dir, p): // all of it, below a folder that stands above
			list = append(list, strings.TrimPrefix(dir, a.prefix))
		}
	}
	slices.Sort(list)
	return list
}

// Modes reports whether Git goes by the executable bits of files.
func (a *Away) Modes() bool { return a.modes }

// Root is the work tree's folder.
func (a *Away) Root() string { return a.root }

// Commands returns how to get files, or folders with a slash at the end, into
// the work tree: what to tell git in its root.
func (a *Away) Commands(paths []string) [][]string {
	var commands [][]string
	var skipped, assumed, all []string
	for _, p := range paths {
		switch all = append(all, a.prefix+p); {
		case a.files[a.prefix+p] == assumeMark:
			assumed = append(assumed, a.prefix+p)
		default:
			skipped = append(skipped, a.prefix+p)
		}
	}
	if skipped != nil && a.sparse {
		commands = append(commands, append([]string{"sparse-checkout", "add"}, a.patterns(skipped)...))
		skipped, all = nil, assumed
	}
	if skipped != nil {
		commands = append(commands, append([]string{"update-index", "--no-skip-worktree", "--"}, skipped...))
	}
	if assumed != nil {
		commands = append(commands, append([]string{"update-index", "--no-assume-unchanged", "--"}, assumed...))
	}
	if all != nil {
		commands = append(commands, append([]string{"checkout", "--"}, all...))
	}
	return commands
}

// patterns are what to add to a sparse checkout for some paths in it.
func (a *Away) patterns(paths []string) []string {
	var dirs []string
	for _, p := range paths {
		dirs = append(dirs, path.Dir(p))
	}
	slices.Sort(dirs)
	var patterns []string
	for i, dir := range slices.Compact(dirs) {
		below := func(up string) bool { return strings.HasPrefix(dir, up+"/") }
		switch {
		case slices.ContainsFunc(dirs[:i], below): // comes with the folder above
		case dir == "." && !a.cone:
			patterns = append(patterns, "/*")
		case dir == ".": // always there in a cone
		case a.cone:
			patterns = append(patterns, dir)
		default:
			patterns = append(patterns, "/"+dir+"/")
		}
	}
	return patterns
}
