package oci

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/penstock-dev/penstock/internal/registry/sweep"
)

// createdAnnotation is OCI's: image specification, "Pre-Defined Annotation Keys".
const createdAnnotation = "org.opencontainers.image.created"

// Describe reads what a manifest is, and the digests of what is about it: two
// requests, and one more where the registry has no referrers API. Its digest is
// "" where there is none.
func (c *Client) Describe(ctx context.Context, repository, digest string) (m sweep.Manifest, about []string, err error) {
	got, ok, err := c.get(ctx, repository, digest)
	if err != nil || !ok {
		return m, nil, explain(repository, digest, err)
	}
	var read manifest
	if err := json.Unmarshal(got.data, &read); err != nil {
		return m, nil, explain(repository, digest, fmt.Errorf("no manifest: %w", err))
	}
	m.Digest, m.MediaType = got.digest, got.mediaType
	if read.Subject != nil {
		m.Subject = read.Subject.Digest
	}
	for _, child := range read.Manifests {
		m.Children = append(m.Children, child.Digest)
	}
	if at, err := time.Parse(time.RFC3339, read.Annotations[createdAnnotation]); err == nil {
		m.CreatedAt = &at
	}
	found, err := c.referrers(ctx, repository, digest)
	for _, r := range found.list {
		about = append(about, r.Digest)
	}
	return m, about, explain(repository, digest, err)
}
