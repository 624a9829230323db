// Package kube talks to a Kubernetes API server in JSON over HTTP: just what stories need, without client-go. In: objects as maps.
// Out: the server's answer, or an *Error with the status that it gave. It keeps no cache and retries nothing.
package kube

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Client is one identity at one API server. It is safe for concurrent use.
type Client struct {
	server string
	token  string
	as     *Identity
	warn   func(string)
	http   *http.Client
	kinds  *kinds
}

// Identity is whom a request is made as.
type Identity struct {
	User   string
	Groups []string
}

// Error is a refusal of the API server.
type Error struct {
	Code    int
	Reason  string
	Message string
}

func (e *Error) Error() string { return fmt.Sprintf("%d %s: %s", e.Code, e.Reason, e.Message) }

// New makes a client for the server, whose certificate authority ca holds in PEM.
func New(server string, ca []byte, token string) (*Client, error) {
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(ca) {
		return nil, fmt.Errorf("%s: no certificate in the CA file", server)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, MaxIdleConnsPerHost: 16}
	return &Client{
		server: server, token: token, kinds: &kinds{mu: &sync.Mutex{}},
		http: &http.Client{Transport: transport, Timeout: 30 * time.Second},
	}, nil
}

// As is the same client, impersonating somebody.
func (c *Client) As(id Identity) *Client {
	other := *c
	other.as = &id
	return &other
}

// Heard is the same client, which hands each warning of the server to warn.
func (c *Client) Heard(warn func(string)) *Client {
	other := *c
	other.warn = warn
	return &other
}

// Write is how an object is written.
type Write struct {
	// DryRun asks for every check and no change.
	DryRun bool
	// Manager is the field manager; empty is "lab".
	Manager string
	// Lax lets fields pass that the kind does not have.
	Lax bool
	// Subresource, such as status, is written instead of the object.
	Subresource string
}

func (w Write) query() url.Values {
	q := url.Values{"fieldValidation": {"Strict"}, "fieldManager": {"lab"}}
	if w.Manager != "" {
		q.Set("fieldManager", w.Manager)
	}
	if w.DryRun {
		q.Set("dryRun", "All")
	}
	if w.Lax {
		q.Set("fieldValidation", "Ignore")
	}
	return q
}

func (w Write) path(path string) string {
	if w.Subresource == "" {
		return path
	}
	return path + "/" + w.Subresource
}

// Apply is a forced server-side apply with strict field validation.
func (c *Client) Apply(ctx context.Context, o Object, w Write) (Object, error) {
	path, err := c.path(ctx, o)
	if err != nil {
		return nil, err
	}
	q := w.query()
	q.Set("force", "true")
	return c.do(ctx, http.MethodPatch, path+"?"+q.Encode(), "application/apply-patch+yaml", o)
}

// Create makes a new object.
func (c *Client) Create(ctx context.Context, o Object, w Write) (Object, error) {
	path, err := c.path(ctx, o)
	if err != nil {
		return nil, err
	}
	return c.do(ctx, http.MethodPost, parent(path)+"?"+w.query().Encode(), "application/json", o)
}

// Update replaces an object.
func (c *Client) Update(ctx context.Context, o Object, w Write) (Object, error) {
	path, err := c.path(ctx, o)
	if err != nil {
		return nil, err
	}
	return c.do(ctx, http.MethodPut, w.path(path)+"?"+w.query().Encode(), "application/json", o)
}

// Merge sends a JSON merge patch for the object that ref names.
func (c *Client) Merge(ctx context.Context, ref, patch Object, w Write) (Object, error) {
	path, err := c.path(ctx, ref)
	if err != nil {
		return nil, err
	}
	return c.do(ctx, http.MethodPatch, path+"?"+w.query().Encode(), "application/merge-patch+json", patch)
}

// Get reads the object that ref names.
func (c *Client) Get(ctx context.Context, ref Object) (Object, error) {
	path, err := c.path(ctx, ref)
	if err != nil {
		return nil, err
	}
	return c.do(ctx, http.MethodGet, path, "", nil)
}

// List reads all objects of ref's kind in its namespace; without a namespace, in all of them.
func (c *Client) List(ctx context.Context, ref Object) ([]Object, error) {
	path, err := c.listPath(ctx, ref)
	if err != nil {
		return nil, err
	}
	list, err := c.do(ctx, http.MethodGet, path, "", nil)
	if err != nil {
		return nil, err
	}
	return list.Objects("items"), nil
}

// Delete removes the object that ref names.
func (c *Client) Delete(ctx context.Context, ref Object, w Write) error {
	path, err := c.path(ctx, ref)
	if err != nil {
		return err
	}
	q := url.Values{}
	if w.DryRun {
		q.Set("dryRun", "All")
	}
	_, err = c.do(ctx, http.MethodDelete, path+"?"+q.Encode(), "", nil)
	return err
}

// Post sends body to a subresource of the object that ref names.
func (c *Client) Post(ctx context.Context, ref Object, w Write, body Object) (Object, error) {
	path, err := c.path(ctx, ref)
	if err != nil {
		return nil, err
	}
	return c.do(ctx, http.MethodPost, w.path(path)+"?"+w.query().Encode(), "application/json", body)
}

func (c *Client) do(ctx context.Context, method, path, contentType string, body Object) (Object, error) {
	var reader io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		reader = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.server+path, reader)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	req.Header.Set("Accept", "application/json")
	if strings.HasPrefix(path, "/api?") || strings.HasPrefix(path, "/apis?") {
		req.Header.Set("Accept", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList")
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if c.as != nil {
		req.Header.Set("Impersonate-User", c.as.User)
		for _, group := range c.as.Groups {
			req.Header.Add("Impersonate-Group", group)
		}
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if c.warn != nil {
		for _, text := range res.Header.Values("Warning") {
			c.warn(text)
		}
	}
	data, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	answer := Object{}
	if err := json.Unmarshal(data, &answer); err != nil {
		return nil, &Error{Code: res.StatusCode, Reason: "NotJSON", Message: string(data)}
	}
	if res.StatusCode >= 300 {
		return nil, &Error{Code: res.StatusCode, Reason: answer.String("reason"), Message: answer.String("message")}
	}
	return answer, nil
}
