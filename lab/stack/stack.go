// Package stack runs real servers as processes on the loopback interface: etcd, any number of Kubernetes clusters with Flux in
// them, one OCI registry, one Git server. In: the binaries that lab/build made. Out: addresses, clients, and the switches that
// stories need (stop, start or refuse). Everything is below one folder; nothing needs root or a container.
package stack

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/penstock-dev/penstock/lab/servers"
)

// Stack is all servers of one run.
type Stack struct {
	// Dir holds data, configuration and logs of every server.
	Dir string
	// Registry and Git are shared by the clusters.
	Registry *Registry
	Git      *Git

	root      string
	etcd      string
	mu        sync.Mutex
	processes []*Process
	laps      []Lap
}

// Lap is when, after the start, a part of the stack was ready.
type Lap struct {
	What  string
	After time.Duration
}

// Start brings up etcd below dir; the rest comes with Sources, Cluster and APIServer.
func Start(ctx context.Context, dir string) (*Stack, error) {
	root, err := servers.Root()
	if err != nil {
		return nil, err
	}
	s := &Stack{Dir: dir, root: root}
	if err := os.MkdirAll(s.tmp(), 0o755); err != nil {
		return nil, err
	}
	begin := time.Now()
	if err := s.startEtcd(ctx); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	s.lap("etcd", begin)
	return s, nil
}

// Sources starts the registry and the Git server.
func (s *Stack) Sources(ctx context.Context) error {
	begin := time.Now()
	if err := errors.Join(s.startRegistry(ctx), s.startGit(ctx)); err != nil {
		return err
	}
	s.lap("registry and Git", begin)
	return nil
}

func (s *Stack) tmp() string { return filepath.Join(s.Dir, "tmp") }

func (s *Stack) lap(what string, begin time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.laps = append(s.laps, Lap{what, time.Since(begin)})
}

// Laps says how long each part took to start.
func (s *Stack) Laps() []Lap {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.laps)
}

// Stop ends every process, the youngest first.
func (s *Stack) Stop() error {
	var errs []error
	if s.Git != nil {
		errs = append(errs, s.Git.Down())
	}
	if s.Registry != nil {
		errs = append(errs, s.Registry.front.down())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range slices.Backward(s.processes) {
		errs = append(errs, p.Stop())
	}
	return errors.Join(errs...)
}

// Memory is the resident memory of each running server in bytes.
func (s *Stack) Memory() map[string]int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	memory := map[string]int64{}
	for _, p := range s.processes {
		data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.PID()))
		if err != nil || !p.Running() {
			continue
		}
		for line := range strings.Lines(string(data)) {
			var kib int64
			if n, _ := fmt.Sscanf(line, "VmRSS: %d kB", &kib); n == 1 {
				memory[p.Name] = kib << 10
			}
		}
	}
	return memory
}

// bin is the binary of a server.
func (s *Stack) bin(name string) (string, error) {
	dir, err := s.cached(name)
	if err != nil {
		return "", err
	}
	bin := filepath.Join(dir, name)
	if _, err := os.Stat(bin); err != nil {
		return "", fmt.Errorf("%s is not built as pinned; run: cd lab && go run ./build", name)
	}
	return bin, nil
}

// cached is the folder of a server in the cache.
func (s *Stack) cached(name string) (string, error) {
	for _, server := range servers.All() {
		if server.Name == name {
			return server.Dir(s.root)
		}
	}
	return "", fmt.Errorf("%q is no server of the lab", name)
}

// Cosign is the program that generated pipelines sign with.
func (s *Stack) Cosign() (string, error) { return s.bin("cosign") }

func (s *Stack) startEtcd(ctx context.Context) error {
	bin, err := s.bin("etcd")
	if err != nil {
		return err
	}
	addrs, err := freeAddrs(2)
	if err != nil {
		return err
	}
	s.etcd = "http://" + addrs[0]
	peer := "http://" + addrs[1]
	p, err := s.start(command{name: "etcd", bin: bin, args: []string{
		"--name=lab", "--data-dir=" + filepath.Join(s.Dir, "etcd"),
		"--listen-client-urls=" + s.etcd, "--advertise-client-urls=" + s.etcd,
		"--listen-peer-urls=" + peer, "--initial-advertise-peer-urls=" + peer, "--initial-cluster=lab=" + peer,
		"--unsafe-no-fsync", "--log-level=warn",
	}})
	if err != nil {
		return err
	}
	return p.ready(ctx, answers(s.etcd+"/health"))
}
