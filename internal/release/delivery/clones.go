package delivery

import (
	"cmp"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/generate/gen"
	"github.com/penstock-dev/penstock/internal/generate/site"
	"github.com/penstock-dev/penstock/internal/generate/state"
	"github.com/penstock-dev/penstock/internal/model"
)

// Clones are the checkouts in which Git says what runs. An empty folder is
// where the contract lies, if that is one.
type Clones struct {
	PlatformDir, AppDir string
	Warnings            io.Writer // for people
}

// Dirs are the checkouts that were named: a contract may lie there.
func (o Clones) Dirs() []string {
	return slices.DeleteFunc([]string{o.PlatformDir, o.AppDir}, func(s string) bool { return s == "" })
}

// platform is the folder of the platform repository; "" when it is not known.
func (o Clones) platform(in site.Loaded) string {
	dir := filepath.Dir(in.File)
	if o.PlatformDir == "" && filepath.Base(in.File) == gen.ContractFile && site.Exists(filepath.Join(dir, filepath.FromSlash(state.Folder))) {
		return dir
	}
	return o.PlatformDir
}

// noPlatform says what is missing where Git pins.
func noPlatform(m *model.Model) string {
	return "Git pins what runs: pass --platform-dir DIR, a clone of " + m.Platform.Git.Web
}

// openPlatform opens the clone of the platform repository, which must be that
// of the contract.
func (o Clones) openPlatform(in site.Loaded, m *model.Model) (*checkout, error) {
	dir := o.platform(in)
	if dir == "" {
		return nil, diag.Invalidf("%s", noPlatform(m))
	}
	file := filepath.Join(dir, gen.ContractFile)
	if filepath.Clean(file) != filepath.Clean(in.File) {
		name, err := site.PlatformOf(file)
		if err != nil {
			return nil, diag.Invalidf("--platform-dir %s: is no platform repository: %v; name a clone of %s", dir, err, m.Platform.Git.Web)
		}
		if name != m.Name {
			return nil, diag.Invalidf("--platform-dir %s: is the platform repository of %q, but the contract is of %q; name a clone of %s", dir, name, m.Name, m.Platform.Git.Web)
		}
	}
	return openCheckout(o.Warnings, dir, "--platform-dir", m.Platform.Git)
}

// appRepository is the folder of an app's repository; "" when it is not known.
func (o Clones) appRepository(in site.Loaded) string {
	slice := filepath.FromSlash(gen.SliceFile)
	if o.AppDir == "" && strings.HasSuffix(filepath.Clean(in.File), slice) {
		return cmp.Or(filepath.Clean(strings.TrimSuffix(filepath.Clean(in.File), slice)), ".")
	}
	return o.AppDir
}

// noApp says what is missing for an app that is delivered by Git.
func noApp(app *model.App) string {
	return "delivered by Git: pass --app-dir DIR, a clone of " + app.Git.Web
}

// openApp opens the clone of an app's repository, which must be that app's.
func (o Clones) openApp(in site.Loaded, app *model.App) (*checkout, error) {
	dir, name := o.appRepository(in), app.Team.Name+"/"+app.Name
	if dir == "" {
		return nil, diag.Invalidf("%s is %s", name, noApp(app))
	}
	is, err := site.AppOf(dir)
	switch {
	case err != nil:
		return nil, diag.Invalidf("--app-dir %s: is no repository of an app: %v; name a clone of %s", dir, err, app.Git.Web)
	case is != name:
		return nil, diag.Invalidf("--app-dir %s: is the repository of %s, not of %s; name a clone of %s", dir, is, name, app.Git.Web)
	}
	return openCheckout(o.Warnings, dir, "--app-dir", app.Git)
}
