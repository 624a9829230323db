// Package bundle puts folders into an OCI registry the way that "flux push artifact" does, and signs them the way that
// "cosign sign --key" does. In: a folder, a repository, a key. Out: digests. It builds with public formats only, so that stories
// do not depend on the commands of Penstock that they will test.
package bundle

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// The media types of Flux's own bundles.
const (
	configType types.MediaType = "application/vnd.cncf.flux.config.v1+json"
	layerType  types.MediaType = "application/vnd.cncf.flux.content.v1.tar+gzip"
)

// Registry is where bundles go.
type Registry struct {
	Host, User, Password string
}

// Source says which commit a bundle was made from.
type Source struct {
	URL      string
	Revision string // main@sha1:<commit>
}

func (r Registry) options(ctx context.Context) []remote.Option {
	return []remote.Option{
		remote.WithContext(ctx), remote.WithTransport(http.DefaultTransport),
		remote.WithAuth(&authn.Basic{Username: r.User, Password: r.Password}),
	}
}

func (r Registry) ref(repository, tag string) (name.Tag, error) {
	return name.NewTag(r.Host+"/"+repository+":"+tag, name.Insecure)
}

// Push puts the folder dir under repository:tag and returns the digest of the manifest.
func (r Registry) Push(ctx context.Context, repository, tag, dir string, from Source) (string, error) {
	ref, err := r.ref(repository, tag)
	if err != nil {
		return "", err
	}
	layer, err := pack(dir)
	if err != nil {
		return "", err
	}
	img := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), configType)
	annotated, ok := mutate.Annotations(img, map[string]string{
		"org.opencontainers.image.source":   from.URL,
		"org.opencontainers.image.revision": from.Revision,
		"org.opencontainers.image.created":  "1970-01-01T00:00:00Z",
	}).(v1.Image)
	if !ok {
		return "", fmt.Errorf("%s: annotating made no image", ref)
	}
	img, err = mutate.Append(annotated, mutate.Addendum{Layer: static.NewLayer(layer, layerType)})
	if err != nil {
		return "", err
	}
	if err := remote.Write(ref, img, r.options(ctx)...); err != nil {
		return "", err
	}
	digest, err := img.Digest()
	return digest.String(), err
}

// Tag moves repository:tag to what digest or another tag names.
func (r Registry) Tag(ctx context.Context, repository, from, tag string) error {
	separator := ":"
	if len(from) > 7 && from[:7] == "sha256:" {
		separator = "@"
	}
	source, err := name.ParseReference(r.Host+"/"+repository+separator+from, name.Insecure)
	if err != nil {
		return err
	}
	descriptor, err := remote.Get(source, r.options(ctx)...)
	if err != nil {
		return err
	}
	ref, err := r.ref(repository, tag)
	if err != nil {
		return err
	}
	return remote.Tag(ref, descriptor, r.options(ctx)...)
}

// Digest is what repository:tag names.
func (r Registry) Digest(ctx context.Context, repository, tag string) (string, error) {
	ref, err := r.ref(repository, tag)
	if err != nil {
		return "", err
	}
	descriptor, err := remote.Head(ref, r.options(ctx)...)
	if err != nil {
		return "", err
	}
	return descriptor.Digest.String(), nil
}

// Untag deletes repository:tag; what it named stays.
func (r Registry) Untag(ctx context.Context, repository, tag string) error {
	ref, err := r.ref(repository, tag)
	if err != nil {
		return err
	}
	return remote.Delete(ref, r.options(ctx)...)
}

// pack is the folder as a gzipped tar without owners, times and irregular files.
func pack(dir string) ([]byte, error) {
	var buffer bytes.Buffer
	zip := gzip.NewWriter(&buffer)
	archive := tar.NewWriter(zip)
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == dir || !entry.IsDir() && !entry.Type().IsRegular() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return archive.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: filepath.ToSlash(rel) + "/", Mode: 0o755})
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		header := &tar.Header{Typeflag: tar.TypeReg, Name: filepath.ToSlash(rel), Mode: 0o644, Size: int64(len(data))}
		if err := archive.WriteHeader(header); err != nil {
			return err
		}
		_, err = archive.Write(data)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := archive.Close(); err != nil {
		return nil, err
	}
	if err := zip.Close(); err != nil {
		return nil, err
	}
	return buffer.Bytes(), nil
}
