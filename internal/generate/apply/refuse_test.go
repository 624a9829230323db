package apply_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/internal/generate/apply"
	"github.com/penstock-dev/penstock/internal/generate/plan"
	"github.com/penstock-dev/penstock/internal/generate/state"
)

// What moved between planning and applying stops the run before it writes.
func TestStalePlan(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		moved func(t *testing.T, dir string)
		path  string
	}{
		"edited":            {func(t *testing.T, dir string) { t.Helper(); write(t, dir, "changes", "mine\n") }, "changes"},
		"edited, to delete": {func(t *testing.T, dir string) { t.Helper(); write(t, dir, "goes", "mine\n") }, "goes"},
		"deleted":           {func(t *testing.T, dir string) { t.Helper(); must(t, os.Remove(filepath.Join(dir, "changes"))) }, "changes"},
		"appeared":          {func(t *testing.T, dir string) { t.Helper(); write(t, dir, "comes/here", "mine\n") }, "comes/here"},
		"a file appeared":   {func(t *testing.T, dir string) { t.Helper(); write(t, dir, "comes", "mine\n") }, "comes/here"},
		"a link appeared":   {func(t *testing.T, dir string) { t.Helper(); must(t, os.Symlink("/tmp", filepath.Join(dir, "comes"))) }, "comes/here"},
		"mode":              {func(t *testing.T, dir string) { t.Helper(); must(t, os.Chmod(filepath.Join(dir, "changes"), 0o755)) }, "changes"},
		"state":             {func(t *testing.T, dir string) { t.Helper(); must(t, os.Remove(filepath.Join(dir, state.Path("u")))) }, state.Path("u")},
		"another run": {func(t *testing.T, dir string) {
			t.Helper()
			run(t, prepare(t, dir, unit(files("changes", "1\n", "goes", "1\n", "x", "1\n"))))
		}, state.Path("u")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			run(t, prepare(t, dir, unit(files("changes", "1\n", "goes", "1\n"))))
			job := prepare(t, dir, unit(files("changes", "2\n", "comes/here", "2\n")))
			c.moved(t, dir)
			before := read(t, dir)
			refuse(t, filepath.ToSlash(dir)+"/"+c.path+`: changed while this run was planning; nothing was written, run "penstock generate" again`, job)
			if diff := cmp.Diff(before, read(t, dir)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// One target that can't be written leaves all targets as they were.
func TestAllTargetsOrNone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good, bad := filepath.Join(dir, "new", "a"), filepath.Join(dir, "b")
	write(t, bad, "x", "1\n")
	jobs := []apply.Job{prepare(t, good, unit(files("a", "1\n"))), prepare(t, bad, unit(files("b", "1\n")))}
	write(t, bad, "b", "mine\n")
	refuse(t, "b/b: changed while", jobs...)
	if diff := cmp.Diff(map[string]string{"b/": "", "b/x": "1\n", "b/b": "mine\n"}, read(t, dir)); diff != "" {
		t.Error(diff)
	}
}

// An error while temporary files are written leaves the old tree intact.
func TestErrorWhileStaging(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run(t, prepare(t, dir, unit(files("a", "1\n"))))
	before := read(t, dir)
	long := strings.Repeat("n", 300)
	refuse(t, "/"+long+": the name is too long for this file system; use shorter names", prepare(t, dir, unit(files("a", "2\n", long, "1\n"))))
	if diff := cmp.Diff(before, read(t, dir)); diff != "" {
		t.Error(diff)
	}
	fresh := filepath.Join(dir, "not", "there")
	refuse(t, "too long", prepare(t, fresh, unit(files("a", "2\n", long, "1\n"))))
	if diff := cmp.Diff(before, read(t, dir)); diff != "" {
		t.Error(diff)
	}
}

func TestInterrupted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err := apply.Run(ctx, []apply.Job{prepare(t, dir, unit(files("a", "1\n")))}, options())
	if !errors.Is(err, context.Canceled) || len(read(t, dir)) > 0 {
		t.Errorf("%v, %v", err, read(t, dir))
	}
}

func TestBlockedPlanIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "a", "mine\n")
	refuse(t, "a: exists and is not penstock's", prepare(t, dir, unit(files("a", "1\n", "b", "1\n"))))
	if diff := cmp.Diff(map[string]string{"a": "mine\n"}, read(t, dir)); diff != "" {
		t.Error(diff)
	}
}

func TestReadOnlyFolder(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere")
	}
	dir := t.TempDir()
	run(t, prepare(t, dir, unit(files("a", "1\n", "d/b", "1\n"))))
	must(t, os.Chmod(filepath.Join(dir, "d"), 0o555))
	t.Cleanup(func() { must(t, os.Chmod(filepath.Join(dir, "d"), 0o755)) })
	refuse(t, "d/b: permission denied; give yourself write access", prepare(t, dir, unit(files("a", "2\n", "d/b", "2\n"))))
	want(t, dir, "a", "1\n", "d/b", "1\n")
}

func TestOwnFolderMustBeAFolder(t *testing.T) {
	t.Parallel()
	dir, elsewhere := t.TempDir(), t.TempDir()
	must(t, os.Symlink(elsewhere, filepath.Join(dir, state.Dir)))
	if _, err := apply.Open(dir); err == nil || !strings.Contains(err.Error(), "is not a folder; penstock keeps its state there") {
		t.Errorf("%v", err)
	}
	if _, err := apply.Open(filepath.Join(dir, state.Dir, "x")); err != nil {
		t.Errorf("%v", err)
	}
	write(t, dir, "file", "")
	if _, err := apply.Open(filepath.Join(dir, "file")); err == nil || !strings.Contains(err.Error(), "file: a file stands where a folder belongs") {
		t.Errorf("%v", err)
	}
}

func TestSymlinkInTheWay(t *testing.T) {
	t.Parallel()
	dir, elsewhere := t.TempDir(), t.TempDir()
	write(t, elsewhere, "f", "outside\n")
	must(t, os.Symlink(elsewhere, filepath.Join(dir, "out")))
	must(t, os.Symlink(filepath.Join(elsewhere, "f"), filepath.Join(dir, "leaf")))
	must(t, os.Symlink("nowhere", filepath.Join(dir, "dangling")))
	job := prepare(t, dir, unit(files("out/f", "1\n", "out/g", "1\n", "leaf", "1\n", "dangling", "1\n")))
	if n := len(job.Plan.Blocked()); n != 4 {
		t.Errorf("%d blocked: %+v", n, job.Plan.Changes)
	}
	refuse(t, "is a symbolic link", job)
	if diff := cmp.Diff(map[string]string{"f": "outside\n"}, read(t, elsewhere)); diff != "" {
		t.Error(diff)
	}
}

func TestObstacles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "folder/in/x", "1", "file", "1", "Case/File", "1", "same/case", "1", "same/CASE", "1")
	must(t, os.Mkdir(filepath.Join(dir, "folder", "empty"), 0o755))
	must(t, os.Symlink("file", filepath.Join(dir, "link")))
	target, err := apply.Open(dir)
	must(t, err)
	defer target.Close()
	got, err := target.Current([]string{"folder", "file/x/y", "case/file", "Case/FILE", "link", "link/x", "same/case", "absent/x", "file", "folder/in"})
	must(t, err)
	obstacles := map[string]plan.Obstacle{
		"folder":    {Kind: plan.Folder, At: "folder", Holds: []string{"folder/empty/", "folder/in/x"}},
		"folder/in": {Kind: plan.Folder, At: "folder/in", Holds: []string{"folder/in/x"}},
		"file/x/y":  {Kind: plan.NotFolder, At: "file", Holds: []string{"file"}},
		"case/file": {Kind: plan.OtherCase, At: "Case", Holds: []string{"Case/File"}},
		"Case/FILE": {Kind: plan.OtherCase, At: "Case/File", Holds: []string{"Case/File"}},
		"link":      {Kind: plan.Symlink, At: "link"},
		"link/x":    {Kind: plan.Symlink, At: "link"},
	}
	if diff := cmp.Diff(obstacles, got.Obstacles); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(files("file", "1", "same/case", "1"), got.Files); diff != "" {
		t.Error(diff)
	}
}
