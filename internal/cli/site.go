package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/generate/gen"
	"github.com/penstock-dev/penstock/internal/generate/state"
	"github.com/penstock-dev/penstock/internal/repo"
)

// kind is which kind of repository was generated in a folder.
type kind int

const (
	noKind kind = iota
	platformKind
	appKind
)

// kindOf says what was generated in a folder, by the state and the contract
// that were written there.
func kindOf(dir string) kind {
	has := func(p string) bool { return exists(filepath.Join(dir, filepath.FromSlash(p))) }
	switch {
	case has(state.Path("app")), has(gen.SliceFile):
		return appKind
	case has(state.Path("platform")):
		return platformKind
	case has(state.Folder):
		return platformKind // its core's state is lost; an app's repository has one unit only
	case has(".git"):
		return kindAway(dir)
	}
	return noKind
}

// kindAway says so of what Git has and did not check out.
func kindAway(dir string) kind {
	a, err := repo.ReadAway(dir)
	switch {
	case err != nil || len(a.Below(state.Dir)) == 0:
		return noKind
	case a.Has(state.Path("app")), a.Has(gen.SliceFile):
		return appKind
	}
	return platformKind
}

// site is where a command was called: the root of a generated repository, or a
// folder with a contract or for a workspace.
type site struct {
	dir  string // as the user would write it from here
	kind kind   // none for a workspace
}

// contract is the contract of a generated repository.
func (s site) contract() string {
	file := gen.ContractFile
	if s.kind == appKind {
		file = gen.SliceFile
	}
	return filepath.Join(s.dir, filepath.FromSlash(file))
}

// find is the contract of a generated repository, which may not be checked out.
func (s site) find() (string, error) {
	if file := s.contract(); exists(file) {
		return file, nil
	}
	err := needsAway(s.dir, "nothing was written: the contract has to be there", func(a *repo.Away) []string {
		return slices.DeleteFunc(contractPlaces(), func(p string) bool { return !a.Has(p) })
	})
	return s.contract(), err
}

// findSite looks for the nearest generated repository or contract: here, then
// upward as git does, but never beyond the work tree that this folder is in.
// Outside of a work tree only this folder counts, so that what somebody else
// left in a folder above is never taken for one's own.
func findSite() site {
	dir := "."
	for {
		if k := kindOf(dir); k != noKind {
			return site{dir, k}
		}
		if contractIn(dir) != "" {
			return site{dir: dir}
		}
		up := filepath.Join(dir, "..")
		if exists(filepath.Join(dir, ".git")) || !inWorkTree(up) {
			return site{dir: "."}
		}
		dir = up
	}
}

// inWorkTree reports whether a folder is in a Git work tree.
func inWorkTree(dir string) bool {
	for {
		if exists(filepath.Join(dir, ".git")) {
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

// identity is whose repository a contract describes.
type identity struct {
	platform, platformURL string
	app, appURL           string // of a slice: <team>/<app>
}

// identify reads whose repository stands where data is the contract of the last
// run. What cannot be read is not known.
func identify(data []byte, k kind) (identity, bool) {
	c, ds := contract.Parse("", data)
	if len(ds) > 0 {
		return identity{}, false
	}
	id := identity{platform: c.Metadata.Name, platformURL: c.Spec.Platform.Git.URL}
	if k != appKind {
		return id, true
	}
	for _, t := range c.Spec.Teams {
		for _, a := range t.Apps {
			id.app, id.appURL = t.Name+"/"+a.Name, a.Git.URL
		}
	}
	return id, id.app != ""
}

// samePlatform: a platform may change its name or its URL, but not both at
// once, or nothing would tell it from another one.
func (i identity) samePlatform(c contract.Contract) bool {
	return i.platform == c.Metadata.Name || i.platformURL == c.Spec.Platform.Git.URL
}

func (i identity) what() string {
	if i.app != "" {
		return "the repository of app " + i.app + " of platform " + i.platform
	}
	return "the platform repository of " + i.platform
}

// sameApp reports whether a target is the app that was generated here: by its
// name, a former name, or its Git repository where the contract has no other
// app by the name that it had.
func (i identity) sameApp(c contract.Contract, t gen.Target) bool {
	if i.app == t.Team+"/"+t.App {
		return true
	}
	taken := false
	for _, other := range gen.Targets(c) {
		taken = taken || i.app == other.Team+"/"+other.App
	}
	for _, d := range gen.FormerDirs(c)[t] {
		if strings.TrimPrefix(d, "apps/") == i.app {
			return true
		}
	}
	s, ok := c.Slice(t.Team, t.App)
	return ok && !taken && s.Spec.Teams[0].Apps[0].Git.URL == i.appURL
}

// misplaced refuses to generate a target over what is a repository of another
// kind.
func (p place) misplaced() error {
	k := kindOf(p.dir)
	want, is := platformKind, "an app's repository"
	if p.App != "" {
		want = appKind
	}
	if k == platformKind {
		is = "a platform repository"
	}
	if k == noKind || k == want {
		return nil
	}
	what := "the platform repository"
	if p.App != "" {
		what = "app " + p.Team + "/" + p.App
	}
	return invalid("%s: is %s, and %s was to be generated there; nothing was written. %s", shown(p.dir), is, what, p.elsewhere())
}

// elsewhere says how to name another folder for a target.
func (p place) elsewhere() string {
	if p.App == "" {
		return "Name the clone of the platform repository with --platform-dir DIR"
	}
	return "Name the clone of the app's repository with --app-dir " + p.Team + "/" + p.App + "=DIR"
}

// stranger refuses to generate a target over the repository of another app or
// another platform. previous is the contract of the last run there.
func (p place) stranger(previous []byte, c contract.Contract, contractFile string) error {
	k := platformKind
	if p.App != "" {
		k = appKind
	}
	id, ok := identify(previous, k)
	if !ok {
		return nil
	}
	own := k == platformKind && sameFile(filepath.Join(p.dir, gen.ContractFile), contractFile)
	switch {
	case !own && !id.samePlatform(c):
		return invalid("%s: is %s (%s), but the contract is of %s (%s); nothing was written. %s, or the contract with -c.\n"+
			"A platform that gets another name and another URL gets them one after the other, with a run in between",
			shown(p.dir), id.what(), id.platformURL, c.Metadata.Name, c.Spec.Platform.Git.URL, p.elsewhere())
	case k == appKind && !id.sameApp(c, p.Target):
		return invalid("%s: is %s, not of %s/%s; nothing was written. %s", shown(p.dir), id.what(), p.Team, p.App, p.elsewhere())
	}
	return nil
}

func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	y, err2 := os.Stat(b)
	return err == nil && err2 == nil && os.SameFile(x, y)
}

// shown is a folder in messages.
func shown(dir string) string { return filepath.ToSlash(filepath.Clean(dir)) }
