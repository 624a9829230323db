package delivery

import (
	"context"
	"fmt"

	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/generate/merge"
	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/internal/release/promotion"
	"github.com/penstock-dev/penstock/internal/repo"
)

// pinLog is what the versions of a pin file say.
type pinLog struct {
	pins []promotion.Pin // oldest first, the newest being what counts
	err  error           // why nothing is known
}

// pinLogs reads the pin files of some environments, all in one walk.
func (c *checkout) pinLogs(envs []*model.AppEnv) ([]pinLog, error) {
	files := make([][]string, len(envs))
	for i, ae := range envs {
		files[i] = ae.PinFiles()
	}
	logs, err := c.logs(files)
	if err != nil {
		return nil, err
	}
	list := make([]pinLog, len(envs))
	for i, ae := range envs {
		list[i] = c.pinLog(ae, logs[i])
	}
	return list, nil
}

func (c *checkout) pinLog(ae *model.AppEnv, versions []repo.Version) (log pinLog) {
	if n := len(versions); n == 0 || versions[n-1].Data == nil {
		log.err = fmt.Errorf("%s: is not on %s; run \"penstock generate\", commit and merge what it writes", c.name(ae.PinFile()), c.tip.Ref)
		return log
	}
	for i, v := range versions {
		p, err := promotion.ReadPin(v.Data)
		switch {
		case err != nil && i == len(versions)-1:
			log.err = c.badPin(ae.PinFile(), v.Data)
		case err == nil:
			p.Explanation = explain(ae, v)
			log.pins = append(log.pins, p)
		}
	}
	return log
}

func explain(ae *model.AppEnv, v repo.Version) promotion.Explanation {
	w := promotion.Written{Commit: v.Commit, Author: v.Author, Message: v.Message, Time: v.Time}
	return promotion.Explain(w, ae.Team.Name+"/"+ae.Name, ae.Env.Name)
}

// badPin says where a pin file cannot be read.
func (c *checkout) badPin(file string, data []byte) error {
	if lines := merge.Unresolved(data); len(lines) > 0 {
		return diag.Personf("%s:%d:1: has conflict markers on %s; resolve them", c.name(file), lines[0], c.tip.Ref)
	}
	return promotion.CheckPin(c.name(file), data).Err()
}

// pins is where a pin file says what runs.
type pins struct {
	change
	reg promotion.Registry
	log promotion.PinLog
}

func (p pins) Promote(ctx context.Context, o promotion.Options) (Done, error) {
	if o.Repair {
		return Done{}, p.noRepair(o)
	}
	return p.done(o)(promotion.PromotePin(ctx, p.reg, o, p.log))
}

func (p pins) Rollback(ctx context.Context, o promotion.Options) (Done, error) {
	return p.done(o)(promotion.RollbackPin(ctx, p.reg, o, p.log))
}

func (p pins) Hold(_ context.Context, o promotion.Options) (Done, error) {
	return p.done(o)(promotion.HoldPin(o, p.log))
}

func (p pins) Lift(_ context.Context, o promotion.Options) (Done, error) {
	return p.done(o)(promotion.LiftPin(o, p.log))
}

// readPins fills in what Git says of the environment and of the one before.
func (m *Move) readPins(r Request, from *model.AppEnv) error {
	c, err := r.openPlatform(r.In, r.Model)
	if err != nil {
		return err
	}
	m.checkout = c
	var envs []*model.AppEnv
	if m.Env.Pinned {
		envs = append(envs, m.place)
	}
	if from != nil && from.Pinned {
		envs = append(envs, from)
	}
	logs, err := c.pinLogs(envs)
	if err != nil {
		return err
	}
	for i, l := range logs {
		if l.err != nil {
			return l.err
		}
		if envs[i] == from {
			m.Env.From.Pins = l.pins
			continue
		}
		p := pins{change{c, m.place.PinFile(), r.Branch}, r.Registry, promotion.PinLog{Before: l.pins[:len(l.pins)-1]}}
		if p.log.File, err = c.file(p.path); err != nil {
			return err
		}
		m.mover, m.change = p, &p.change
	}
	return nil
}
