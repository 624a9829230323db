//go:build unix

package apply_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/penstock-dev/penstock/internal/generate/plan"
	"github.com/penstock-dev/penstock/internal/generate/state"
)

const holder = "pid 4711\nhost ci-7\nstarted 2026-02-22T10:00:00Z\ncommand penstock generate\n"

func TestSecondRunAtTheSameTime(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	u := unit(files("a", "1\n"))
	run(t, prepare(t, dir, u))
	write(t, dir, state.Dir+"/lock", holder, state.Dir+"/tmp/files/x", "torn")
	lock, err := os.Open(filepath.Join(dir, state.Dir, "lock"))
	must(t, err)
	defer lock.Close()
	must(t, unix.Flock(int(lock.Fd()), unix.LOCK_EX))
	before := read(t, dir)
	refuse(t, `: another run is at work: "penstock generate", pid 4711 on ci-7, since 2026-02-22T10:00:00Z; wait until it has ended and run again`,
		prepare(t, dir, unit(files("a", "2\n"))))
	run(t, prepare(t, dir, u)) // has nothing to do, so it is in nobody's way
	if diff := cmp.Diff(before, read(t, dir)); diff != "" {
		t.Error(diff)
	}
}

// A killed run leaves its lock and temporary files. The kernel has freed the
// lock; the next run takes it over, even one that has nothing to write.
func TestLeftovers(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"1\n", "2\n"} {
		dir := t.TempDir()
		run(t, prepare(t, dir, unit(files("a", "1\n"))))
		write(t, dir, state.Dir+"/lock", holder, state.Dir+"/tmp/files/a", "torn", state.Dir+"/tmp/own/state/u.txt", "torn")
		run(t, prepare(t, dir, unit(files("a", text))))
		want(t, dir, "a", text)
	}
}

func TestLockSaysWhoHoldsIt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	// A pipe in the way is no file, and reading it would never end.
	must(t, unix.Mkfifo(filepath.Join(dir, "pipe"), 0o644))
	job := prepare(t, dir, unit(files("pipe", "1\n")))
	if b := job.Plan.Blocked(); len(b) != 1 || b[0].Action != plan.Blocked || !strings.Contains(b[0].Reason, "not a regular file") {
		t.Errorf("%+v", b)
	}
}
