package stack

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// pollEvery is the pause between two looks.
const pollEvery = 100 * time.Millisecond

type stopError struct{ error }

func (e stopError) Unwrap() error { return e.error }

// Stop marks an error that waiting longer will not mend.
func Stop(err error) error { return stopError{err} }

// Until looks again and again until check is content. The error after limit says what was waited for and what was seen last.
func Until(ctx context.Context, limit time.Duration, what string, check func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var last error
	for {
		err := check(ctx)
		var stop stopError
		switch {
		case err == nil:
			return nil
		case errors.As(err, &stop):
			return stop.error
		case ctx.Err() == nil || last == nil:
			last = err // Not the error of the look that the limit cut short.
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("after %s not yet so: %s; seen last: %w", limit, what, last)
		case <-time.After(pollEvery):
		}
	}
}

// answers is a readiness check: GET url gives 200.
func answers(url string) func(context.Context) error {
	client := &http.Client{
		Timeout: 2 * time.Second,
		// Readiness only: the port is ours and on the loopback interface.
		Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true},
	}
	return func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		res, err := client.Do(req)
		if err != nil {
			return err
		}
		defer res.Body.Close()
		if res.StatusCode != http.StatusOK {
			body, _ := io.ReadAll(io.LimitReader(res.Body, 500))
			return fmt.Errorf("%s: %s %s", url, res.Status, body)
		}
		return nil
	}
}

// listens is a readiness check: something accepts connections at addr.
func listens(addr string) func(context.Context) error {
	return func(ctx context.Context) error {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
		if err != nil {
			return err
		}
		return conn.Close()
	}
}

// freeAddrs finds n addresses on the loopback interface that nothing listens on.
func freeAddrs(n int) ([]string, error) {
	var addrs []string
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close() // Held until all are found, so that none is found twice.
		addrs = append(addrs, l.Addr().String())
	}
	return addrs, nil
}
