package oci

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// deepest is how far referrers of referrers are followed, and indexes inside of
// indexes.
const deepest = 4

// Copy brings a manifest with everything that belongs to it into another
// repository: blobs, the manifests of an index, its referrers (by the referrers
// API and by the fallback tag) and cosign's own tags. Digests stay, and what is
// there already is neither sent again nor lost. Tags are not copied.
func (c *Client) Copy(ctx context.Context, from, to, digest string) error {
	if from == to {
		return nil
	}
	return explain(to, digest, c.copyAll(ctx, transfer{from, to}, digest, 0))
}

// transfer is where a copy comes from and where it goes.
type transfer struct{ from, to string }

// copyAll copies a manifest, then what refers to it. So a signature is never
// there before what it signs, and an environment's tag moves after both.
func (c *Client) copyAll(ctx context.Context, t transfer, digest string, depth int) error {
	if depth > deepest {
		return nil
	}
	if err := c.copyManifest(ctx, t, digest, depth); err != nil {
		return err
	}
	if err := c.copyReferrers(ctx, t, digest, depth); err != nil {
		return err
	}
	if depth > 0 { // cosign's tags belong to what was signed, not to signatures
		return nil
	}
	return c.copyCosign(ctx, t, digest)
}

func (c *Client) copyManifest(ctx context.Context, t transfer, digest string, depth int) error {
	if _, ok, err := c.head(ctx, t.to, digest); err != nil || ok {
		return err
	}
	m, ok, err := c.get(ctx, t.from, digest)
	if err != nil {
		return explain(t.from, digest, err)
	}
	if !ok {
		return explain(t.from, digest, errors.New("is not in the repository, so that it cannot be copied to "+t.to))
	}
	if err := c.copyParts(ctx, t, m, depth); err != nil {
		return err
	}
	return c.put(ctx, t.to, digest, m)
}

// copyParts copies what a manifest consists of.
func (c *Client) copyParts(ctx context.Context, t transfer, m content, depth int) error {
	var parts manifest
	if err := json.Unmarshal(m.data, &parts); err != nil {
		return explain(t.from, m.digest, fmt.Errorf("is no manifest: %w", err))
	}
	for _, child := range parts.Manifests {
		if depth > deepest {
			return explain(t.from, m.digest, errors.New("has indexes within indexes"))
		}
		if err := c.copyManifest(ctx, t, child.Digest, depth+1); err != nil {
			return err
		}
	}
	blobs := parts.Layers
	if parts.Config != nil {
		blobs = append(blobs, *parts.Config)
	}
	for _, b := range blobs {
		fetch := func() ([]byte, error) { return c.blob(ctx, t.from, b.Digest, maxBlob) }
		if err := c.upload(ctx, t.to, b.Digest, t.from, fetch); err != nil {
			return err
		}
	}
	return nil
}
