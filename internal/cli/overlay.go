package cli

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/generate/gen"
	"github.com/penstock-dev/penstock/internal/generate/merge"
	"github.com/penstock-dev/penstock/internal/generate/site"
	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/internal/release/gitdelivery"
	"github.com/penstock-dev/penstock/internal/release/promotion"
	"github.com/penstock-dev/penstock/internal/repo"
)

// appRepository is the folder of an app's repository; "" when it is not known.
func (o gitPlaces) appRepository(in site.Loaded) string {
	slice := filepath.FromSlash(gen.SliceFile)
	if o.appDir == "" && strings.HasSuffix(filepath.Clean(in.File), slice) {
		return cmp.Or(filepath.Clean(strings.TrimSuffix(filepath.Clean(in.File), slice)), ".")
	}
	return o.appDir
}

// noApp says what is missing for an app that is delivered by Git.
func noApp(app *model.App) string {
	return "delivered by Git: pass --app-dir DIR, a clone of " + app.Git.Web
}

// openApp opens the clone of an app's repository, which must be that app's.
func (o gitPlaces) openApp(io IO, in site.Loaded, app *model.App) (*checkout, error) {
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
	return openCheckout(io, dir, "--app-dir", app.Git)
}

// overlays reads the overlays of some environments, in one walk, and says where
// they are.
func (c *checkout) overlays(envs []*model.AppEnv) (list []gitdelivery.Overlay, files []string, err error) {
	names := make([][]string, len(envs))
	for i, ae := range envs {
		if names[i], err = c.overlayNames(ae); err != nil {
			return nil, nil, err
		}
		files = append(files, names[i][0])
	}
	logs, err := c.logs(names)
	if err != nil {
		return nil, nil, err
	}
	for i, ae := range envs {
		o, err := c.overlay(ae, files[i], logs[i])
		if err != nil {
			return nil, nil, err
		}
		list = append(list, o)
	}
	return list, files, nil
}

// overlayNames lists what an overlay's file may be called, the one that is there
// first.
func (c *checkout) overlayNames(ae *model.AppEnv) ([]string, error) {
	names := ae.OverlayFiles()
	for i, n := range names {
		data, err := c.repo.File(c.tip.Commit, c.at(n))
		if err != nil {
			return nil, err
		}
		if data != nil {
			names[0], names[i] = names[i], names[0]
			break
		}
	}
	return names, nil
}

func (c *checkout) overlay(ae *model.AppEnv, file string, versions []repo.Version) (gitdelivery.Overlay, error) {
	o := gitdelivery.Overlay{Env: ae.Env.Name, Image: ae.ImageName()}
	name := c.name(file)
	if n := len(versions); n > 0 {
		o.Data = versions[n-1].Data
	}
	if o.Data == nil {
		return o, fmt.Errorf("%s: is not on %s; commit and merge the overlay first", name, c.tip.Ref)
	}
	if lines := merge.Unresolved(o.Data); len(lines) > 0 {
		return o, diag.Personf("%s:%d:1: has conflict markers on %s; resolve them", name, lines[0], c.tip.Ref)
	}
	if _, ds := gitdelivery.Read(name, o.Data); ds != nil {
		return o, diag.Faults(ds)
	}
	for _, v := range versions {
		if images, ds := gitdelivery.Read(name, v.Data); ds == nil {
			o.Versions = append(o.Versions, gitdelivery.Version{Images: images, Explanation: explain(ae, v)})
		}
	}
	return o, nil
}

// readOverlays fills in what Git says of the environment and of the one before.
func (mv *moving) readOverlays(o gitPlaces, io IO, in site.Loaded, promotes bool) (err error) {
	envs := []*model.AppEnv{mv.place}
	if promotes {
		from := before(mv.place)
		if from == nil {
			return diag.Invalidf("%s is the first environment: the app's CI releases there, by a commit that sets the tag or digest in %s; promote goes on from it", mv.Env.Name, mv.place.OverlayFiles()[0])
		}
		envs = append(envs, from)
	}
	if mv.checkout, err = o.openApp(io, in, mv.place.App); err != nil {
		return err
	}
	overlays, files, err := mv.checkout.overlays(envs)
	if err != nil {
		return err
	}
	mv.overlay, mv.file = &overlays[0], files[0]
	if promotes {
		mv.from = overlays[1]
	}
	mv.overlay.Data, err = mv.checkout.file(mv.file)
	return err
}

// places lists where an app that is delivered by Git runs.
func (o gitPlaces) places(io IO, in site.Loaded, app *model.App) ([]promotion.Place, error) {
	name := app.Team.Name + "/" + app.Name
	places := make([]promotion.Place, len(app.Envs))
	for i, ae := range app.Envs {
		places[i] = promotion.Place{App: name, Env: envOf(ae), Unknown: noApp(app), Elsewhere: true}
	}
	dir := o.appRepository(in)
	if dir == "" {
		return places, nil
	}
	if is, err := site.AppOf(dir); err == nil && is != name {
		return places, nil // of another app of the overview
	}
	c, err := o.openApp(io, in, app)
	if err != nil {
		return nil, err
	}
	overlays, _, err := c.overlays(app.Envs)
	if err != nil { // it does not hide the other apps
		for i := range places {
			places[i].Unknown, places[i].Elsewhere = strings.TrimSpace(err.Error()), false
		}
		return places, nil
	}
	for i, overlay := range overlays {
		st := gitdelivery.Standing(name, overlay)
		places[i].Known = &st
	}
	return places, nil
}

// gitHistory prints the history of an app that is delivered by Git.
func (o historyOptions) gitHistory(in site.Loaded, app *model.App) error {
	ae, err := environment(app, o.env)
	if err != nil {
		return err
	}
	if o.check || o.export {
		return diag.Invalidf("%s/%s is delivered by Git: no registry holds what --check and --export are about", app.Team.Name, app.Name)
	}
	c, err := o.openApp(o.io, in, app)
	if err != nil {
		return err
	}
	overlays, _, err := c.overlays([]*model.AppEnv{ae})
	if err != nil {
		return err
	}
	return o.history(gitdelivery.History(app.Team.Name+"/"+app.Name, overlays[0]))
}
