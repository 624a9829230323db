package oci

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// session is a login to one repository.
type session struct {
	client *Client
	repo   name.Repository
	http   *http.Client
}

// reading logs in to read.
func (c *Client) reading(ctx context.Context, repository string) (*session, error) {
	return c.login(ctx, repository, transport.PullScope, "")
}

// writing logs in to write and, where from is given, to mount blobs from there.
func (c *Client) writing(ctx context.Context, repository, from string) (*session, error) {
	return c.login(ctx, repository, transport.PushScope, from)
}

func (c *Client) login(ctx context.Context, repository, scope, from string) (*session, error) {
	repo, err := c.repository(repository)
	if err != nil {
		return nil, err
	}
	scopes := []string{repo.Scope(scope)}
	if from != "" && from != repository {
		source, err := c.repository(from)
		if err != nil {
			return nil, err
		}
		if source.RegistryStr() == repo.RegistryStr() {
			scopes = append(scopes, source.Scope(transport.PullScope))
		}
	}
	key := repo.RegistryStr() + " " + strings.Join(scopes, " ")
	c.mu.Lock()
	s := c.sessions[key]
	c.mu.Unlock()
	if s != nil {
		return s, nil
	}
	var auth http.RoundTripper
	err = c.retry(ctx, func() error {
		who, err := authn.Resolve(ctx, c.o.Keychain, repo)
		if err != nil {
			return fmt.Errorf("credentials: %w", err)
		}
		auth, err = transport.NewWithContext(ctx, repo.Registry, who, transport.NewUserAgent(c.http, c.o.UserAgent), scopes)
		return err
	})
	if err != nil {
		return nil, err
	}
	s = &session{c, repo, &http.Client{Transport: auth}}
	c.mu.Lock()
	c.sessions[key] = s
	c.mu.Unlock()
	return s, nil
}

// request is one call of the registry's API below /v2/<repository>/.
type request struct {
	method string
	path   string // below the repository; or a whole URL
	query  url.Values
	accept []string
	typ    string // of the body
	body   []byte
	limit  int64 // of the answer; 0 stands for maxManifest
	want   []int // status codes that are no error
	report func(done int64)
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
	url    *url.URL
}

// do sends a request that may be repeated, and repeats it where that helps.
func (s *session) do(ctx context.Context, r request) (a answer, err error) {
	err = s.client.retry(ctx, func() error {
		a, err = s.once(ctx, r)
		return err
	})
	return a, err
}

// once sends a request once.
func (s *session) once(ctx context.Context, r request) (answer, error) {
	target := r.path
	if !strings.Contains(target, "://") {
		u := url.URL{Scheme: s.repo.Scheme(), Host: s.repo.RegistryStr(), Path: "/v2/" + s.repo.RepositoryStr() + "/" + r.path, RawQuery: r.query.Encode()}
		target = u.String()
	}
	req, err := http.NewRequestWithContext(ctx, r.method, target, nil)
	if err != nil {
		return answer{}, err
	}
	if len(r.body) > 0 {
		req.ContentLength = int64(len(r.body))
		req.GetBody = func() (io.ReadCloser, error) {
			return io.NopCloser(&reporter{bytes.NewReader(r.body), r.report, 0}), nil
		}
		req.Body, _ = req.GetBody()
	}
	for _, typ := range r.accept {
		req.Header.Add("Accept", typ)
	}
	if r.typ != "" {
		req.Header.Set("Content-Type", r.typ)
	}
	resp, err := s.http.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	if err := transport.CheckError(resp, r.want...); err != nil {
		return answer{}, err
	}
	limit := r.limit
	if limit == 0 {
		limit = maxManifest
	}
	var in io.Reader = resp.Body
	if r.body == nil {
		in = &reporter{in, r.report, 0}
	}
	body, err := io.ReadAll(io.LimitReader(in, limit+1))
	if err != nil {
		return answer{}, err
	}
	if int64(len(body)) > limit {
		return answer{}, fmt.Errorf("the answer has more than %d bytes", limit)
	}
	return answer{resp.StatusCode, resp.Header, body, resp.Request.URL}, nil
}

// reporter tells how much was read so far.
type reporter struct {
	io.Reader
	report func(done int64)
	done   int64
}

func (r *reporter) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.done += int64(n)
	if r.report != nil && n > 0 {
		r.report(r.done)
	}
	return n, err
}

// missing reports whether the registry says that there is no such thing.
func missing(err error) bool {
	var e *transport.Error
	return errors.As(err, &e) && e.StatusCode == http.StatusNotFound
}
