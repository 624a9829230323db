package repo

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// Hooks lists what "git commit" would run here and Commit does not: programs
// in the folder of hooks and, as of Git 2.54, commands of the configuration.
func (r *Repo) Hooks() []string {
	dir := filepath.Join(r.commonDir, "hooks")
	if set := expand(r.config.get("core.hookspath")); filepath.IsAbs(set) {
		dir = set
	} else if set != "" {
		dir = filepath.Join(r.root, set)
	}
	var list []string
	for _, event := range []string{"pre-commit", "prepare-commit-msg", "commit-msg"} {
		info, err := os.Stat(filepath.Join(dir, event))
		if err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 || r.config.hooks(event) {
			list = append(list, event)
		}
	}
	return list
}

// hooks reports whether the configuration names a command for an event.
func (s settings) hooks(event string) bool {
	if !s.is("hook."+event+".enabled", true) {
		return false
	}
	for _, key := range slices.Sorted(maps.Keys(s)) {
		name, ok := strings.CutSuffix(key, hookEvent)
		if ok && strings.HasPrefix(name, "hook.") && slices.Contains(strings.Split(s[key], "\n"), event) &&
			s.get(name+".command") != "" && s.is(name+".enabled", true) {
			return true
		}
	}
	return false
}

const hookEvent = ".event"

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

// addHook keeps what a "hook" section of the configuration says: its events
// add up, of the rest the last counts.
func (s settings) addHook(name, key, value string) {
	key = "hook." + name + "." + strings.ToLower(key)
	if was := s[key]; strings.HasSuffix(key, hookEvent) && was != "" && value != "" {
		value = was + "\n" + value
	}
	s[key] = value
}
