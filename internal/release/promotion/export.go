package promotion

import (
	"context"
	"slices"
	"strings"
	"time"
)

// Export is what a repository holds, as "registry simulate --history" reads it.
// Times that a registry does not tell are null.
type Export struct {
	Repository string     `json:"repository"`
	Manifests  []Manifest `json:"manifests"` // by digest
	// Pins are what Git pinned of it, by app and environment, newest first.
	Pins []ExportedPin `json:"pins,omitempty"`
}

// ExportedPin is a version of a pin file. Current: it is what Git pins now.
type ExportedPin struct {
	App         string     `json:"app"`
	Environment string     `json:"environment"`
	Tag         string     `json:"tag"`
	Digest      string     `json:"digest"`
	PinnedAt    *time.Time `json:"pinnedAt"`
	Current     bool       `json:"current"`
}

// ExportPins lists what the versions of a pin file made to run.
func ExportPins(p Place) []ExportedPin {
	var list []ExportedPin
	for i, pin := range p.Pins {
		if i > 0 && pin.Digest == p.Pins[i-1].Digest && pin.Tag == p.Pins[i-1].Tag {
			continue
		}
		if pin.Digest != "" {
			list = append(list, ExportedPin{App: p.App, Environment: p.Env.Name, Tag: pin.Tag, Digest: pin.Digest, PinnedAt: pin.Time})
		}
	}
	slices.Reverse(list)
	if len(list) > 0 && list[0].Digest == p.Pins[len(p.Pins)-1].Digest {
		list[0].Current = true
	}
	return list
}

// Manifest is a digest with its tags.
type Manifest struct {
	Digest       string        `json:"digest"`
	PushedAt     *time.Time    `json:"pushedAt"`
	CreatedAt    *time.Time    `json:"createdAt"`
	LastPulledAt *time.Time    `json:"lastPulledAt"`
	Subject      string        `json:"subject,omitempty"`
	Tags         []ExportedTag `json:"tags"` // by name
}

// ExportedTag is a tag and when it was made or last moved, where a record says.
type ExportedTag struct {
	Name     string     `json:"name"`
	TaggedAt *time.Time `json:"taggedAt"`
}

// ReadExport reads a repository that holds some environments. It costs a
// listing, a request for each tag and one for each record.
func ReadExport(ctx context.Context, reg Registry, repository string, environments []string) (Export, error) {
	x := Export{Repository: repository, Manifests: []Manifest{}}
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
	at := map[string]int{}
	for _, tag := range tags {
		digest, ok, err := reg.Digest(ctx, repository, tag)
		if err != nil {
			return x, err
		}
		if !ok {
			continue
		}
		if _, known := at[digest]; !known {
			at[digest] = len(x.Manifests)
			x.Manifests = append(x.Manifests, Manifest{Digest: digest})
		}
		m := &x.Manifests[at[digest]]
		m.Tags = append(m.Tags, ExportedTag{tag, times[tag]})
		m.Subject = max(m.Subject, subjects[tag])
	}
	slices.SortFunc(x.Manifests, func(a, b Manifest) int { return strings.Compare(a.Digest, b.Digest) })
	return x, nil
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
