package bundle

import (
	"context"
	"encoding/json"
	"fmt"
)

// Store is a registry as bundles need it. Repositories have no scheme; a
// reference is a tag or a digest.
type Store interface {
	// Manifest returns a manifest and its digest; ok is false when it is missing.
	Manifest(ctx context.Context, repository, reference string) (data []byte, digest string, ok bool, err error)
	// Blob returns a blob of at most limit bytes.
	Blob(ctx context.Context, repository, digest string, limit int64) ([]byte, error)
	// Push uploads the blobs that are missing, then the manifest under the tag.
	Push(ctx context.Context, repository, tag string, manifest []byte, blobs ...[]byte) error
}

// Result is what a push came to.
type Result struct {
	Digest      string
	LayerDigest string
	Meta        Meta
	// Existed: the tag had this content already, and its manifest stayed.
	Existed bool
}

// Taken is the error for a release that exists with other content.
type Taken struct{ text string }

func (t Taken) Error() string { return t.text }

// PushRelease pushes a bundle under its release tag, which never changes: the
// same content again is fine and leaves the first manifest, other content is
// an error of type Taken.
func PushRelease(ctx context.Context, s Store, repository string, a Artifact) (Result, error) {
	tag := a.Meta.Version
	there, ok, err := Pull(ctx, s, repository, tag)
	if err != nil {
		return Result{}, err
	}
	if ok {
		return there.settle(repository, tag, a)
	}
	if err := s.Push(ctx, repository, tag, a.Manifest, a.Config, a.Layer); err != nil {
		return Result{}, err
	}
	// No registry can promise that nobody pushed since: look who won.
	if _, digest, ok, err := s.Manifest(ctx, repository, tag); err != nil || ok && digest == a.Digest {
		return a.result(), err
	}
	if there, ok, err = Pull(ctx, s, repository, tag); err != nil || !ok {
		return a.result(), err
	}
	return there.settle(repository, tag, a)
}

func (a Artifact) result() Result {
	return Result{Digest: a.Digest, LayerDigest: a.LayerDigest, Meta: a.Meta}
}

// PushCandidate pushes a bundle under its version, a tag that may move.
func PushCandidate(ctx context.Context, s Store, repository string, a Artifact) (Result, error) {
	return a.result(), s.Push(ctx, repository, a.Meta.Version, a.Manifest, a.Config, a.Layer)
}

// settle compares what is under the tag with what was to be there.
func (p Pulled) settle(repository, tag string, a Artifact) (Result, error) {
	if p.Meta.Revision == a.Meta.Revision && p.sameFiles(a) {
		return Result{Digest: p.Digest, LayerDigest: p.LayerDigest, Meta: p.Meta, Existed: true}, nil
	}
	return Result{}, Taken{fmt.Sprintf("%s:%s: the release exists with other content: there is %s from %s, this is %s from %s; a release never changes, push this as a new one",
		repository, tag, p.Digest, known(p.Meta.Revision), a.Digest, a.Meta.Revision)}
}

// sameFiles compares the layers, and where these differ their files: another
// version of Go may compress the same files to other bytes.
func (p Pulled) sameFiles(a Artifact) bool {
	if p.LayerDigest == a.LayerDigest {
		return true
	}
	b, err := Open(a.Layer)
	return err == nil && b.Files.Equal(p.Files)
}

func known(revision string) string {
	if revision == "" {
		return "an unknown revision"
	}
	return revision
}

// Pulled is a bundle from a registry.
type Pulled struct {
	Bundle
	Digest      string
	LayerDigest string
	Meta        Meta
	Annotations map[string]string
}

// Pull fetches a bundle; ok is false when there is none of that tag or digest.
func Pull(ctx context.Context, s Store, repository, reference string) (p Pulled, ok bool, err error) {
	data, digest, ok, err := s.Manifest(ctx, repository, reference)
	if err != nil || !ok {
		return Pulled{}, false, err
	}
	name := nameOf(repository, reference)
	var m manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return Pulled{}, false, fmt.Errorf("%s: is no manifest: %w", name, err)
	}
	if len(m.Layers) == 0 || m.Layers[0].MediaType != layerType {
		return Pulled{}, false, fmt.Errorf("%s: is not a bundle: its first layer is not %s", name, layerType)
	}
	layer, err := s.Blob(ctx, repository, m.Layers[0].Digest, MaxSize)
	if err != nil {
		return Pulled{}, false, err
	}
	b, err := Open(layer)
	if err != nil {
		return Pulled{}, false, fmt.Errorf("%s: %w", name, err)
	}
	return Pulled{
		Bundle: b, Digest: digest, LayerDigest: m.Layers[0].Digest, Annotations: m.Annotations,
		Meta: metaOf(m.Annotations),
	}, true, nil
}
