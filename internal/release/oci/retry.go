package oci

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	tries     = 5
	firstWait = 300 * time.Millisecond
	// longestWait is how long a registry may ask us to wait.
	longestWait = time.Minute
)

// busy is an answer after which the same request may succeed: 429, and the
// registry's own faults.
type busy struct {
	status  int
	message string
	after   time.Duration // what the registry asks for; 0 when it does not say
}

func (b *busy) Error() string {
	text := fmt.Sprintf("%d %s", b.status, http.StatusText(b.status))
	if b.message != "" {
		text += ": " + b.message
	}
	return text
}

// plainRefused is a request without TLS to a host that must have it.
type plainRefused struct{ host string }

func (p *plainRefused) Error() string { return "plain HTTP to " + p.host }

// roundTripper sends one request. It refuses plain HTTP where TLS is due, also
// after a redirect, and turns answers that call for another try into errors.
type roundTripper struct {
	base  http.RoundTripper
	plain func(host string) bool
}

func (t *roundTripper) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Scheme != "https" && !t.plain(req.URL.Host) {
		return nil, &plainRefused{req.URL.Host}
	}
	resp, err := t.base.RoundTrip(req)
	if err != nil || !temporary(resp.StatusCode) {
		return resp, err
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(resp.Body, 8<<10))
	return nil, &busy{resp.StatusCode, registryMessage(body), retryAfter(resp.Header)}
}

func temporary(status int) bool {
	switch status {
	case http.StatusTooManyRequests, http.StatusRequestTimeout:
		return true
	case http.StatusNotImplemented, http.StatusHTTPVersionNotSupported:
		return false
	default:
		return status >= 500
	}
}

// retryAfter reads the header in both its forms; a date counts from the
// registry's own.
func retryAfter(h http.Header) time.Duration {
	text := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(text); err == nil && seconds >= 0 {
		return time.Duration(seconds) * time.Second
	}
	until, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return 0
	}
	return max(0, until.Sub(now))
}

// retry calls f until it succeeds, fails for good or has failed five times. It
// waits as long as the registry asks for, and longer each time.
func (c *Client) retry(ctx context.Context, f func() error) error {
	for try := 1; ; try++ {
		err := f()
		if err == nil || ctx.Err() != nil {
			return err
		}
		wait, again := backOff(err, try)
		if !again {
			return err
		}
		if try == tries || wait > longestWait {
			return &gaveUp{err, try}
		}
		if err := c.o.Sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// gaveUp is the last error after several tries.
type gaveUp struct {
	err   error
	tries int
}

func (g *gaveUp) Error() string { return g.err.Error() }
func (g *gaveUp) Unwrap() error { return g.err }

func backOff(err error, try int) (wait time.Duration, again bool) {
	wait = firstWait << (try - 1)
	wait = wait/2 + rand.N(wait/2+1)
	if b, ok := errors.AsType[*busy](err); ok {
		return max(wait, b.after), true
	}
	return wait, dropped(err)
}

// dropped reports whether the connection broke; a refused one or a name that
// does not resolve is a fault of the address instead.
func dropped(err error) bool {
	var op *net.OpError
	var timeout net.Error
	text := err.Error()
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.Is(err, syscall.ECONNREFUSED):
		return false
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return true
	case errors.Is(err, net.ErrClosed), errors.As(err, &op) && (op.Op == "read" || op.Op == "write" || op.Op == "readfrom"):
		return true
	case strings.Contains(text, "http2: "), strings.Contains(text, "stream error: "), strings.Contains(text, "server closed idle connection"):
		return true // net/http has no error values for these
	}
	return errors.As(err, &timeout) && timeout.Timeout()
}
