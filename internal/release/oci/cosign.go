package oci

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
)

// copyCosign copies the tags under which cosign 2 keeps signatures, attestations
// and SBOMs.
func (c *Client) copyCosign(ctx context.Context, t transfer, digest string) error {
	for _, suffix := range []string{".sig", ".att", ".sbom"} {
		if err := c.copyCosignTag(ctx, t, fallbackTag(digest)+suffix); err != nil {
			return err
		}
	}
	return nil
}

// copyCosignTag copies one such tag. Where the environment has signatures of its
// own under it, both stay: a signature is a layer, and verification looks at
// each.
func (c *Client) copyCosignTag(ctx context.Context, t transfer, tag string) error {
	m, ok, err := c.get(ctx, t.from, tag)
	if err != nil {
		return explain(t.from, tag, err)
	}
	if !ok {
		return nil
	}
	there, ok, err := c.get(ctx, t.to, tag)
	if err != nil {
		return explain(t.to, tag, err)
	}
	if ok && there.digest == m.digest {
		return nil
	}
	if err := c.copyParts(ctx, t, m, 0); err != nil {
		return err
	}
	if ok {
		var more bool
		if m, more, err = c.merged(ctx, t, there, m); err != nil || !more {
			return explain(t.to, tag, err)
		}
	}
	return explain(t.to, tag, c.put(ctx, t.to, tag, m))
}

// merged adds the layers of add that base does not have; more is false when
// there are none.
func (c *Client) merged(ctx context.Context, t transfer, base, add content) (m content, more bool, err error) {
	var into, from manifest
	if err := errors.Join(json.Unmarshal(base.data, &into), json.Unmarshal(add.data, &from)); err != nil {
		return m, false, err
	}
	if into.Config == nil || from.Config == nil {
		return m, false, errors.New("signatures stand here in a form that cannot be merged; copy them with cosign copy")
	}
	var added []int
	for i, l := range from.Layers {
		if !slices.ContainsFunc(into.Layers, func(k descriptor) bool { return reflect.DeepEqual(k, l) }) {
			into.Layers = append(into.Layers, l)
			added = append(added, i)
		}
	}
	if len(added) == 0 {
		return m, false, nil
	}
	config, err := c.mergedConfig(ctx, t, into.Config.Digest, from.Config.Digest, added)
	if err != nil {
		return m, false, err
	}
	into.Config.Digest, into.Config.Size = sum(config), int64(len(config))
	if err := c.upload(ctx, t.to, into.Config.Digest, "", func() ([]byte, error) { return config, nil }); err != nil {
		return m, false, err
	}
	data, err := json.Marshal(into)
	return content{data: data, mediaType: base.mediaType, digest: sum(data)}, true, err
}

// mergedConfig adds to an image configuration what the added layers have in
// the other's lists, which run in parallel to the layers.
func (c *Client) mergedConfig(ctx context.Context, t transfer, base, other string, added []int) ([]byte, error) {
	var into, from map[string]any
	for _, step := range []struct {
		repository, digest string
		config             *map[string]any
	}{{t.to, base, &into}, {t.from, other, &from}} {
		data, err := c.blob(ctx, step.repository, step.digest, maxManifest)
		if err != nil {
			return nil, explain(step.repository, step.digest, err)
		}
		if err := json.Unmarshal(data, step.config); err != nil {
			return nil, fmt.Errorf("%s: %w", step.digest, err)
		}
	}
	appendAt(into, from, "history", added)
	inFS, _ := into["rootfs"].(map[string]any)
	fromFS, _ := from["rootfs"].(map[string]any)
	if inFS != nil && fromFS != nil {
		appendAt(inFS, fromFS, "diff_ids", added)
	}
	return json.Marshal(into)
}

func appendAt(into, from map[string]any, key string, indexes []int) {
	list, _ := into[key].([]any)
	other, _ := from[key].([]any)
	for _, i := range indexes {
		if i < len(other) {
			list = append(list, other[i])
		}
	}
	if list != nil {
		into[key] = list
	}
}
