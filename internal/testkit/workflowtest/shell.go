package workflowtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"github.com/penstock-dev/penstock/internal/testkit/workflowtest/expression"
)

// shell runs the script of a step. The first error is the step's own.
func (f *frame) shell(ctx context.Context, i int, st stepFile, s expression.Scope, own map[string]string, step *Step) (failed, err error) {
	script, err := s.Expand(st.Run)
	if err != nil {
		return nil, err
	}
	name, dir := st.Shell, st.Dir
	for _, d := range []defaults{f.file.Defaults, f.workflow.file.Defaults} {
		if f.action == "" {
			name, dir = or(name, d.Run.Shell), or(dir, d.Run.Dir)
		}
	}
	if f.action != "" && name == "" {
		return nil, errors.New("a run step of a composite action needs a shell")
	}
	if dir, err = s.Expand(dir); err != nil {
		return nil, err
	}
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(f.workspace, dir)
	}
	file := filepath.Join(f.temp, secretText("")+".sh")
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		return nil, err
	}
	var args []string
	switch name {
	case "": // without a shell the runner leaves pipefail out
		args = []string{"bash", "-e", file}
	case "bash":
		args = []string{"bash", "--noprofile", "--norc", "-eo", "pipefail", file}
	case "sh":
		args = []string{"sh", "-e", file}
	default:
		return nil, fmt.Errorf("shell %q: not known to this executor", name)
	}
	env, err := f.place(i, st, own)
	if err != nil {
		return nil, err
	}
	var said bytes.Buffer
	failed = execute(ctx, process{args: args, dir: dir, env: env, bin: f.bin, out: &said, log: f.o.Log})
	f.commands(said.String(), step)
	return failed, f.collect(env, step)
}

// process is a program to run with nothing but the environment given.
type process struct {
	args []string
	dir  string
	env  map[string]string
	bin  string
	out  io.Writer
	log  io.Writer // nil for nobody
}

func execute(ctx context.Context, p process) error {
	cmd := exec.CommandContext(ctx, filepath.Join(p.bin, p.args[0]), p.args[1:]...)
	cmd.Dir, cmd.WaitDelay = p.dir, 5*time.Second
	cmd.Env = []string{}
	for _, k := range expression.SortedKeys(p.env) {
		cmd.Env = append(cmd.Env, k+"="+p.env[k])
	}
	out := &both{p.out, p.log, sync.Mutex{}}
	cmd.Stdout, cmd.Stderr = out, out
	err := cmd.Run()
	if ctx.Err() != nil {
		return fmt.Errorf("the operation was canceled: %w", context.Cause(ctx))
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return fmt.Errorf("process completed with exit code %d", exit.ExitCode())
	}
	return err
}

// both keeps the two streams of a process in the order of their arrival.
type both struct {
	to, log io.Writer
	mu      sync.Mutex
}

func (b *both) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.log != nil {
		_, _ = b.log.Write(p)
	}
	return b.to.Write(p)
}

// tools are what the runner's image has and scripts may take for granted.
func tools() []string {
	return []string{
		"bash", "sh", "env", "git", "jq", "curl", "cat", "cp", "mv", "rm", "ln", "ls", "mkdir", "mktemp", "rmdir", "touch", "chmod", "install",
		"sed", "awk", "grep", "tr", "cut", "sort", "uniq", "head", "tail", "wc", "tee", "xargs", "find", "date", "sleep", "seq", "printf",
		"base64", "sha256sum", "openssl", "tar", "gzip", "basename", "dirname", "realpath", "readlink", "id", "uname", "diff", "test", "true", "false", "expr", "od", "timeout",
	}
}

// programs makes a folder with links to the tools that this machine has and to
// the programs given, which come first.
func programs(dir string, given map[string]string) (string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	all := map[string]string{}
	for _, t := range tools() {
		if path, err := exec.LookPath(t); err == nil {
			all[t] = path
		}
	}
	maps.Copy(all, given)
	for name, path := range all {
		path, err := filepath.Abs(path)
		if err == nil {
			err = os.Symlink(path, filepath.Join(dir, name))
		}
		if err != nil {
			return "", err
		}
	}
	return dir, nil
}
