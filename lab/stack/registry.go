package stack

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/crypto/bcrypt"
)

// The credentials that the registry asks for.
const (
	RegistryUser     = "flux"
	RegistryPassword = "registry-password"
)

// Registry is the OCI registry, plain HTTP with a password.
type Registry struct {
	// Host is host:port, as it stands in a contract.
	Host string

	front   *front
	behind  string
	stack   *Stack
	command command
	process *Process
}

func (s *Stack) startRegistry(ctx context.Context) error {
	bin, err := s.bin("registry")
	if err != nil {
		return err
	}
	addrs, err := freeAddrs(2)
	if err != nil {
		return err
	}
	dir := filepath.Join(s.Dir, "registry")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	hash, err := bcrypt.GenerateFromPassword([]byte(RegistryPassword), bcrypt.MinCost)
	if err != nil {
		return err
	}
	passwords, config := filepath.Join(dir, "htpasswd"), filepath.Join(dir, "config.yaml")
	if err := os.WriteFile(passwords, fmt.Appendf(nil, "%s:%s\n", RegistryUser, hash), 0o600); err != nil {
		return err
	}
	text := fmt.Sprintf(`version: 0.1
log: {level: warn, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: %q}, delete: {enabled: true}, maintenance: {uploadpurging: {enabled: false}}}
http: {addr: %q}
auth: {htpasswd: {realm: lab, path: %q}}
`, filepath.Join(dir, "data"), addrs[1], passwords)
	if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
		return err
	}
	s.Registry = &Registry{Host: addrs[0], front: newFront(addrs[0], addrs[1]), behind: addrs[1], stack: s, command: command{
		name: "registry", bin: bin, args: []string{"serve", config}, env: []string{"OTEL_TRACES_EXPORTER=none"},
	}}
	return s.Registry.Up(ctx)
}

// Up starts the registry with the content it had.
func (r *Registry) Up(ctx context.Context) error {
	p, err := r.stack.start(r.command)
	if err != nil {
		return err
	}
	r.process = p
	if err := p.ready(ctx, listens(r.behind)); err != nil {
		return err
	}
	return r.front.up()
}

// Down stops the registry; its content stays, and nothing listens at its address.
func (r *Registry) Down() error { return errors.Join(r.front.down(), r.process.Stop()) }
