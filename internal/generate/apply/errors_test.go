package apply

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Every message names the file, the problem and what to do, and keeps its cause.
func TestExplain(t *testing.T) {
	t.Parallel()
	target := &Target{dir: filepath.Join("work", "platform")}
	for err, want := range map[error]string{
		syscall.ENOSPC:                         "the disk is full; free some space and run again",
		syscall.EROFS:                          "is on a read-only file system; make it writable and run again",
		syscall.EACCES:                         "permission denied; give yourself write access to its folder and run again",
		syscall.EPERM:                          "permission denied; give yourself write access to its folder and run again",
		syscall.ENOTDIR:                        "a file stands where a folder belongs; move it away and run again",
		syscall.EISDIR:                         "a folder stands where a file belongs; move it away and run again",
		syscall.ENAMETOOLONG:                   "the name is too long for this file system; use shorter names in the contract",
		syscall.EIO:                            "input/output error",
		errors.New("path escapes from parent"): "a symbolic link leads out of the target; penstock writes through no link, replace it",
	} {
		got := target.explain("docs/a.md", &fs.PathError{Op: "openat", Path: "a.md", Err: err})
		if got.Error() != "work/platform/docs/a.md: "+want {
			t.Errorf("%v: got %q", err, got)
		}
		if !errors.Is(got, err) {
			t.Errorf("%v: lost its cause", err)
		}
		if again := target.explain("b", got); again.Error() != got.Error() {
			t.Errorf("explained twice: %q", again)
		}
	}
	if target.explain("a", nil) != nil {
		t.Error("no error became one")
	}
}

// A file that another process makes between the check and the rename stays.
func TestAppearsWhileWriting(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	target, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer target.Close()
	for _, p := range []string{"a", "tmp"} {
		if err := target.root.WriteFile(p, []byte(p), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r := &run{Job: Job{Target: target}}
	if err := r.placeFile("tmp", "a", false); err == nil || !strings.Contains(err.Error(), "a: appeared while this run was writing, and was left alone") {
		t.Errorf("%v", err)
	}
	if data, err := target.root.ReadFile("a"); err != nil || string(data) != "a" {
		t.Errorf("%q %v", data, err)
	}
}
