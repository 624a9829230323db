package cli

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/penstock-dev/penstock/internal/generate/plan"
	"github.com/penstock-dev/penstock/internal/generate/state"
	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/internal/repo"
)

// readAway finds out what Git has of a repository without having it checked
// out. Without the state nothing can be planned: all would look new.
func (j *job) readAway(known map[string]string) (err error) {
	if j.away, err = repo.ReadAway(j.dir); err != nil {
		return err
	}
	if !j.away.Modes() {
		j.target.IgnoreModes()
	}
	var list []string
	for _, p := range j.away.Below(state.Folder) {
		if unit, ok := state.UnitName(p); ok || strings.HasSuffix(p, "/") {
			if _, ok := known[unit]; !ok {
				list = append(list, p)
			}
		}
	}
	if list == nil {
		return nil
	}
	return exitError{code: exitPerson, text: j.notHere(list) + "nothing was written: what penstock keeps of the last run has to be there" + j.checkOut(list)}
}

// markAway tells the plan's input which files are not there and not deleted.
func (j *job) markAway(in plan.Input) {
	for _, p := range in.Paths() {
		_, there := in.Current.Files[p]
		if _, hindered := in.Current.Obstacles[p]; !there && !hindered && j.away.Has(p) {
			in.Current.Obstacles[p] = plan.Obstacle{Kind: plan.Away, At: p}
		}
	}
}

func (j *job) notHere(paths []string) string { return notHere(j.dir, paths) }

func notHere(dir string, paths []string) string {
	var b strings.Builder
	for _, p := range paths {
		fmt.Fprintf(&b, "%s: Git has it, but it is not checked out here\n", filepath.ToSlash(filepath.Join(dir, filepath.FromSlash(p))))
	}
	return b.String()
}

func (j *job) checkOut(paths []string) string { return checkOut(j.away, j.dir, paths) }

// checkOut says how to get files; it follows a sentence.
func checkOut(a *repo.Away, dir string, paths []string) string {
	var b strings.Builder
	b.WriteString("; get what is not checked out, and run again:")
	root := a.Root()
	if at, err := filepath.Rel(root, absolute(dir)); err == nil && at == "." {
		root = dir
	}
	git := "git"
	if filepath.Clean(root) != "." {
		git += " -C " + model.ShellQuote(filepath.ToSlash(root))
	}
	for _, command := range a.Commands(paths) {
		b.WriteString("\n  " + git)
		for _, word := range command {
			b.WriteString(" " + model.ShellQuote(word))
		}
	}
	return b.String()
}

func absolute(dir string) string {
	abs, err := filepath.Abs(dir)
	if err == nil {
		abs, err = filepath.EvalSymlinks(abs)
	}
	if err != nil {
		return dir
	}
	return abs
}

// awayBlocked lists the files that the run would need and that are not checked
// out.
func (j *job) awayBlocked() []string {
	var list []string
	for _, c := range j.plan.Blocked() {
		if c.Action == plan.Blocked && c.Current == nil && j.away.Has(c.Path) {
			list = append(list, c.Path)
		}
	}
	return list
}

// needsAway refuses to go on without files of a folder that Git has and did not
// check out; what says why they are needed.
func needsAway(dir, what string, paths func(*repo.Away) []string) error {
	a, err := repo.ReadAway(dir)
	if err != nil {
		return err
	}
	list := paths(a)
	if len(list) == 0 {
		return nil
	}
	return exitError{code: exitPerson, text: notHere(dir, list) + what + checkOut(a, dir, list)}
}
