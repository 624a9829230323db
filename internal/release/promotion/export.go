package promotion

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/penstock-dev/penstock/internal/registry/sweep"
)

// Describer tells what a manifest is, and the digests of what is about it; the
// manifest's digest is "" where there is none.
type Describer interface {
	Describe(ctx context.Context, repository, digest string) (m sweep.Manifest, about []string, err error)
}

// ExportPins lists what the versions of a pin file made to run.
func ExportPins(p Place) []sweep.Pin {
	var list []sweep.Pin
	for i, pin := range p.Pins {
		if i > 0 && pin.Digest == p.Pins[i-1].Digest && pin.Tag == p.Pins[i-1].Tag {
			continue
		}
		if pin.Digest != "" {
			list = append(list, sweep.Pin{App: p.App, Environment: p.Env.Name, Tag: pin.Tag, Digest: pin.Digest, PinnedAt: pin.Time})
		}
	}
	slices.Reverse(list)
	if len(list) > 0 && list[0].Digest == p.Pins[len(p.Pins)-1].Digest {
		list[0].Current = true
	}
	return list
}

// ReadExport reads a repository that holds some environments, as "registry
// simulate --history" takes it. It costs a listing, a request for each tag and
// one for each record, and what describe costs for each manifest that a tag is on
// or that belongs to one; describe may be nil. Times that a registry does not
// tell are nil.
func ReadExport(ctx context.Context, reg Registry, describe Describer, repository string, environments []string) (sweep.Repository, error) {
	x := sweep.Repository{Name: repository, Manifests: []sweep.Manifest{}}
	tags, err := reg.Tags(ctx, repository)
	if err != nil {
		return x, err
	}
	times, subjects := map[string]*time.Time{}, map[string]string{}
	for _, env := range environments {
		if err := recorded(ctx, reg, repository, env, tags, times, subjects); err != nil {
			return x, err
		}
	}
	found := map[string]*sweep.Manifest{}
	for _, tag := range tags {
		digest, ok, err := reg.Digest(ctx, repository, tag)
		if err != nil {
			return x, err
		}
		if !ok {
			continue
		}
		if found[digest] == nil {
			found[digest] = &sweep.Manifest{Digest: digest, Tags: []sweep.Tag{}}
		}
		m := found[digest]
		m.Tags = append(m.Tags, sweep.Tag{Name: tag, TaggedAt: times[tag]})
		m.Subject = max(m.Subject, subjects[tag])
	}
	if describe != nil {
		if err := whole(ctx, describe, repository, found); err != nil {
			return x, err
		}
	}
	for _, digest := range slices.Sorted(maps.Keys(found)) {
		x.Manifests = append(x.Manifests, *found[digest])
	}
	return x, nil
}

// whole adds what manifests are, and the manifests that belong to them.
func whole(ctx context.Context, describe Describer, repository string, found map[string]*sweep.Manifest) error {
	todo := slices.Sorted(maps.Keys(found))
	for len(todo) > 0 {
		digest := todo[0]
		todo = todo[1:]
		d, about, err := describe.Describe(ctx, repository, digest)
		if err != nil {
			return err
		}
		if d.Digest == "" {
			delete(found, digest) // gone meanwhile, or never whole
			continue
		}
		m := found[digest]
		m.MediaType, m.CreatedAt, m.Children, m.Subject = d.MediaType, d.CreatedAt, d.Children, cmp.Or(d.Subject, m.Subject)
		for _, other := range slices.Concat(d.Children, about) {
			if found[other] == nil {
				found[other] = &sweep.Manifest{Digest: other, Tags: []sweep.Tag{}}
				todo = append(todo, other)
			}
		}
	}
	for _, m := range found { // what is not there is nobody's part
		if found[m.Subject] == nil {
			m.Subject = ""
		}
		m.Children = slices.DeleteFunc(m.Children, func(d string) bool { return found[d] == nil })
	}
	return nil
}

// recorded collects what the records of an environment tell: when a claim, its
// record and the environment tag were made, and what a record is about.
func recorded(ctx context.Context, reg Registry, repository, env string, tags []string, times map[string]*time.Time, subjects map[string]string) error {
	claims, _ := Claims(tags, env)
	s := Fold(claims)
	for _, m := range s.Moves {
		data, ok, err := reg.Record(ctx, repository, m.RecordTag())
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		rec, err := DecodeRecord(data)
		if err != nil {
			continue // a record that says nothing
		}
		if t, ok := rec.time(); ok {
			times[m.Tag()], times[m.RecordTag()] = &t, &t
		}
		subjects[m.RecordTag()] = rec.Digest
	}
	if s.Release != "" {
		times[env] = times[s.Claim.Tag()]
	}
	return nil
}
