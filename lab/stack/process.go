package stack

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// startLimit is how long a server, or a part of it, may take to be ready.
const startLimit = 3 * time.Minute

// stopLimit is how long a process may take to end after SIGTERM.
const stopLimit = 15 * time.Second

// Process is a server that runs, or did.
type Process struct {
	Name string
	log  string
	cmd  *exec.Cmd
	done chan struct{}
}

// command is what a process is started with; nothing of it changes over restarts.
type command struct {
	name string
	bin  string
	args []string
	env  []string
}

// start runs c with its output appended to logs/<name>.log.
func (s *Stack) start(c command) (*Process, error) {
	p := &Process{Name: c.name, log: filepath.Join(s.Dir, "logs", c.name+".log"), done: make(chan struct{})}
	if err := os.MkdirAll(filepath.Dir(p.log), 0o755); err != nil {
		return nil, err
	}
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	p.cmd = exec.Command(c.bin, c.args...)
	p.cmd.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + s.Dir, "TMPDIR=" + s.tmp(),
		"NO_PROXY=127.0.0.1,localhost", "no_proxy=127.0.0.1,localhost",
	}, c.env...)
	p.cmd.Dir = s.Dir
	p.cmd.Stdout, p.cmd.Stderr = log, log
	p.cmd.SysProcAttr = diesWithParent()
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("%s: %w", c.name, err)
	}
	go func() {
		_ = p.cmd.Wait() // How it ended stands in the log; that it ended is what matters here.
		close(p.done)
	}()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.processes = append(s.processes, p)
	return p, nil
}

// PID is the process id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Running reports whether the process has not ended.
func (p *Process) Running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// Stop ends the process, by force after stopLimit. Stopping it twice is fine.
func (p *Process) Stop() error {
	if !p.Running() {
		return nil
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("%s: %w", p.Name, err)
	}
	select {
	case <-p.done:
		return nil
	case <-time.After(stopLimit):
	}
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("%s: %w", p.Name, err)
	}
	<-p.done
	return nil
}

// ready waits until check succeeds, or says what the process wrote last when it ended before.
func (p *Process) ready(ctx context.Context, check func(context.Context) error) error {
	return Until(ctx, startLimit, p.Name+" is ready", func(ctx context.Context) error {
		if !p.Running() {
			return Stop(fmt.Errorf("%s ended; the end of %s:\n%s", p.Name, p.log, tail(p.log)))
		}
		return check(ctx)
	})
}

func tail(path string) string {
	data, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	return string(data[max(0, len(data)-2000):])
}
