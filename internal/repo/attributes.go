package repo

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/penstock-dev/penstock/internal/repo/index"
	"github.com/penstock-dev/penstock/internal/repo/settings"
	"github.com/penstock-dev/penstock/internal/repo/wildmatch"
)

// attributes answers which of Git's attributes files of a work tree have. It
// reads each .gitattributes once.
type attributes struct {
	repo    *Repo
	index   *index.Index
	user    []rule // of the system and of the user
	own     []rule // of the repository alone: they win
	macros  map[string][]assignment
	folders map[string][]rule
}

// rule is one line: a pattern and what it assigns.
type rule struct {
	dir     string // the pattern is about paths below it
	name    bool   // the pattern is about the last part of the path only
	pattern *regexp.Regexp
	assign  []assignment
}

// assignment gives an attribute a value: "true" and "false" as Git's tools show
// set and unset, or "" to make it unspecified again.
type assignment struct{ attribute, value string }

const attributesFile = ".gitattributes"

// attributes reads what holds for the whole work tree. x is its index: where a
// .gitattributes is not checked out, Git takes it from there.
func (r *Repo) attributes(x *index.Index) (*attributes, error) {
	a := &attributes{
		repo: r, index: x, folders: map[string][]rule{},
		macros: map[string][]assignment{"binary": {{"diff", "false"}, {"merge", "false"}, {"text", "false"}}},
	}
	for _, file := range r.userAttributes() {
		rules, err := a.read(file)
		if err != nil {
			return nil, err
		}
		a.user = append(a.user, rules...)
	}
	var err error
	if _, err = a.folder(""); err == nil { // for its macros
		a.own, err = a.read(filepath.Join(r.commonDir, "info", "attributes"))
	}
	return a, err
}

// userAttributes lists the files that hold for all repositories, the one that
// wins last.
func (r *Repo) userAttributes() []string {
	var files []string
	if os.Getenv("GIT_ATTR_NOSYSTEM") == "" {
		files = append(files, "/etc/gitattributes")
	}
	switch home := os.Getenv("HOME"); {
	case r.config.Get("core.attributesfile") != "":
		files = append(files, settings.Expand(r.config.Get("core.attributesfile")))
	case os.Getenv("XDG_CONFIG_HOME") != "":
		files = append(files, filepath.Join(os.Getenv("XDG_CONFIG_HOME"), "git", "attributes"))
	case home != "":
		files = append(files, filepath.Join(home, ".config", "git", "attributes"))
	}
	return files
}

// of returns the attributes that a file has.
func (a *attributes) of(p string) (map[string]string, error) {
	rules := a.user
	for dir, rest := "", p; ; {
		below, err := a.folder(dir)
		if err != nil {
			return nil, err
		}
		rules = append(rules[:len(rules):len(rules)], below...)
		name, deeper, ok := strings.Cut(rest, "/")
		if !ok {
			break
		}
		dir, rest = path.Join(dir, name), deeper
	}
	rules = append(rules[:len(rules):len(rules)], a.own...)
	has := map[string]string{}
	for _, r := range rules {
		if r.matches(p) {
			a.apply(has, r.assign)
		}
	}
	return has, nil
}

// apply assigns, and what a macro stands for.
func (a *attributes) apply(has map[string]string, list []assignment) {
	for _, as := range list {
		if has[as.attribute] = as.value; as.value != "true" {
			continue
		}
		for _, m := range a.macros[as.attribute] {
			has[m.attribute] = m.value
		}
	}
}

func (r rule) matches(p string) bool {
	if r.name {
		return r.pattern.MatchString(path.Base(p)) && (r.dir == "" || strings.HasPrefix(p, r.dir+"/"))
	}
	if r.dir != "" {
		rest, ok := strings.CutPrefix(p, r.dir+"/")
		return ok && r.pattern.MatchString(rest)
	}
	return r.pattern.MatchString(p)
}

// folder returns the rules of a folder's own file.
func (a *attributes) folder(dir string) ([]rule, error) {
	if rules, ok := a.folders[dir]; ok {
		return rules, nil
	}
	p := path.Join(dir, attributesFile)
	data, err := a.repo.workFile(p)
	if errors.Is(err, fs.ErrNotExist) {
		data, err = a.repo.blob(a.index, p)
	}
	if err != nil {
		return nil, err
	}
	a.folders[dir] = a.parse(dir, dir == "", string(data))
	return a.folders[dir], nil
}

func (a *attributes) read(file string) ([]rule, error) {
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return a.parse("", true, string(data)), err
}

// parse reads the lines of a file. What Git passes over with a warning is
// passed over.
func (a *attributes) parse(dir string, macros bool, text string) []rule {
	var rules []rule
	for line := range strings.SplitSeq(text, "\n") {
		pattern, words := cutPattern(strings.Trim(line, " \t\r"))
		assign := assignments(words)
		if name, ok := strings.CutPrefix(pattern, "[attr]"); ok {
			if macros {
				a.macros[name] = assign
			}
			continue
		}
		if pattern == "" || pattern[0] == '#' || pattern[0] == '!' || strings.HasSuffix(pattern, "/") {
			continue
		}
		r := rule{dir: dir, name: !strings.Contains(pattern, "/"), assign: assign}
		if r.pattern = wildmatch.Expression(strings.TrimPrefix(pattern, "/"), a.repo.config.Is("core.ignorecase", false)); r.pattern != nil {
			rules = append(rules, r)
		}
	}
	return rules
}

// cutPattern cuts a line into its pattern, which may be in quotes, and the
// words behind it.
func cutPattern(line string) (string, []string) {
	if quoted, err := strconv.QuotedPrefix(line); err == nil && quoted[0] == '"' {
		if pattern, err := strconv.Unquote(quoted); err == nil {
			return pattern, strings.Fields(line[len(quoted):])
		}
	}
	words := strings.Fields(line)
	if len(words) == 0 {
		return "", nil
	}
	return words[0], words[1:]
}

func assignments(words []string) []assignment {
	var list []assignment
	for _, w := range words {
		name, value, ok := strings.Cut(w, "=")
		switch {
		case ok:
			list = append(list, assignment{name, value})
		case w[0] == '-':
			list = append(list, assignment{w[1:], "false"})
		case w[0] == '!':
			list = append(list, assignment{w[1:], ""})
		default:
			list = append(list, assignment{w, "true"})
		}
	}
	return list
}
