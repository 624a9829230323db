// Package oci is the registry: tags, manifests, blobs, referrers and records
// over HTTP, with the machine's own credentials. It is the only importer of a
// registry client.
//
// It decides nothing about releases and promotions, and it deletes nothing.
// Repositories are "host/path" without a scheme, references a tag or a digest.
// Every error says where, what and how to fix it, and names no credential.
package oci

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/authn/github"
	"github.com/google/go-containerregistry/pkg/name"

	"github.com/penstock-dev/penstock/internal/release/bundle"
	"github.com/penstock-dev/penstock/internal/release/promotion"
)

// Transfer is how far one blob is.
type Transfer struct {
	Repository  string
	Digest      string
	Upload      bool
	Done, Total int64
}

// Options are the parts of a Client that differ; the zero value is good.
type Options struct {
	// Insecure lists hosts, with port where they have one, that may be spoken to
	// by plain HTTP. The loopback interface always may.
	Insecure []string
	// UserAgent is sent along.
	UserAgent string
	// Progress is told of each part of a transfer; it may be nil.
	Progress func(Transfer)
	// Keychain finds credentials; nil stands for the machine's own.
	Keychain authn.Keychain
	// Transport sends requests; nil stands for HTTP.
	Transport http.RoundTripper
	// Sleep waits between tries; nil stands for the clock.
	Sleep func(ctx context.Context, d time.Duration) error
}

var (
	_ promotion.Registry = (*Client)(nil)
	_ bundle.Store       = (*Client)(nil)
)

// Client talks to registries. It logs in once for each repository and keeps
// manifests that it has seen. It may be used by several goroutines at once.
type Client struct {
	o    Options
	http http.RoundTripper

	mu        sync.Mutex
	sessions  map[string]*session
	manifests map[string]content // by repository@digest
}

// New returns a Client. It opens no connection.
func New(o Options) *Client {
	if o.Keychain == nil {
		o.Keychain = Keychain()
	}
	if o.Transport == nil {
		t := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // the standard library's own
		t.ResponseHeaderTimeout = time.Minute
		t.MaxIdleConnsPerHost = 16
		o.Transport = t
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	c := &Client{o: o, sessions: map[string]*session{}, manifests: map[string]content{}}
	c.http = &roundTripper{base: o.Transport, plain: c.plain}
	return c
}

// Keychain finds credentials where docker, podman and crane look: in the docker
// configuration with its credential helpers, which is how ECR, GAR and ACR log
// in (docker-credential-ecr-login, -gcr, -acr-env), in podman's, and for ghcr.io
// in GITHUB_TOKEN.
func Keychain() authn.Keychain {
	return authn.NewMultiKeychain(authn.DefaultKeychain, github.Keychain)
}

// plain reports whether a host may be spoken to without TLS.
func (c *Client) plain(host string) bool {
	if slices.Contains(c.o.Insecure, host) {
		return true
	}
	bare := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		bare = h
	}
	bare = strings.Trim(bare, "[]")
	ip := net.ParseIP(bare)
	return bare == "localhost" || strings.HasSuffix(bare, ".localhost") || ip != nil && ip.IsLoopback()
}

var pathForm = regexp.MustCompile(`^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$`)

// repository reads "host/path".
func (c *Client) repository(s string) (name.Repository, error) {
	host, path, ok := strings.Cut(s, "/")
	if strings.Contains(host, "@") {
		return name.Repository{}, errors.New("the host of a registry with a user in it; leave the user out, and log in instead")
	}
	if !ok || host == "" || !pathForm.MatchString(path) {
		return name.Repository{}, fmt.Errorf("%q: is not a repository: host/path in lower case", s)
	}
	var opts []name.Option
	if c.plain(host) {
		opts = append(opts, name.Insecure)
	}
	registry, err := name.NewRegistry(host, opts...)
	if err != nil {
		return name.Repository{}, fmt.Errorf("%q: is not the host of a registry", host)
	}
	return registry.Repo(path), nil
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
