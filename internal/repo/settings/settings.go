// Package settings reads Git's configuration, as Git would for a work tree.
package settings

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/format/config"

	"github.com/penstock-dev/penstock/internal/repo/wildmatch"
)

// Settings are Git's configuration, the last value of each key. Keys are
// "section.name" in lower case; of sections with a part in quotes only hooks are
// kept, since nothing here needs the others. go-git reads the same files but follows no
// include, and an identity for work is often in one.
type Settings map[string]string

// Get is the value of a key.
func (s Settings) Get(key string) string { return s[key] }

// Is reports whether a key holds a true value; def is for when it is not set.
func (s Settings) Is(key string, def bool) bool {
	v, ok := s[key]
	if !ok {
		return def
	}
	switch strings.ToLower(v) {
	case "false", "no", "off", "0":
		return false
	}
	return true
}

// reader reads configuration files for one work tree.
type reader struct {
	Settings
	gitDir string // "" outside of a repository
	branch string
	// remotes are the URLs of all remotes; asked says that an include depends on
	// them.
	remotes []string
	asked   bool
}

// Read reads the files in Git's order: the system's, the user's, the
// repository's, the work tree's, and then the environment. Without folders of a
// repository it reads what holds everywhere.
func Read(gitDir, commonDir string) (Settings, error) {
	r := reader{Settings: Settings{}, gitDir: gitDir}
	if head, err := os.ReadFile(filepath.Join(gitDir, "HEAD")); err == nil && gitDir != "" {
		r.branch, _ = strings.CutPrefix(strings.TrimSpace(string(head)), "ref: refs/heads/")
	}
	err := r.readAll(commonDir)
	if r.asked && err == nil { // a remote may be named behind the include that asks for it
		again := reader{Settings: Settings{}, gitDir: r.gitDir, branch: r.branch, remotes: r.remotes}
		err = again.readAll(commonDir)
		r = again
	}
	if err != nil {
		return nil, err
	}
	n, _ := strconv.Atoi(os.Getenv("GIT_CONFIG_COUNT"))
	for i := range n {
		key := os.Getenv(fmt.Sprintf("GIT_CONFIG_KEY_%d", i))
		r.Settings[strings.ToLower(key)] = os.Getenv(fmt.Sprintf("GIT_CONFIG_VALUE_%d", i))
	}
	return r.Settings, nil
}

func (r *reader) readAll(commonDir string) error {
	files := userFiles()
	if r.gitDir != "" {
		files = append(files, filepath.Join(commonDir, "config"))
	}
	for _, f := range files {
		if err := r.read(f, 0); err != nil {
			return err
		}
	}
	if r.gitDir == "" || !r.Is("extensions.worktreeconfig", false) {
		return nil
	}
	return r.read(filepath.Join(r.gitDir, "config.worktree"), 0)
}

// userFiles lists the files that hold for all repositories.
func userFiles() []string {
	var files []string
	switch system, ok := os.LookupEnv("GIT_CONFIG_SYSTEM"); {
	case os.Getenv("GIT_CONFIG_NOSYSTEM") != "":
	case ok:
		files = append(files, system)
	default:
		files = append(files, "/etc/gitconfig")
	}
	if global, ok := os.LookupEnv("GIT_CONFIG_GLOBAL"); ok {
		return append(files, global)
	}
	home := os.Getenv("HOME")
	if xdg := os.Getenv("XDG_CONFIG_HOME"); xdg != "" {
		files = append(files, filepath.Join(xdg, "git", "config"))
	} else if home != "" {
		files = append(files, filepath.Join(home, ".config", "git", "config"))
	}
	if home != "" {
		files = append(files, filepath.Join(home, ".gitconfig"))
	}
	return files
}

// ReadFiles reads these files alone, without what they include.
func ReadFiles(files ...string) (Settings, error) {
	r := reader{Settings: Settings{}}
	for _, f := range files {
		if err := r.read(f, maxIncludes); err != nil {
			return nil, err
		}
	}
	return r.Settings, nil
}

const maxIncludes = 10 // as Git

// read reads one file; one that is not there is empty.
func (r *reader) read(file string, depth int) error {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) || file == "" {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	c := config.New()
	if err := config.NewDecoder(f).Decode(c); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	for _, s := range c.Sections {
		r.add(s)
		for _, p := range r.included(s, filepath.Dir(file)) {
			if depth == maxIncludes {
				break
			}
			if err := r.read(p, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// add keeps what a section says.
func (s Settings) add(section *config.Section) {
	name := strings.ToLower(section.Name)
	for _, o := range section.Options {
		s[name+"."+strings.ToLower(o.Key)] = o.Value
	}
	if name != "hook" {
		return
	}
	for _, sub := range section.Subsections {
		for _, o := range sub.Options {
			s.addHook(sub.Name, o.Key, o.Value)
		}
	}
}

// included lists the files that a section of a file in dir includes.
func (r *reader) included(s *config.Section, dir string) []string {
	var files []string
	if strings.EqualFold(s.Name, "include") {
		files = s.Options.GetAll("path")
	}
	for _, sub := range s.Subsections {
		if strings.EqualFold(s.Name, "remote") {
			r.remotes = append(r.remotes, sub.Options.GetAll("url")...)
		}
		if strings.EqualFold(s.Name, "includeif") && r.holds(sub.Name, dir) {
			files = append(files, sub.Options.GetAll("path")...)
		}
	}
	for i, f := range files {
		if files[i] = Expand(f); !filepath.IsAbs(files[i]) {
			files[i] = filepath.Join(dir, files[i])
		}
	}
	return files
}

// holds reports whether the condition of an includeIf is met.
func (r *reader) holds(condition, dir string) bool {
	kind, pattern, _ := strings.Cut(condition, ":")
	switch kind {
	case "hasconfig":
		pattern, ok := strings.CutPrefix(pattern, "remote.*.url:")
		r.asked = r.asked || ok
		return ok && slices.ContainsFunc(r.remotes, func(url string) bool { return wildmatch.Match(pattern, url, false) })
	case "onbranch":
		return r.branch != "" && wildmatch.Match(below(pattern), r.branch, false)
	case "gitdir", "gitdir/i":
		if r.gitDir == "" {
			return false
		}
		pattern = Expand(pattern)
		if rest, ok := strings.CutPrefix(pattern, "./"); ok {
			pattern = filepath.ToSlash(dir) + "/" + rest
		} else if !filepath.IsAbs(pattern) {
			pattern = "**/" + pattern
		}
		return wildmatch.Match(below(pattern), filepath.ToSlash(r.gitDir), kind == "gitdir/i")
	}
	return false
}

func below(pattern string) string {
	if strings.HasSuffix(pattern, "/") {
		return pattern + "**"
	}
	return pattern
}

// Expand puts the home folder in the place of "~".
func Expand(path string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		return os.Getenv("HOME") + "/" + rest
	}
	return path
}
