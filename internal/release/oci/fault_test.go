package oci_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/internal/release/oci"
)

// answer is a fault that answers the first n requests of a method and path.
func answer(n, status int, header map[string]string, body string) func(http.ResponseWriter, *http.Request, int) bool {
	left := n
	return func(w http.ResponseWriter, r *http.Request, _ int) bool {
		if r.URL.Path == "/v2/" || left == 0 {
			return false
		}
		left--
		for k, v := range header {
			w.Header().Set(k, v)
		}
		w.WriteHeader(status)
		fmt.Fprint(w, body)
		return true
	}
}

// drop closes the connection of the first n requests in the middle of it.
func drop(n int) func(http.ResponseWriter, *http.Request, int) bool {
	left := n
	return func(w http.ResponseWriter, r *http.Request, _ int) bool {
		if r.URL.Path == "/v2/" || left == 0 {
			return false
		}
		left--
		_, _ = io.CopyN(io.Discard, r.Body, 10)
		conn, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			_ = conn.Close()
		}
		return true
	}
}

// TestFaults lets the registry fail and compares what is said, and how often it
// was tried.
func TestFaults(t *testing.T) {
	t.Parallel()
	const forever = -1
	denied := `{"errors":[{"code":"DENIED","message":"requested access is denied"}]}`
	for _, c := range []struct {
		name  string
		fault func(http.ResponseWriter, *http.Request, int) bool
		tries int
		want  string // after the repository
	}{
		{
			"401", answer(forever, 401, nil, ""), 1,
			`: the registry does not accept the login (401); run "docker login HOST", or let DOCKER_CONFIG name a folder whose config.json has credentials or a credential helper for it`,
		},
		{
			"403", answer(forever, 403, nil, denied), 1,
			`: this login may not do that (403): DENIED requested access is denied; let the platform's owners grant it; docs/setup.md of the platform repository says who may do what`,
		},
		{"418", answer(forever, 418, nil, ""), 1, `: the registry answers 418 I'm a teapot`},
		{"429", answer(forever, 429, nil, denied), 5, `: too many requests (429) (5 tries); run the same command again later`},
		{
			"429 for long", answer(forever, 429, map[string]string{"Retry-After": "3600"}, ""), 1,
			`: too many requests (429), the registry asks to wait 1h0m0s; run the same command again later`,
		},
		{
			"503", answer(forever, 503, nil, `{"errors":[{"code":"UNAVAILABLE","message":"upgrade"}]}`), 5,
			`: the registry answers 503 Service Unavailable: UNAVAILABLE upgrade (5 tries); run the same command again; when that stays, look at the registry's own state`,
		},
		{"dropped", drop(forever), 5, `: the connection broke: EOF (5 tries); run the same command again`},
		{"not JSON", answer(forever, 200, nil, "<html>"), 1, `: the list of tags is not JSON: invalid character '<' looking for beginning of value`},
		{"500 twice", answer(2, 500, nil, ""), 3, ""},
		{"429 twice", answer(2, 429, map[string]string{"Retry-After": "7"}, ""), 3, ""},
		{"dropped twice", drop(2), 3, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := memory(t, true)
			cl, waits := client(t)
			repo := s.host + "/a/b"
			push(t, cl, repo, "1.0.0", "one")
			s.set(c.fault)
			tags, err := cl.Tags(context.Background(), repo)
			want := c.want
			if want != "" {
				want = repo + strings.Replace(want, "HOST", s.host, 1)
			}
			if got := message(err); got != want {
				t.Errorf("(-want +got):\n%s", cmp.Diff(want, got))
			}
			if err == nil && strings.Join(tags, " ") != "1.0.0" {
				t.Errorf("tags %v", tags)
			}
			least := c.tries - 1
			if c.name == "dropped twice" {
				least-- // net/http tries once more by itself on a connection that it had before
			}
			if len(*waits) > c.tries-1 || len(*waits) < least {
				t.Errorf("waited %v, want %d times", *waits, c.tries-1)
			}
			for _, w := range *waits {
				if c.name == "429 twice" && w < 7*time.Second {
					t.Errorf("waited %s although the registry asked for 7s", w)
				}
			}
		})
	}
}

// TestPushThroughFaults pushes while one request of the push fails; in the end
// the registry holds the right bytes.
func TestPushThroughFaults(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("0123456789", 1<<18)
	type fault = func(http.ResponseWriter, *http.Request, int) bool
	for name, once := range map[string]func() fault{
		"500":     func() fault { return answer(1, 500, nil, "") },
		"429":     func() fault { return answer(1, 429, map[string]string{"Retry-After": "1"}, "") },
		"dropped": func() fault { return drop(1) },
	} {
		for n := range 9 {
			t.Run(fmt.Sprintf("%s at %d", name, n), func(t *testing.T) {
				t.Parallel()
				s := memory(t, true)
				c, _ := client(t)
				fail, seen := once(), 0
				s.set(func(w http.ResponseWriter, r *http.Request, i int) bool {
					if r.URL.Path == "/v2/" {
						return false
					}
					seen++
					return seen == n+1 && fail(w, r, i)
				})
				digest := push(t, c, s.host+"/a/b", "1.0.0", big)
				if got, ok, err := c.Digest(context.Background(), s.host+"/a/b", "1.0.0"); err != nil || !ok || got != digest {
					t.Errorf("%s, %v, %v", got, ok, err)
				}
				if blob, err := c.Blob(context.Background(), s.host+"/a/b", oci.Sum([]byte(big)), 1<<23); err != nil || string(blob) != big {
					t.Errorf("another blob: %v", err)
				}
			})
		}
	}
}

// TestRetryDate waits until the date that the registry names, by its own clock.
func TestRetryDate(t *testing.T) {
	t.Parallel()
	s := memory(t, true)
	s.set(answer(1, 503, map[string]string{"Retry-After": "Sun, 22 Feb 2026 10:00:05 GMT", "Date": "Sun, 22 Feb 2026 10:00:00 GMT"}, ""))
	c, waits := client(t)
	if _, err := c.Tags(context.Background(), s.host+"/a/b"); err != nil || len(*waits) != 1 || (*waits)[0] != 5*time.Second {
		t.Errorf("waited %v, %v", *waits, err)
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	s := memory(t, true)
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	s.set(func(_ http.ResponseWriter, r *http.Request, _ int) bool {
		if r.URL.Path == "/v2/" {
			return false
		}
		select {
		case <-release:
		case <-r.Context().Done():
		}
		return true
	})
	c, waits := client(t)
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	_, err := c.Tags(ctx, s.host+"/a/b")
	if want := s.host + "/a/b: the registry did not answer in time; run the same command again"; message(err) != want || len(*waits) > 0 {
		t.Errorf("%v after %v, want %s", err, *waits, want)
	}
	ctx, cancel = context.WithCancel(context.Background())
	cancel()
	_, err = c.Tags(ctx, s.host+"/a/b")
	if want := s.host + "/a/b: interrupted; run the same command again"; message(err) != want || !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want %s", err, want)
	}
}

// dial sends all connections to one server, whatever host they are for.
func dial(srv *httptest.Server) func(*oci.Options) {
	return func(o *oci.Options) {
		o.Transport = &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, srv.Listener.Addr().String())
		}}
	}
}

// fails makes all connections fail.
type fails struct{ err error }

func (f fails) RoundTrip(*http.Request) (*http.Response, error) { return nil, f.err }

func TestConnections(t *testing.T) {
	t.Parallel()
	s := memory(t, true)
	plain := httptest.NewServer(s)
	t.Cleanup(plain.Close)
	secure := httptest.NewUnstartedServer(s)
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	t.Cleanup(secure.Close)
	closed := httptest.NewServer(s)
	closed.Close()
	loopback := strings.TrimPrefix(closed.URL, "http://")
	for _, c := range []struct {
		name, repo string
		option     func(*oci.Options)
		want       string
	}{
		{
			"plain HTTP", "registry.acme.example/a/b", dial(plain),
			"registry.acme.example/a/b: the registry speaks plain HTTP; use TLS; for a registry on this machine, set spec.registry.insecure in the contract",
		},
		{
			"plain HTTP in a private network", "10.1.2.3:5000/a/b", dial(plain),
			"10.1.2.3:5000/a/b: the registry speaks plain HTTP; use TLS; for a registry on this machine, set spec.registry.insecure in the contract",
		},
		{"plain HTTP where the contract says so", "registry.acme.example/a/b", func(o *oci.Options) {
			dial(plain)(o)
			o.Insecure = []string{"registry.acme.example"}
		}, ""},
		{
			"certificate", "registry.acme.example/a/b", dial(secure),
			"registry.acme.example/a/b: the registry's certificate is not trusted: tls: failed to verify certificate: x509: certificate is valid for example.com, *.example.com, not registry.acme.example; add its authority to this machine's certificates, or name a file with it in SSL_CERT_FILE",
		},
		{"DNS", "registry.acme.example/a/b", func(o *oci.Options) {
			o.Transport = fails{&net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "registry.acme.example", IsNotFound: true}}}
		}, `registry.acme.example/a/b: the host "registry.acme.example" is unknown; check spec.registry.host, the network and the proxy`},
		{
			"refused", loopback + "/a/b", nil,
			loopback + "/a/b: nobody listens there: dial tcp " + loopback + ": connect: connection refused; check spec.registry.host and whether the registry runs",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			options := []func(*oci.Options){}
			if c.option != nil {
				options = append(options, c.option)
			}
			cl, waits := client(t, options...)
			_, err := cl.Tags(context.Background(), c.repo)
			if got := message(err); got != c.want {
				t.Errorf("(-want +got):\n%s", cmp.Diff(c.want, got))
			}
			if len(*waits) > 0 {
				t.Errorf("tried again after %v", *waits)
			}
		})
	}
}
