//go:build unix

// Package registrytest runs a real registry, CNCF distribution, as a process on
// the loopback interface, for tests.
//
// The registry is built once from the module in distribution, which nothing
// else depends on, and is kept in the user's cache. A test skips where it is
// not built, but builds it where CI=true.
package registrytest

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"
)

// version is that of distribution/go.mod; a test compares them.
const version = "v3.1.2"

const program = "github.com/distribution/distribution/v3/cmd/registry"

// Distribution is a running registry. It holds everything in memory, overwrites
// any tag, and has no referrers API.
type Distribution struct {
	Host string
	cmd  *exec.Cmd
	done chan struct{} // closed when the process has ended
}

// Start runs a registry until the test ends.
func Start(t testing.TB) *Distribution {
	t.Helper()
	bin := binary(t)
	var err error
	for range 3 { // another process may take the address first
		var d *Distribution
		if d, err = launch(bin, freeAddress(t), t.TempDir()); err == nil {
			t.Cleanup(d.Kill)
			return d
		}
	}
	t.Fatal(err)
	return nil
}

// launch starts the registry and waits until it answers.
func launch(bin, host, dir string) (*Distribution, error) {
	config := filepath.Join(dir, "config.yml")
	text := fmt.Sprintf("version: 0.1\nlog: {level: error}\nstorage: {inmemory: {}, delete: {enabled: true}}\nhttp: {addr: %q}\n", host)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return nil, err
	}
	var said bytes.Buffer // read only after the process has ended
	cmd := exec.Command(bin, "serve", config)
	cmd.Env = append(os.Environ(), "OTEL_TRACES_EXPORTER=none")
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	d := &Distribution{Host: host, cmd: cmd, done: make(chan struct{})}
	go func() {
		_ = cmd.Wait()
		close(d.done)
	}()
	if err := d.wait(); err != nil {
		d.Kill()
		return nil, fmt.Errorf("%w: %s", err, &said)
	}
	return d, nil
}

// Kill ends the registry at once, as a crash would. What it held is gone.
func (d *Distribution) Kill() {
	_ = d.cmd.Process.Kill()
	<-d.done
}

// wait returns when the registry answers.
func (d *Distribution) wait() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+d.Host+"/v2/", nil)
		if err != nil {
			return err
		}
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			return resp.Body.Close()
		}
		select {
		case <-d.done:
			return fmt.Errorf("the registry at %s ended at once", d.Host)
		case <-ctx.Done():
			return fmt.Errorf("the registry at %s does not answer: %w", d.Host, err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// binary returns the path of the built registry.
func binary(t testing.TB) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Skip("no folder for the built registry: ", err)
	}
	bin := filepath.Join(cache, "penstock", "registry-"+version)
	if _, err := os.Stat(bin); err == nil {
		return bin
	}
	if os.Getenv("CI") != "true" {
		t.Skipf("%s is not built; run: go build -C internal/testkit/registrytest/distribution -o %s %s", filepath.Base(bin), bin, program)
	}
	if err := buildOnce(bin); err != nil {
		t.Fatal(err)
	}
	return bin
}

// buildOnce builds the registry unless it is there. Other tests, of this
// program and of others, wait meanwhile.
func buildOnce(bin string) error {
	if err := os.MkdirAll(filepath.Dir(bin), 0o755); err != nil {
		return err
	}
	lock, err := os.OpenFile(bin+".lock", os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return err
	}
	if _, err := os.Stat(bin); err == nil {
		return nil
	}
	return build(bin)
}

// build makes the registry, under another name first, so that a build that was
// killed leaves nothing half-made.
func build(bin string) error {
	_, here, _, _ := runtime.Caller(0)
	if err := os.MkdirAll(filepath.Dir(bin), 0o755); err != nil {
		return err
	}
	temporary := fmt.Sprintf("%s.%d", bin, os.Getpid())
	cmd := exec.Command("go", "build", "-C", filepath.Join(filepath.Dir(here), "distribution"), "-trimpath", "-o", temporary, program)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", program, err, out)
	}
	return os.Rename(temporary, bin)
}
