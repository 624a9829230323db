package delivery

import (
	"context"
	"fmt"

	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/generate/merge"
	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/internal/release/gitdelivery"
	"github.com/penstock-dev/penstock/internal/release/images"
	"github.com/penstock-dev/penstock/internal/release/promotion"
	"github.com/penstock-dev/penstock/internal/repo"
)

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
	if _, ds := images.Read(name, o.Data); ds != nil {
		return o, diag.Faults(ds)
	}
	for _, v := range versions {
		if list, ds := images.Read(name, v.Data); ds == nil {
			o.Versions = append(o.Versions, gitdelivery.Version{Images: list, Explanation: explain(ae, v)})
		}
	}
	return o, nil
}

// overlays is where a kustomize overlay of an app delivered by Git says what
// runs.
type overlays struct {
	change
	place    *model.AppEnv
	at, from gitdelivery.Overlay
}

func (v overlays) Promote(_ context.Context, o promotion.Options) (Done, error) {
	if o.Repair {
		return Done{}, v.noRepair(o)
	}
	return v.done(o)(gitdelivery.Promote(o, v.from, v.at))
}

func (v overlays) Rollback(_ context.Context, o promotion.Options) (Done, error) {
	return v.done(o)(gitdelivery.Rollback(o, v.at))
}

// Hold refuses: a branch cannot be held by a file in it.
func (v overlays) Hold(_ context.Context, o promotion.Options) (Done, error) {
	git := v.place.Git
	return Done{}, diag.Invalidf("%s is delivered by Git, where nothing can be held: protect the branch %q of %s from merges, or keep Flux from it with \"flux suspend kustomization %s --namespace %s\"",
		o.App, git.Branch, git.Web, v.place.Name, v.place.Team.Name)
}

func (v overlays) Lift(ctx context.Context, o promotion.Options) (Done, error) { return v.Hold(ctx, o) }

// readOverlays fills in what Git says of the environment and of the one before.
func (m *Move) readOverlays(r Request, promotes bool) error {
	envs := []*model.AppEnv{m.place}
	if promotes {
		from := before(m.place)
		if from == nil {
			return diag.Invalidf("%s is the first environment: the app's CI releases there, by a commit that sets the tag or digest in %s; promote goes on from it", m.Env.Name, m.place.OverlayFiles()[0])
		}
		envs = append(envs, from)
	}
	c, err := r.openApp(r.In, m.place.App)
	if err != nil {
		return err
	}
	m.checkout = c
	list, files, err := c.overlays(envs)
	if err != nil {
		return err
	}
	v := overlays{change: change{c, files[0], r.Branch}, place: m.place, at: list[0]}
	if promotes {
		v.from = list[1]
	}
	v.at.Data, err = c.file(v.path)
	m.mover, m.change = v, &v.change
	return err
}
