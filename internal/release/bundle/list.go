package bundle

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"
	"golang.org/x/sync/errgroup"
)

// Lister is a Store that lists tags.
type Lister interface {
	Store
	Tags(ctx context.Context, repository string) ([]string, error)
}

// Listed is a bundle in a list. Its Meta is empty where the tag has something
// that no bundle is made of.
type Listed struct {
	Tag    string
	Digest string
	Meta   Meta
}

// Class is a kind of tag that bundles have.
type Class int

// The classes of tags.
const (
	Releases   Class = iota
	Candidates       // ci-*
	Previews         // pr-*
)

// List lists the bundles of a class, the newest first, at most limit of them
// where that is above 0; more is how many it leaves out.
func List(ctx context.Context, s Lister, repository string, of Class, limit int) (list []Listed, more int, err error) {
	tags, err := s.Tags(ctx, repository)
	if err != nil {
		return nil, 0, err
	}
	tags = of.pick(tags)
	cut := func(n int) int {
		if limit <= 0 {
			return n
		}
		return min(n, limit)
	}
	if of == Releases { // their order needs no look at them
		more = len(tags) - cut(len(tags))
		tags = tags[:cut(len(tags))]
	}
	if list, err = readAll(ctx, s, repository, tags); err != nil || of == Releases {
		return list, more, err
	}
	slices.SortStableFunc(list, func(a, b Listed) int { return cmp.Compare(b.Meta.Created, a.Meta.Created) })
	return list[:cut(len(list))], len(list) - cut(len(list)), nil
}

// pick returns the tags of a class: releases the newest first, others by name.
func (c Class) pick(tags []string) []string {
	if c != Releases {
		prefix := map[Class]string{Candidates: "ci-", Previews: "pr-"}[c]
		return slices.DeleteFunc(slices.Clone(tags), func(t string) bool { return !strings.HasPrefix(t, prefix) })
	}
	var versions []*semver.Version
	for _, t := range tags {
		if v, err := semver.StrictNewVersion(t); err == nil && v.Metadata() == "" {
			versions = append(versions, v)
		}
	}
	slices.SortFunc(versions, func(a, b *semver.Version) int { return b.Compare(a) })
	picked := make([]string, len(versions))
	for i, v := range versions {
		picked[i] = v.Original()
	}
	return picked
}

// readAll reads the manifests of tags, some at once. A tag that is gone since
// they were listed is left out.
func readAll(ctx context.Context, s Store, repository string, tags []string) ([]Listed, error) {
	list := make([]Listed, len(tags))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(8)
	for i, tag := range tags {
		group.Go(func() error {
			data, digest, ok, err := s.Manifest(ctx, repository, tag)
			if err != nil || !ok {
				return err
			}
			list[i] = Listed{Tag: tag, Digest: digest}
			var m manifest
			if json.Unmarshal(data, &m) == nil && len(m.Layers) > 0 && m.Layers[0].MediaType == layerType {
				list[i].Meta = metaOf(m.Annotations)
			}
			return nil
		})
	}
	err := group.Wait()
	return slices.DeleteFunc(list, func(l Listed) bool { return l.Tag == "" }), err
}

func metaOf(annotations map[string]string) Meta {
	return Meta{
		Source: annotations[annotationSource], Revision: annotations[annotationRevision],
		Version: annotations[annotationVersion], Created: annotations[annotationCreated],
	}
}
