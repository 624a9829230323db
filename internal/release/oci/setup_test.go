package oci_test

import (
	"context"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/registry"

	"github.com/penstock-dev/penstock/internal/release/oci"
	_ "github.com/penstock-dev/penstock/internal/testkit/goldentest"
	"github.com/penstock-dev/penstock/internal/testkit/registrytest"
)

// server is a registry in this process with a middleware that can fail.
type server struct {
	host string
	next http.Handler

	mu       sync.Mutex
	requests []string // "METHOD path", the ping left out
	fault    func(w http.ResponseWriter, r *http.Request, n int) bool
	n        int // requests that fault has seen
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	if r.URL.Path != "/v2/" {
		s.requests = append(s.requests, r.Method+" "+r.URL.Path)
	}
	fault, n := s.fault, s.n
	s.n++
	s.mu.Unlock()
	if fault != nil && fault(w, r, n) {
		return
	}
	s.next.ServeHTTP(w, r)
}

// set makes fault answer requests, counted from 0; nil ends it.
func (s *server) set(fault func(w http.ResponseWriter, r *http.Request, n int) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault, s.n, s.requests = fault, 0, nil
}

func (s *server) seen() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string{}, s.requests...)
}

// memory starts go-containerregistry's registry, with or without the API for
// referrers.
func memory(t testing.TB, referrers bool) *server {
	t.Helper()
	s := &server{next: registry.New(registry.Logger(log.New(io.Discard, "", 0)), registry.WithReferrersSupport(referrers))}
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	s.host = strings.TrimPrefix(srv.URL, "http://")
	return s
}

// hosts runs a test against each registry.
func hosts(t *testing.T, f func(t *testing.T, host string)) {
	t.Helper()
	t.Run("memory with referrers", func(t *testing.T) { t.Parallel(); f(t, memory(t, true).host) })
	t.Run("memory without", func(t *testing.T) { t.Parallel(); f(t, memory(t, false).host) })
	t.Run("distribution", func(t *testing.T) { t.Parallel(); f(t, registrytest.Start(t).Host) })
}

// anonymous has no credentials for anything: a test must not use the machine's.
type anonymous struct{}

func (anonymous) Resolve(authn.Resource) (authn.Authenticator, error) { return authn.Anonymous, nil }

// client returns a Client that does not wait, and the waits that it was asked for.
func client(t testing.TB, change ...func(*oci.Options)) (*oci.Client, *[]time.Duration) {
	t.Helper()
	var mu sync.Mutex
	waits := &[]time.Duration{}
	o := oci.Options{
		Keychain: anonymous{},
		Sleep: func(ctx context.Context, d time.Duration) error {
			mu.Lock()
			defer mu.Unlock()
			*waits = append(*waits, d)
			return ctx.Err()
		},
	}
	for _, c := range change {
		c(&o)
	}
	return oci.New(o), waits
}

// check ends the test on an error.
func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
