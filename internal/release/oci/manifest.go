package oci

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// maxManifest is the size that registries promise to take.
const maxManifest = 4 << 20

// The media types of manifests.
const (
	imageType       = "application/vnd.oci.image.manifest.v1+json"
	indexType       = "application/vnd.oci.image.index.v1+json"
	dockerImageType = "application/vnd.docker.distribution.manifest.v2+json"
	dockerIndexType = "application/vnd.docker.distribution.manifest.list.v2+json"
)

// content is a manifest.
type content struct {
	data      []byte
	mediaType string
	digest    string
}

// descriptor points at a blob or a manifest.
type descriptor struct {
	MediaType    string            `json:"mediaType"`
	ArtifactType string            `json:"artifactType,omitempty"`
	Digest       string            `json:"digest"`
	Size         int64             `json:"size"`
	Annotations  map[string]string `json:"annotations,omitempty"`
}

// manifest is what we read and write of image manifests and indexes.
type manifest struct {
	SchemaVersion int               `json:"schemaVersion"`
	MediaType     string            `json:"mediaType,omitempty"`
	ArtifactType  string            `json:"artifactType,omitempty"`
	Config        *descriptor       `json:"config,omitempty"`
	Layers        []descriptor      `json:"layers,omitempty"`
	Manifests     []descriptor      `json:"manifests,omitempty"`
	Subject       *descriptor       `json:"subject,omitempty"`
	Annotations   map[string]string `json:"annotations,omitempty"`
}

// Digest returns what a tag points at; ok is false when there is no such tag.
func (c *Client) Digest(ctx context.Context, repository, tag string) (digest string, ok bool, err error) {
	d, ok, err := c.head(ctx, repository, tag)
	return d.Digest, ok, explain(repository, tag, err)
}

// head describes a manifest without fetching it, where the registry can.
func (c *Client) head(ctx context.Context, repository, reference string) (d descriptor, ok bool, err error) {
	s, err := c.reading(ctx, repository)
	if err != nil {
		return d, false, err
	}
	a, err := s.do(ctx, request{method: http.MethodHead, path: "manifests/" + reference, accept: manifestTypes(), want: []int{http.StatusOK}})
	if missing(err) {
		return d, false, nil
	}
	if err != nil {
		return d, false, err
	}
	d = descriptor{MediaType: a.header.Get("Content-Type"), Digest: a.header.Get("Docker-Content-Digest")}
	d.Size, err = strconv.ParseInt(a.header.Get("Content-Length"), 10, 64)
	if err == nil && strings.HasPrefix(d.Digest, "sha256:") && d.MediaType != "" {
		return d, true, nil
	}
	m, ok, err := c.get(ctx, repository, reference)
	return descriptor{MediaType: m.mediaType, Digest: m.digest, Size: int64(len(m.data))}, ok, err
}

// Manifest returns a manifest and its digest; ok is false when it is missing.
func (c *Client) Manifest(ctx context.Context, repository, reference string) (data []byte, digest string, ok bool, err error) {
	m, ok, err := c.get(ctx, repository, reference)
	return m.data, m.digest, ok, explain(repository, reference, err)
}

func manifestTypes() []string {
	return []string{imageType, indexType, dockerImageType, dockerIndexType}
}

func (c *Client) get(ctx context.Context, repository, reference string) (m content, ok bool, err error) {
	key := repository + "@" + reference
	c.mu.Lock()
	m, ok = c.manifests[key]
	c.mu.Unlock()
	if ok {
		return m, true, nil
	}
	s, err := c.reading(ctx, repository)
	if err != nil {
		return m, false, err
	}
	a, err := s.do(ctx, request{method: http.MethodGet, path: "manifests/" + reference, accept: manifestTypes(), want: []int{http.StatusOK}})
	if missing(err) {
		return m, false, nil
	}
	if err != nil {
		return m, false, err
	}
	m = content{data: a.body, digest: sum(a.body), mediaType: a.header.Get("Content-Type")}
	if strings.Contains(reference, ":") && reference != m.digest {
		return content{}, false, fmt.Errorf("the registry sends %s instead", m.digest)
	}
	var own manifest
	if json.Unmarshal(a.body, &own) == nil && own.MediaType != "" {
		m.mediaType = own.MediaType
	}
	c.mu.Lock()
	c.manifests[repository+"@"+m.digest] = m
	c.mu.Unlock()
	return m, true, nil
}

// put writes a manifest under a tag or its digest.
func (c *Client) put(ctx context.Context, repository, reference string, m content) error {
	s, err := c.writing(ctx, repository, "")
	if err != nil {
		return err
	}
	_, err = s.do(ctx, request{
		method: http.MethodPut, path: "manifests/" + reference, typ: m.mediaType, body: m.data,
		want: []int{http.StatusCreated, http.StatusOK, http.StatusAccepted},
	})
	if !refused(err) {
		return err
	}
	// A registry with immutable tags may refuse even what is there already.
	if d, ok, headErr := c.head(ctx, repository, reference); headErr == nil && ok && d.Digest == sum(m.data) {
		return nil
	}
	return err
}

// refused reports whether the registry understood a request and turned it down.
func refused(err error) bool {
	var e *transport.Error
	return errors.As(err, &e) && e.StatusCode != http.StatusUnauthorized && e.StatusCode != http.StatusNotFound
}

// Tag makes or moves a tag to a manifest that the repository has.
func (c *Client) Tag(ctx context.Context, repository, digest, tag string) error {
	m, ok, err := c.get(ctx, repository, digest)
	if err != nil {
		return explain(repository, digest, err)
	}
	if !ok {
		return explain(repository, digest, errors.New("is not in the repository, so that no tag can point at it"))
	}
	return explain(repository, tag, c.put(ctx, repository, tag, m))
}

func sum(data []byte) string {
	s := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(s[:])
}
