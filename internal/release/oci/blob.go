package oci

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
)

// maxBlob is the largest blob that is copied through memory.
const maxBlob = 512 << 20

// Blob returns a blob of at most limit bytes and checks its digest.
func (c *Client) Blob(ctx context.Context, repository, digest string, limit int64) ([]byte, error) {
	data, err := c.blob(ctx, repository, digest, limit)
	return data, explain(repository, digest, err)
}

func (c *Client) blob(ctx context.Context, repository, digest string, limit int64) ([]byte, error) {
	s, err := c.reading(ctx, repository)
	if err != nil {
		return nil, err
	}
	a, err := s.do(ctx, request{
		method: http.MethodGet, path: "blobs/" + digest, limit: limit, want: []int{http.StatusOK},
		report: c.progress(repository, digest, false, 0),
	})
	if err != nil {
		return nil, err
	}
	if got := sum(a.body); got != digest {
		return nil, fmt.Errorf("the registry sends %s instead", got)
	}
	return a.body, nil
}

// Push uploads the blobs that the repository does not have, then the manifest
// under the tag. It overwrites: look before.
func (c *Client) Push(ctx context.Context, repository, tag string, manifest []byte, blobs ...[]byte) error {
	for _, b := range blobs {
		if err := c.upload(ctx, repository, sum(b), "", func() ([]byte, error) { return b, nil }); err != nil {
			return explain(repository, tag, err)
		}
	}
	return explain(repository, tag, c.put(ctx, repository, tag, content{data: manifest, mediaType: imageType}))
}

// upload brings a blob into a repository, from another one of the same registry
// without moving bytes where that can be. A broken upload starts again from its
// beginning: nothing tells how much of it arrived.
func (c *Client) upload(ctx context.Context, repository, digest, from string, data func() ([]byte, error)) error {
	s, err := c.writing(ctx, repository, from)
	if err != nil {
		return err
	}
	return c.retry(ctx, func() error {
		_, err := s.once(ctx, request{method: http.MethodHead, path: "blobs/" + digest, want: []int{http.StatusOK}})
		if err == nil || !missing(err) {
			return err
		}
		location, mounted, err := s.start(ctx, digest, from)
		if err != nil || mounted {
			return err
		}
		body, err := data()
		if err != nil {
			return err
		}
		_, err = s.once(ctx, request{
			method: http.MethodPut, path: location, typ: "application/octet-stream", body: body,
			want:   []int{http.StatusCreated, http.StatusNoContent, http.StatusAccepted},
			report: c.progress(repository, digest, true, int64(len(body))),
		})
		return err
	})
}

// start begins an upload and returns where to send the bytes, unless the
// registry could mount the blob from another repository.
func (s *session) start(ctx context.Context, digest, from string) (location string, mounted bool, err error) {
	r := request{method: http.MethodPost, path: "blobs/uploads/", body: []byte{}, want: []int{http.StatusAccepted, http.StatusCreated}}
	if from != "" {
		source, err := s.client.repository(from)
		if err != nil {
			return "", false, err
		}
		if source.RegistryStr() == s.repo.RegistryStr() {
			r.query = url.Values{"mount": {digest}, "from": {source.RepositoryStr()}}
		}
	}
	a, err := s.once(ctx, r)
	if err != nil || a.status == http.StatusCreated {
		return "", err == nil, err
	}
	u, err := url.Parse(a.header.Get("Location"))
	if err != nil || a.header.Get("Location") == "" {
		return "", false, errors.New("the registry does not say where to upload to")
	}
	u = a.url.ResolveReference(u)
	q := u.Query()
	q.Set("digest", digest)
	u.RawQuery = q.Encode()
	return u.String(), false, nil
}

// progress returns what reports one transfer, or nil.
func (c *Client) progress(repository, digest string, upload bool, total int64) func(int64) {
	if c.o.Progress == nil {
		return nil
	}
	return func(done int64) {
		c.o.Progress(Transfer{Repository: repository, Digest: digest, Upload: upload, Done: done, Total: total})
	}
}
