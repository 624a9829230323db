// Package platform is a user of Penstock: it writes a contract, generates the repositories with the real binary, pushes them to the
// Git server of a stack, bootstraps clusters from them and releases apps. In: a contract with placeholders. Out: what the
// clusters then show. It knows the generated repositories only as a user does, by their files.
package platform

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"github.com/penstock-dev/penstock/lab/bundle"
	"github.com/penstock-dev/penstock/lab/stack"
)

// Platform is one contract and everything that was made from it.
type Platform struct {
	Stack    *stack.Stack
	Registry bundle.Registry
	Key      bundle.Key
	Clusters map[string]*stack.Cluster
	// Envs names the environment of a cluster that is called otherwise.
	Envs map[string]string
	// Forgotten are the teams whose Secrets Bootstrap does not make.
	Forgotten []string
	// Dir holds contract.yaml and workspace/.
	Dir string

	tool, name string
	git        sync.Mutex // one commit of the platform repository at a time
}

// New fills in the contract and generates a workspace below dir. Tool is the penstock binary, name that of the platform repository
// at the Git server.
func New(ctx context.Context, s *stack.Stack, dir, tool, name string, contract []byte) (*Platform, error) {
	key, err := bundle.NewKey()
	if err != nil {
		return nil, err
	}
	public, err := key.Public()
	if err != nil {
		return nil, err
	}
	p := &Platform{
		Stack: s, Key: key, Dir: dir, tool: tool, name: name, Clusters: map[string]*stack.Cluster{},
		Registry: bundle.Registry{Host: s.Registry.Host, User: stack.RegistryUser, Password: stack.RegistryPassword},
	}
	text := strings.NewReplacer("GIT/", s.Git.URL+"/", "REGISTRY", s.Registry.Host,
		"PUBLIC_KEY", strings.ReplaceAll(strings.TrimSpace(public), "\n", "\n      ")).Replace(string(contract))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if err := os.WriteFile(p.Contract(), []byte(text), 0o644); err != nil {
		return nil, err
	}
	if err := p.writeLogin(); err != nil {
		return nil, err
	}
	if _, err := p.Generate(ctx); err != nil {
		return nil, err
	}
	_, err = p.Commit(ctx, p.Repository(), name, "The platform as generated")
	return p, err
}

// Contract is the path of the contract.
func (p *Platform) Contract() string { return filepath.Join(p.Dir, "contract.yaml") }

// Repository is the working tree of the platform repository.
func (p *Platform) Repository() string { return filepath.Join(p.Dir, "workspace", "platform") }

// Generate runs penstock generate and returns what it printed.
func (p *Platform) Generate(ctx context.Context, flags ...string) (string, error) {
	args := append([]string{"generate", "-c", p.Contract(), "-w", filepath.Join(p.Dir, "workspace")}, flags...)
	return run(ctx, p.Dir, p.tool, args...)
}

// Penstock runs a command of Penstock with the contract and a login to the registry, and returns what it printed.
func (p *Platform) Penstock(ctx context.Context, args ...string) (string, error) {
	return run(ctx, p.Dir, "env", append([]string{"DOCKER_CONFIG=" + p.DockerConfig(), p.tool, args[0], "-c", p.Contract()}, args[1:]...)...)
}

// DockerConfig is a folder for DOCKER_CONFIG with a login to the registry.
func (p *Platform) DockerConfig() string { return filepath.Join(p.Dir, "docker") }

func (p *Platform) writeLogin() error {
	login, err := p.login(p.Registry.Password)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(p.DockerConfig(), 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(p.DockerConfig(), "config.json"), login, 0o600)
}

// EditContract replaces text in the contract, which must be there.
func (p *Platform) EditContract(from, to string) error { return Replace(p.Contract(), from, to) }

// Commit commits everything in the working tree dir, pushes it to the server's repository name.git, and returns the commit.
func (p *Platform) Commit(ctx context.Context, dir, name, message string) (string, error) {
	p.git.Lock()
	defer p.git.Unlock()
	bare := filepath.Join(p.Stack.Git.Root, name+".git")
	if _, err := os.Stat(bare); errors.Is(err, os.ErrNotExist) {
		if _, err := run(ctx, p.Dir, "git", "init", "--quiet", "--bare", "--initial-branch=main", bare); err != nil {
			return "", err
		}
	}
	if _, err := os.Stat(filepath.Join(dir, ".git")); errors.Is(err, os.ErrNotExist) {
		if _, err := run(ctx, dir, "git", "init", "--quiet", "--initial-branch=main"); err != nil {
			return "", err
		}
	}
	remote := strings.Replace(p.Stack.Git.URL, "://", "://"+stack.GitUser+":"+stack.GitPassword+"@", 1) + "/" + name + ".git"
	for _, args := range [][]string{
		{"add", "--all"}, {"commit", "--quiet", "--allow-empty", "--message", message}, {"push", "--quiet", remote, "HEAD:main"},
	} {
		if _, err := run(ctx, dir, "git", args...); err != nil {
			return "", err
		}
	}
	out, err := run(ctx, dir, "git", "rev-parse", "HEAD")
	return strings.TrimSpace(out), err
}

// Revert undoes the last commit of the working tree dir by a new commit, and pushes it.
func (p *Platform) Revert(ctx context.Context, dir, name string) (string, error) {
	if _, err := run(ctx, dir, "git", "revert", "--no-edit", "HEAD"); err != nil {
		return "", err
	}
	return p.Commit(ctx, dir, name, "Pushed")
}

// Replace edits a file; the text that it replaces must be there.
func Replace(path, from, to string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if !bytes.Contains(data, []byte(from)) {
		return fmt.Errorf("%s: no %q in it", path, from)
	}
	return os.WriteFile(path, bytes.ReplaceAll(data, []byte(from), []byte(to)), 0o644)
}

func run(ctx context.Context, dir, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=lab", "GIT_AUTHOR_EMAIL=lab@example.com", "GIT_COMMITTER_NAME=lab", "GIT_COMMITTER_EMAIL=lab@example.com")
	var out, diagnostics bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &diagnostics
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("%s %s: %w\n%s%s", name, strings.Join(args, " "), err, out.String(), diagnostics.String())
	}
	return out.String(), nil
}
