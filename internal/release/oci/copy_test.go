package oci_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/penstock-dev/penstock/internal/release/oci"
	"github.com/penstock-dev/penstock/internal/testkit/registrytest"
)

// signature is a manifest as cosign 2 keeps it under a tag: one layer each.
func signature(t testing.TB, c *oci.Client, repository, digest string, payloads ...string) {
	t.Helper()
	var diffs, layers []string
	blobs := make([][]byte, 0, len(payloads)+1)
	for _, p := range payloads {
		diffs = append(diffs, fmt.Sprintf("%q", oci.Sum([]byte(p))))
		layers = append(layers, fmt.Sprintf(`{"mediaType":"application/vnd.dev.cosign.simplesigning.v1+json","digest":%q,"size":%d,"annotations":{"dev.cosignproject.cosign/signature":%q}}`, oci.Sum([]byte(p)), len(p), "by "+p))
		blobs = append(blobs, []byte(p))
	}
	config := fmt.Appendf(nil, `{"rootfs":{"type":"layers","diff_ids":[%s]}}`, strings.Join(diffs, ","))
	m := fmt.Appendf(nil, `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":%q,"size":%d},"layers":[%s]}`,
		oci.Sum(config), len(config), strings.Join(layers, ","))
	check(t, c.Push(context.Background(), repository, cosignTag(digest), m, append(blobs, config)...))
}

func cosignTag(digest string) string { return strings.Replace(digest, ":", "-", 1) + ".sig" }

// raw is a manifest for go-containerregistry.
type raw []byte

func (r raw) RawManifest() ([]byte, error)        { return r, nil }
func (r raw) MediaType() (types.MediaType, error) { return types.OCIManifestSchema1, nil }

// refer makes a referrer with another client, as cosign 3 does, and returns its
// digest. That client keeps the fallback tag where the registry needs one.
func refer(t testing.TB, c *oci.Client, repository, subject, payload string) string {
	t.Helper()
	ctx := context.Background()
	data, _, ok, err := c.Manifest(ctx, repository, subject)
	if err != nil || !ok {
		t.Fatal(subject, ok, err)
	}
	blob, empty := []byte(payload), []byte("{}")
	m := fmt.Appendf(nil, `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":"application/vnd.dev.sigstore.bundle.v0.3+json","config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":%q,"size":2},"layers":[{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","digest":%q,"size":%d}],"subject":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":%q,"size":%d}}`,
		oci.Sum(empty), oci.Sum(blob), len(blob), subject, len(data))
	check(t, c.Push(ctx, repository, "blobs", manifestOf(empty, blob), empty, blob)) // only for the blobs
	ref, err := name.NewDigest(repository + "@" + oci.Sum(m))
	check(t, err)
	check(t, remote.Put(ref, raw(m), remote.WithAuthFromKeychain(anonymous{})))
	return oci.Sum(m)
}

// listed returns the digests of the referrers, as another client sees them.
func listed(t testing.TB, repository, subject string) []string {
	t.Helper()
	ref, err := name.NewDigest(repository + "@" + subject)
	check(t, err)
	index, err := remote.Referrers(ref, remote.WithAuthFromKeychain(anonymous{}))
	check(t, err)
	m, err := index.IndexManifest()
	check(t, err)
	var digests []string
	for _, d := range m.Manifests {
		digests = append(digests, d.Digest.String())
	}
	slices.Sort(digests)
	return digests
}

// TestCopy copies between each two registries and within each, with signatures
// of both kinds.
func TestCopy(t *testing.T) {
	t.Parallel()
	kinds := map[string]func(t *testing.T) string{
		"referrers":    func(t *testing.T) string { t.Helper(); return memory(t, true).host },
		"fallback":     func(t *testing.T) string { t.Helper(); return memory(t, false).host },
		"distribution": func(t *testing.T) string { t.Helper(); return registrytest.Start(t).Host },
	}
	for from, startFrom := range kinds {
		for to, startTo := range kinds {
			t.Run(from+" to "+to, func(t *testing.T) {
				t.Parallel()
				source := startFrom(t)
				target := source
				if from != to {
					target = startTo(t)
				}
				testCopy(t, source+"/releases/payments/checkout", target+"/channels/prod/payments/checkout")
			})
		}
	}
}

func testCopy(t *testing.T, from, to string) {
	t.Helper()
	ctx := context.Background()
	c, _ := client(t)
	digest := push(t, c, from, "1.0.0", "one")
	signature(t, c, from, digest, "publish")
	first := refer(t, c, from, digest, "sigstore bundle")
	check(t, c.PutRecord(ctx, from, "record-x", digest, []byte(`{"n":1}`)))
	check(t, c.Copy(ctx, from, to, digest))
	check(t, c.Tag(ctx, to, digest, "prod"))
	if got, ok, err := c.Digest(ctx, to, "prod"); err != nil || !ok || got != digest {
		t.Fatalf("prod is %s, %v, %v", got, ok, err)
	}
	if got := listed(t, to, digest); !slices.Equal(got, []string{first}) {
		t.Errorf("referrers %v, want %s", got, first)
	}
	if layer, err := c.Blob(ctx, to, oci.Sum([]byte("sigstore bundle")), 100); err != nil || string(layer) != "sigstore bundle" {
		t.Errorf("the signature's blob: %s, %v", layer, err)
	}
	source, _, err := c.Digest(ctx, from, cosignTag(digest))
	check(t, err)
	target, ok, err := c.Digest(ctx, to, cosignTag(digest))
	if err != nil || !ok || target != source {
		t.Errorf("the signature's tag is %s, %v, %v; want %s", target, ok, err, source)
	}
	// The environment signs as well, and the release is signed once more. A
	// second copy loses neither.
	own := refer(t, c, to, digest, "promote-prod")
	signature(t, c, to, digest, "publish", "promote")
	again := refer(t, c, from, digest, "second signature")
	signature(t, c, from, digest, "publish", "once more")
	check(t, c.Copy(ctx, from, to, digest))
	want := []string{first, own, again}
	slices.Sort(want)
	if got := listed(t, to, digest); !slices.Equal(got, want) {
		t.Errorf("referrers after both signed %v, want %v", got, want)
	}
	if got := layers(t, c, to, cosignTag(digest)); got != "publish, promote, once more" {
		t.Errorf("signatures %s", got)
	}
	before, _, err := c.Digest(ctx, to, cosignTag(digest))
	check(t, err)
	check(t, c.Copy(ctx, from, to, digest))
	if after, _, err := c.Digest(ctx, to, cosignTag(digest)); err != nil || after != before {
		t.Errorf("a third copy moves the signature's tag: %v", err)
	}
}

// layers joins the content of a manifest's layers; the configuration must list
// as many.
func layers(t testing.TB, c *oci.Client, repository, tag string) string {
	t.Helper()
	ctx := context.Background()
	data, _, _, err := c.Manifest(ctx, repository, tag)
	check(t, err)
	var m v1.Manifest
	check(t, json.Unmarshal(data, &m))
	var texts []string
	for _, l := range m.Layers {
		blob, err := c.Blob(ctx, repository, l.Digest.String(), 100)
		check(t, err)
		texts = append(texts, string(blob))
	}
	config, err := c.Blob(ctx, repository, m.Config.Digest.String(), 1<<20)
	check(t, err)
	var parsed v1.ConfigFile
	check(t, json.Unmarshal(config, &parsed))
	if len(parsed.RootFS.DiffIDs) != len(m.Layers) {
		t.Errorf("the configuration lists %d layers of %d", len(parsed.RootFS.DiffIDs), len(m.Layers))
	}
	return strings.Join(texts, ", ")
}

func TestCopyMissing(t *testing.T) {
	t.Parallel()
	c, _ := client(t)
	host := memory(t, true).host
	digest := oci.Sum([]byte("never"))
	err := c.Copy(context.Background(), host+"/a/b", host+"/c/d", digest)
	if want := host + "/a/b@" + digest + ": is not in the repository, so that it cannot be copied to " + host + "/c/d"; message(err) != want {
		t.Errorf("%v, want %s", err, want)
	}
}
