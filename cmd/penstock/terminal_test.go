//go:build unix

package main

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/hinshun/vt10x"
)

// What a keyboard sends.
const (
	enter    = "\r"
	down     = "\x1b[B"
	ctrlC    = "\x03"
	pasteOn  = "\x1b[200~"
	pasteOff = "\x1b[201~"
)

// screen is penstock in a real terminal: a pseudo-terminal with an emulator
// that answers it.
type screen struct {
	t     *testing.T
	pty   *os.File
	vt    vt10x.Terminal
	news  chan struct{} // something was drawn
	ended chan error
	raw   strings.Builder
	first time.Duration // until the first byte was drawn
}

// start starts penstock with a terminal of that size.
func start(t *testing.T, dir string, columns, rows int, env []string, args ...string) *screen {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(t.TempDir(), "penstock") // TestMain runs the command of this name
	if err := os.Symlink(self, bin); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "TERM=xterm-256color", "HOME="+dir, "XDG_STATE_HOME="+t.TempDir(), "GIT_CONFIG_GLOBAL=", "GIT_CONFIG_NOSYSTEM=1")
	cmd.Env = append(cmd.Env, env...)
	return show(t, cmd, columns, rows)
}

// show starts a program with a terminal of that size.
func show(t *testing.T, cmd *exec.Cmd, columns, rows int) *screen {
	t.Helper()
	s := &screen{t: t, news: make(chan struct{}, 1), ended: make(chan error, 1)}
	started := time.Now()
	var err error
	if s.pty, err = pty.StartWithSize(cmd, &pty.Winsize{Rows: uint16(rows), Cols: uint16(columns)}); err != nil {
		t.Fatal(err)
	}
	s.vt = vt10x.New(vt10x.WithSize(columns, rows), vt10x.WithWriter(s.pty))
	go s.draw(started, cmd)
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = s.pty.Close()
	})
	return s
}

func (s *screen) draw(started time.Time, cmd *exec.Cmd) {
	buf := make([]byte, 8192)
	for {
		n, err := s.pty.Read(buf)
		if n > 0 {
			s.vt.Lock()
			if s.first == 0 {
				s.first = time.Since(started)
			}
			s.raw.Write(buf[:n])
			s.vt.Unlock()
			_, _ = s.vt.Write(buf[:n])
			select {
			case s.news <- struct{}{}:
			default:
			}
		}
		if err != nil {
			s.ended <- cmd.Wait()
			return
		}
	}
}

// text is what the screen shows.
func (s *screen) text() string { return strings.TrimRight(s.vt.String(), " \n") }

// drawn is all that was sent to the terminal.
func (s *screen) drawn() string {
	s.vt.Lock()
	defer s.vt.Unlock()
	return s.raw.String()
}

const patience = 30 * time.Second

// see waits until the screen shows something.
func (s *screen) see(what string, shown func() bool) {
	s.t.Helper()
	if !s.sees(patience, shown) {
		s.t.Fatalf("no %q on the screen:\n%s", what, s.text())
	}
}

// sees waits so long at most.
func (s *screen) sees(most time.Duration, shown func() bool) bool {
	late := time.After(most)
	for !shown() {
		select {
		case <-s.news:
		case <-late:
			return shown()
		}
	}
	return true
}

// answer waits for a question and types. What is typed before its time is not
// lost, so it does not matter when the question was drawn.
func (s *screen) answer(question, keys string) {
	s.t.Helper()
	s.see(question, func() bool {
		last := ""
		for line := range strings.Lines(s.text()) {
			if strings.HasPrefix(line, "? ") {
				last = line
			}
		}
		return strings.HasPrefix(last, "? "+question)
	})
	s.keys(keys)
}

func (s *screen) keys(keys string) {
	s.t.Helper()
	if _, err := io.WriteString(s.pty, keys); err != nil {
		s.t.Fatal(err)
	}
}

// end waits for penstock and returns its exit code.
func (s *screen) end() int {
	s.t.Helper()
	select {
	case err := <-s.ended:
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			return exit.ExitCode()
		}
		if err != nil {
			s.t.Fatal(err)
		}
		return 0
	case <-time.After(patience):
		s.t.Fatalf("penstock does not end:\n%s", s.text())
		return -1
	}
}

func (s *screen) resize(columns, rows int) {
	s.t.Helper()
	if err := pty.Setsize(s.pty, &pty.Winsize{Rows: uint16(rows), Cols: uint16(columns)}); err != nil {
		s.t.Fatal(err)
	}
	s.vt.Resize(columns, rows)
}
