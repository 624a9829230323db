package workspace

import (
	"path/filepath"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/generate/gen"
	"github.com/penstock-dev/penstock/internal/generate/site"
)

// Place is a target and the folder that it is generated into.
type Place struct {
	gen.Target
	At string // the folder, for the operating system
	To string // where the folder moves, after a rename; usually empty
}

// misplaced refuses to generate a target over what is a repository of another
// kind.
func (p Place) misplaced() error {
	k := site.KindOf(p.At)
	want, is := site.Platform, "an app's repository"
	if p.App != "" {
		want = site.App
	}
	if k == site.Platform {
		is = "a platform repository"
	}
	if k == site.None || k == want {
		return nil
	}
	what := "the platform repository"
	if p.App != "" {
		what = "app " + p.Team + "/" + p.App
	}
	return diag.Invalidf("%s: is %s, and %s was to be generated there; nothing was written. %s", site.Shown(p.At), is, what, p.elsewhere())
}

// elsewhere says how to name another folder for a target.
func (p Place) elsewhere() string {
	if p.App == "" {
		return "Name the clone of the platform repository with --platform-dir DIR"
	}
	return "Name the clone of the app's repository with --app-dir " + p.Team + "/" + p.App + "=DIR"
}

// stranger refuses to generate a target over the repository of another app or
// another platform. previous is the contract of the last run there.
func (p Place) stranger(previous []byte, c contract.Contract, contractFile string) error {
	k := site.Platform
	if p.App != "" {
		k = site.App
	}
	id, ok := site.Identify(previous, k)
	if !ok {
		return nil
	}
	own := k == site.Platform && site.SameFile(filepath.Join(p.At, gen.ContractFile), contractFile)
	switch {
	case !own && !id.SamePlatform(c):
		return diag.Invalidf("%s: is %s (%s), but the contract is of %s (%s); nothing was written. %s, or the contract with -c.\n"+
			"A platform that gets another name and another URL gets them one after the other, with a run in between",
			site.Shown(p.At), id.What(), id.PlatformURL, c.Metadata.Name, c.Spec.Platform.Git.URL, p.elsewhere())
	case k == site.App && !id.SameApp(c, p.Target):
		return diag.Invalidf("%s: is %s, not of %s/%s; nothing was written. %s", site.Shown(p.At), id.What(), p.Team, p.App, p.elsewhere())
	}
	return nil
}
