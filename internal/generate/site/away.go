package site

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/internal/repo"
)

// NotHere names files that Git has and did not check out.
func NotHere(dir string, paths []string) string {
	var b strings.Builder
	for _, p := range paths {
		fmt.Fprintf(&b, "%s: Git has it, but it is not checked out here\n", filepath.ToSlash(filepath.Join(dir, filepath.FromSlash(p))))
	}
	return b.String()
}

// CheckOut says how to get files; it follows a sentence.
func CheckOut(a *repo.Away, dir string, paths []string) string {
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

// NeedsAway refuses to go on without files of a folder that Git has and did not
// check out; what says why they are needed.
func NeedsAway(dir, what string, paths func(*repo.Away) []string) error {
	a, err := repo.ReadAway(dir)
	if err != nil {
		return err
	}
	list := paths(a)
	if len(list) == 0 {
		return nil
	}
	return diag.Refuse(diag.Person, NotHere(dir, list)+what+CheckOut(a, dir, list))
}
