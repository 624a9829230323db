package apply

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
)

// explain turns an operating system's error about a slash path of the target
// into "path: problem; what to do".
func (t *Target) explain(path string, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*explained](err); ok {
		return err
	}
	return &explained{text: t.name(path) + ": " + problem(err), err: err}
}

// explained is an error whose text is complete. It keeps its cause for
// errors.Is.
type explained struct {
	text string
	err  error
}

func (e *explained) Error() string { return e.text }
func (e *explained) Unwrap() error { return e.err }

func problem(err error) string {
	for _, k := range known() {
		if errors.Is(err, k.err) {
			return k.text
		}
	}
	// os.Root has no exported errors for these two.
	if strings.HasSuffix(err.Error(), syscall.ENOTDIR.Error()) {
		return problem(syscall.ENOTDIR)
	}
	if strings.Contains(err.Error(), "path escapes from parent") {
		return "a symbolic link leads out of the target; penstock writes through no link, replace it"
	}
	// The path is in front already.
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		err = pe.Err
	}
	return fmt.Sprint(err)
}

type cause struct {
	err  error
	text string
}

func known() []cause {
	return []cause{
		{syscall.ENOSPC, "the disk is full; free some space and run again"},
		{errQuota, "the disk quota is used up; free some space and run again"},
		{syscall.EROFS, "is on a read-only file system; make it writable and run again"},
		{fs.ErrPermission, "permission denied; give yourself write access to its folder and run again"},
		{syscall.ENOTDIR, "a file stands where a folder belongs; move it away and run again"},
		{syscall.EISDIR, "a folder stands where a file belongs; move it away and run again"},
		{syscall.ENOTEMPTY, "a folder that is not empty is in the way; move it away and run again"},
		{syscall.ELOOP, "a symbolic link is in the way; penstock writes through no link, replace it"},
		{syscall.EXDEV, "is on another file system than the target's .penstock folder; penstock can't replace files there in one step"},
		{syscall.ENAMETOOLONG, "the name is too long for this file system; use shorter names in the contract"},
		{syscall.EMFILE, "too many open files; raise the limit with \"ulimit -n\" and run again"},
	}
}
