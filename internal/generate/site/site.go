// Package site finds out where a command was called: whose repository a folder
// is, and which contract is meant there.
//
// It reads, and neither writes nor plans.
package site

import (
	"os"
	"path/filepath"
	"slices"

	"github.com/penstock-dev/penstock/internal/generate/gen"
	"github.com/penstock-dev/penstock/internal/generate/state"
	"github.com/penstock-dev/penstock/internal/repo"
)

// Kind is which kind of repository was generated in a folder.
type Kind int

const (
	// None is a folder in which nothing was generated.
	None Kind = iota
	// Platform is a platform repository.
	Platform
	// App is an app's repository.
	App
)

// KindOf says what was generated in a folder, by the state and the contract
// that were written there.
func KindOf(dir string) Kind {
	has := func(p string) bool { return Exists(filepath.Join(dir, filepath.FromSlash(p))) }
	switch {
	case has(state.Path("app")), has(gen.SliceFile):
		return App
	case has(state.Path("platform")):
		return Platform
	case has(state.Folder):
		return Platform // its core's state is lost; an app's repository has one unit only
	case has(".git"):
		return kindAway(dir)
	}
	return None
}

// kindAway says so of what Git has and did not check out.
func kindAway(dir string) Kind {
	a, err := repo.ReadAway(dir)
	switch {
	case err != nil || len(a.Below(state.Dir)) == 0:
		return None
	case a.Has(state.Path("app")), a.Has(gen.SliceFile):
		return App
	}
	return Platform
}

// Site is where a command was called: the root of a generated repository, or a
// folder with a contract or for a workspace.
type Site struct {
	Dir  string // as the user would write it from here
	Kind Kind   // None for a workspace
}

// Contract is the contract of a generated repository.
func (s Site) Contract() string {
	file := gen.ContractFile
	if s.Kind == App {
		file = gen.SliceFile
	}
	return filepath.Join(s.Dir, filepath.FromSlash(file))
}

// Find is the contract of a generated repository, which may not be checked out.
func (s Site) Find() (string, error) {
	if file := s.Contract(); Exists(file) {
		return file, nil
	}
	err := NeedsAway(s.Dir, "nothing was written: the contract has to be there", func(a *repo.Away) []string {
		return slices.DeleteFunc(ContractPlaces(), func(p string) bool { return !a.Has(p) })
	})
	return s.Contract(), err
}

// Find looks for the nearest generated repository or contract: here, then
// upward as git does, but never beyond the work tree that this folder is in.
// Outside of a work tree only this folder counts, so that what somebody else
// left in a folder above is never taken for one's own.
func Find() Site {
	dir := "."
	for {
		if k := KindOf(dir); k != None {
			return Site{dir, k}
		}
		if Within(dir) != "" {
			return Site{Dir: dir}
		}
		up := filepath.Join(dir, "..")
		if Exists(filepath.Join(dir, ".git")) || !inWorkTree(up) {
			return Site{Dir: "."}
		}
		dir = up
	}
}

// inWorkTree reports whether a folder is in a Git work tree.
func inWorkTree(dir string) bool {
	for {
		if Exists(filepath.Join(dir, ".git")) {
			return true
		}
		up := filepath.Join(dir, "..")
		if sameFolder(dir, up) {
			return false
		}
		dir = up
	}
}

func sameFolder(a, b string) bool {
	x, err := os.Stat(a)
	y, err2 := os.Stat(b)
	return err != nil || err2 != nil || os.SameFile(x, y)
}
