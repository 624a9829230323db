package oci

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// referrers is what a repository knows of the referrers of a manifest.
type referrers struct {
	list []descriptor // from both sources, by digest
	api  bool         // the registry has the referrers API and keeps the list itself
	// index is the one under the fallback tag; zero when there is none.
	index manifest
}

// fallbackTag is where referrers are listed without the API.
func fallbackTag(digest string) string { return strings.Replace(digest, ":", "-", 1) }

func (c *Client) referrers(ctx context.Context, repository, digest string) (referrers, error) {
	var r referrers
	s, err := c.reading(ctx, repository)
	if err != nil {
		return r, err
	}
	q := request{
		method: http.MethodGet, path: "referrers/" + digest, accept: []string{indexType},
		want: []int{http.StatusOK, http.StatusNotFound, http.StatusBadRequest, http.StatusMethodNotAllowed, http.StatusNotAcceptable},
	}
	for q.path != "" {
		a, err := s.do(ctx, q)
		if err != nil {
			return r, err
		}
		var page manifest
		if a.status != http.StatusOK || !strings.HasPrefix(a.header.Get("Content-Type"), indexType) || json.Unmarshal(a.body, &page) != nil {
			break
		}
		r.api = true
		r.list = append(r.list, page.Manifests...)
		if q.path, err = nextPage(a); err != nil {
			return r, err
		}
	}
	m, ok, err := c.get(ctx, repository, fallbackTag(digest))
	if err != nil {
		return r, err
	}
	if ok && json.Unmarshal(m.data, &r.index) == nil {
		r.list = append(r.list, r.index.Manifests...)
	}
	r.list = slices.CompactFunc(byDigest(r.list), func(a, b descriptor) bool { return a.Digest == b.Digest })
	return r, nil
}

func byDigest(list []descriptor) []descriptor {
	return slices.SortedStableFunc(slices.Values(list), func(a, b descriptor) int { return cmp.Compare(a.Digest, b.Digest) })
}

// copyReferrers copies what refers to a manifest, each with what refers to it.
// Records stay behind: they tell about the repository that they are in.
func (c *Client) copyReferrers(ctx context.Context, t transfer, digest string, depth int) error {
	source, err := c.referrers(ctx, t.from, digest)
	if err != nil {
		return explain(t.from, digest, err)
	}
	var copied []descriptor
	for _, d := range source.list {
		d, ok, err := c.describe(ctx, t.from, d.Digest)
		if err != nil {
			return explain(t.from, d.Digest, err)
		}
		if !ok || d.ArtifactType == recordType {
			continue // a list may outlive what it names
		}
		if err := c.copyAll(ctx, t, d.Digest, depth+1); err != nil {
			return err
		}
		copied = append(copied, d)
	}
	if len(copied) == 0 {
		return nil
	}
	there, err := c.referrers(ctx, t.to, digest)
	if err != nil || there.api {
		return err
	}
	return c.listReferrers(ctx, t.to, digest, there.index, copied)
}

// describe reads the manifest of a referrer and returns how lists have it. Not
// every registry fills in what kind of artifact it is.
func (c *Client) describe(ctx context.Context, repository, digest string) (d descriptor, ok bool, err error) {
	m, ok, err := c.get(ctx, repository, digest)
	if err != nil || !ok {
		return descriptor{Digest: digest}, ok, err
	}
	d = descriptor{MediaType: m.mediaType, Digest: m.digest, Size: int64(len(m.data))}
	var parsed manifest
	if err := json.Unmarshal(m.data, &parsed); err != nil {
		return d, false, fmt.Errorf("is no manifest: %w", err)
	}
	d.ArtifactType, d.Annotations = parsed.ArtifactType, parsed.Annotations
	if d.ArtifactType == "" && parsed.Config != nil {
		d.ArtifactType = parsed.Config.MediaType
	}
	return d, true, nil
}

// listReferrers adds to the index under the fallback tag and keeps what is in it.
func (c *Client) listReferrers(ctx context.Context, repository, digest string, index manifest, add []descriptor) error {
	all := index.Manifests
	for _, d := range add {
		if !slices.ContainsFunc(all, func(e descriptor) bool { return e.Digest == d.Digest }) {
			all = append(all, d)
		}
	}
	if len(all) == len(index.Manifests) {
		return nil
	}
	data, err := json.Marshal(manifest{SchemaVersion: 2, MediaType: indexType, Manifests: byDigest(all), Annotations: index.Annotations})
	if err != nil {
		return fmt.Errorf("the list of referrers: %w", err)
	}
	return c.put(ctx, repository, fallbackTag(digest), content{data: data, mediaType: indexType})
}
