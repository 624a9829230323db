package apply

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"
)

// lock takes the target's lock. The lock is the kernel's on an open file, so
// it is free as soon as its holder is dead; the file's text is for people.
func (t *Target) lock(o Options) (*os.File, error) {
	for {
		f, err := t.root.OpenFile(lockPath, os.O_RDWR|os.O_CREATE, 0o644)
		if err != nil {
			return nil, t.explain(lockPath, err)
		}
		ok, err := tryLock(f)
		if err != nil {
			f.Close()
			return nil, t.explain(lockPath, err)
		}
		if !ok {
			holder, _ := io.ReadAll(io.LimitReader(f, 1024)) // for the message only
			f.Close()
			return nil, &lockedError{dir: t.name(""), holder: describe(holder)}
		}
		if t.isLock(f) {
			if err := sign(f, o); err != nil {
				return nil, errors.Join(t.explain(lockPath, err), t.unlock(f))
			}
			return f, nil
		}
		f.Close() // its holder ended and removed it just now
	}
}

// lockedError says that another run is at work.
type lockedError struct{ dir, holder string }

func (e *lockedError) Error() string {
	return fmt.Sprintf("%s: another run is at work: %s; wait until it has ended and run again", e.dir, e.holder)
}

// isLock reports whether f is still the file at the lock's path.
func (t *Target) isLock(f *os.File) bool {
	held, err := f.Stat()
	if err != nil {
		return false
	}
	there, err := t.root.Lstat(lockPath)
	return err == nil && os.SameFile(held, there)
}

func sign(f *os.File, o Options) error {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	text := fmt.Sprintf("pid %d\nhost %s\nstarted %s\ncommand %s\n",
		os.Getpid(), host, o.Started.UTC().Format(time.RFC3339), strings.Join(strings.Fields(o.Command), " "))
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err = f.WriteAt([]byte(text), 0)
	return err
}

func describe(holder []byte) string {
	fields := map[string]string{}
	for line := range strings.Lines(string(holder)) {
		k, v, _ := strings.Cut(strings.TrimSpace(line), " ")
		fields[k] = v
	}
	if fields["pid"] == "" {
		return "it has not said which"
	}
	return fmt.Sprintf("%q, pid %s on %s, since %s", fields["command"], fields["pid"], fields["host"], fields["started"])
}

// unlock removes the lock file while it is still held, then frees it.
func (t *Target) unlock(f *os.File) error {
	err := t.root.Remove(lockPath)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return errors.Join(t.explain(lockPath, err), f.Close())
}
