package delivery

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/generate/site"
	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/internal/release/gitdelivery"
	"github.com/penstock-dev/penstock/internal/release/promotion"
)

// Unresolved is a fault of the registry that leaves a history as Git has it.
type Unresolved struct{ error }

// ReadHistory reads the history of a place, from where it is.
func ReadHistory(ctx context.Context, reg promotion.Registry, p promotion.Place) (promotion.History, error) {
	if p.Pins == nil {
		return promotion.ReadHistory(ctx, reg, p.App, p.Env, 0)
	}
	h := promotion.PinHistory(p.App, p.Env, p.Pins)
	if err := h.Resolve(ctx, reg, p.Env.Repository); err != nil {
		return h, Unresolved{err}
	}
	return h, nil
}

// GitHistory is the history of an environment of an app that is delivered by
// Git.
func (o Clones) GitHistory(in site.Loaded, ae *model.AppEnv) (promotion.History, error) {
	c, err := o.openApp(in, ae.App)
	if err != nil {
		return promotion.History{}, err
	}
	list, _, err := c.overlays([]*model.AppEnv{ae})
	if err != nil {
		return promotion.History{}, err
	}
	return gitdelivery.History(ae.Team.Name+"/"+ae.App.Name, list[0]), nil
}

// Places lists the environments of apps, or the one that env names, with what
// Git says of those where it decides.
func (o Clones) Places(in site.Loaded, m *model.Model, apps []*model.App, env string) ([]promotion.Place, error) {
	var places []promotion.Place
	pinned := map[int]*model.AppEnv{} // by their index in places
	for _, app := range apps {
		if !app.OCI {
			list, err := o.overlayPlaces(in, app)
			if err != nil {
				return nil, err
			}
			places = append(places, list...)
			continue
		}
		envs := app.Envs
		if env != "" {
			ae, err := Environment(app, env)
			if err != nil {
				return nil, err
			}
			envs = []*model.AppEnv{ae}
		}
		for _, ae := range envs {
			if ae.Pinned {
				pinned[len(places)] = ae
			}
			places = append(places, promotion.Place{App: app.Team.Name + "/" + app.Name, Env: envOf(ae)})
		}
	}
	if len(pinned) == 0 {
		return places, nil
	}
	return places, o.pins(in, m, places, pinned)
}

// pins fills in what Git pins, or why that is not known.
func (o Clones) pins(in site.Loaded, m *model.Model, places []promotion.Place, pinned map[int]*model.AppEnv) error {
	at := slices.Sorted(maps.Keys(pinned))
	if o.platform(in) == "" {
		for _, i := range at {
			places[i].Unknown, places[i].Elsewhere = noPlatform(m), true
		}
		return nil
	}
	c, err := o.openPlatform(in, m)
	if err != nil {
		return err
	}
	envs := make([]*model.AppEnv, len(at))
	for n, i := range at {
		envs[n] = pinned[i]
	}
	logs, err := c.pinLogs(envs)
	for n, l := range logs {
		if places[at[n]].Pins = l.pins; l.err != nil {
			places[at[n]].Unknown = l.err.Error()
		}
	}
	return err
}

// overlayPlaces lists where an app that is delivered by Git runs.
func (o Clones) overlayPlaces(in site.Loaded, app *model.App) ([]promotion.Place, error) {
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
	c, err := o.openApp(in, app)
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
