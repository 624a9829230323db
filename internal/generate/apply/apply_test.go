package apply_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/internal/generate/apply"
	"github.com/penstock-dev/penstock/internal/generate/plan"
	"github.com/penstock-dev/penstock/internal/generate/state"
	"github.com/penstock-dev/penstock/internal/generate/tree"
	_ "github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

func file(s string) tree.File { return tree.File{Data: []byte(s), Mode: tree.Regular} }

// files makes a tree of pairs of path and text.
func files(pairs ...string) tree.Tree {
	t := tree.Tree{}
	for i := 0; i < len(pairs); i += 2 {
		t[pairs[i]] = file(pairs[i+1])
	}
	return t
}

// unit makes the one unit of a test's target. Its inputs follow its files.
func unit(f tree.Tree, seeded ...string) tree.Unit {
	u := tree.Unit{Name: "u", Files: f, Seeded: seeded}
	h := sha256.New()
	for _, p := range f.Paths() {
		io.WriteString(h, p+f[p].Hash())
	}
	u.Inputs = hex.EncodeToString(h.Sum(nil)[:8])
	return u
}

// prepare opens the target and makes the plan for it; no unit: all removed.
func prepare(t *testing.T, dir string, desired ...tree.Unit) apply.Job {
	t.Helper()
	target, err := apply.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { target.Close() })
	pristine, ds, err := target.State()
	if err != nil || len(ds) > 0 {
		t.Fatal(err, ds)
	}
	in := plan.Input{Desired: desired}
	for _, u := range pristine {
		in.Pristine = append(in.Pristine, u)
	}
	if in.Current, err = target.Current(in.Paths()); err != nil {
		t.Fatal(err)
	}
	return apply.Job{Target: target, Plan: plan.Compute(in)}
}

func options() apply.Options {
	return apply.Options{Command: "penstock generate", Started: time.Unix(0, 0)}
}

func run(t *testing.T, jobs ...apply.Job) {
	t.Helper()
	if err := apply.Run(context.Background(), jobs, options()); err != nil {
		t.Fatal(err)
	}
}

// refuse runs and wants an error that contains the text.
func refuse(t *testing.T, text string, jobs ...apply.Job) {
	t.Helper()
	err := apply.Run(context.Background(), jobs, options())
	if err == nil || !strings.Contains(err.Error(), text) {
		t.Errorf("got %v, want %q", err, text)
	}
}

func write(t *testing.T, dir string, pairs ...string) {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		p := filepath.Join(dir, pairs[i])
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(pairs[i+1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// read returns all that is below dir: folders with a slash at the end, files
// with their text and "*" for executable ones; of the state only the names, and
// of the mark only that it is the only one.
func read(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	marks := 0
	err := filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		if err != nil || p == dir {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		switch rel = filepath.ToSlash(rel); {
		case e.IsDir():
			all[rel+"/"] = ""
		case strings.HasPrefix(rel, state.Dir):
			if _, _, ok := state.Marked(rel); ok {
				marks++
			} else {
				all[rel] = "state"
			}
		case e.Type()&fs.ModeSymlink != 0:
			all[rel] = "link"
		default:
			data, err := os.ReadFile(p)
			if err != nil {
				return err
			}
			info, err := e.Info()
			if err != nil {
				return err
			}
			if info.Mode()&0o100 != 0 {
				rel += "*"
			}
			all[rel] = string(data)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if marks > 1 {
		t.Errorf("the unit has %d marks", marks)
	}
	return all
}

// want compares all that is below dir, apart from Penstock's own folder, of
// which only its usual files may be there.
func want(t *testing.T, dir string, pairs ...string) {
	t.Helper()
	got := read(t, dir)
	for _, p := range []string{"/", "/.gitattributes", "/.gitignore", "/state/", "/state/u.txt"} {
		delete(got, state.Dir+p)
	}
	m := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
		for d := filepath.Dir(pairs[i]); d != "."; d = filepath.Dir(d) {
			m[filepath.ToSlash(d)+"/"] = ""
		}
	}
	if diff := cmp.Diff(m, got); diff != "" {
		t.Error(diff)
	}
}

func TestFirstRun(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "apps", "payments", "checkout")
	u := unit(files("README.md", "hi\n", "deploy/base/a.yaml", "a: 1\n", "deploy/b.yaml", "", "d-e/f", "x"))
	u.Files["ci/run"] = tree.File{Data: []byte("#!/bin/sh\n"), Mode: tree.Executable}
	job := prepare(t, dir, u)
	if job.Target.Exists() || len(read(t, filepath.Dir(filepath.Dir(filepath.Dir(dir))))) > 0 {
		t.Error("planning made something")
	}
	run(t, job)
	want(t, dir, "README.md", "hi\n", "deploy/base/a.yaml", "a: 1\n", "deploy/b.yaml", "", "d-e/f", "x", "ci/run*", "#!/bin/sh\n")
	for path, content := range map[string]string{
		state.Dir + "/.gitattributes": state.Attributes, state.Dir + "/.gitignore": state.Ignore, state.Path("u"): string(state.Encode(u)),
	} {
		if data, err := os.ReadFile(filepath.Join(dir, path)); err != nil || string(data) != content {
			t.Errorf("%s: %v %q", path, err, data)
		}
	}
}

func TestSecondRunTouchesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	u := unit(files("a/b", "1\n", "c", "2\n"))
	run(t, prepare(t, dir, u))
	long := time.Unix(1, 0)
	times := func() map[string]time.Time {
		m := map[string]time.Time{}
		for p := range read(t, dir) {
			info, err := os.Lstat(filepath.Join(dir, p))
			if err != nil {
				t.Fatal(err)
			}
			m[p] = info.ModTime()
		}
		info, err := os.Lstat(dir)
		if err != nil {
			t.Fatal(err)
		}
		m["."] = info.ModTime()
		return m
	}
	for p := range times() {
		if err := os.Chtimes(filepath.Join(dir, p), long, long); err != nil {
			t.Fatal(err)
		}
	}
	before := times()
	job := prepare(t, dir, u)
	if !job.Plan.Empty() {
		t.Errorf("%+v", job.Plan)
	}
	run(t, job)
	if diff := cmp.Diff(before, times()); diff != "" {
		t.Error(diff)
	}
}

func TestLaterRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run(t, prepare(t, dir, unit(files("same", "1\n", "new", "1\n", "edited", "a\nb\nc\n", "gone/in/here", "1\n", "gone/there", "1\n", "left/x", "1\n", "left/y", "1\n", "deleted", "1\n"))))
	write(t, dir, "edited", "A\nb\nc\n", "left/mine", "1\n", "left/y", "mine\n", "unknown/file", "mine\n")
	if err := os.Remove(filepath.Join(dir, "deleted")); err != nil {
		t.Fatal(err)
	}
	u := unit(files("same", "1\n", "new", "2\n", "edited", "a\nb\nC\n", "deleted", "2\n", "added/in/here", "1\n"))
	run(t, prepare(t, dir, u))
	want(t, dir, "same", "1\n", "new", "2\n", "edited", "A\nb\nC\n", "left/mine", "1\n", "left/y", "mine\n", "unknown/file", "mine\n", "added/in/here", "1\n")
	if p := prepare(t, dir, u).Plan; !p.Empty() {
		t.Errorf("applied, and still: %+v", p)
	}
	// The unit goes, and its state with it.
	run(t, prepare(t, dir))
	want(t, dir, "edited", "A\nb\nC\n", "left/mine", "1\n", "left/y", "mine\n", "unknown/file", "mine\n")
	if _, err := os.Stat(filepath.Join(dir, state.Folder)); !os.IsNotExist(err) {
		t.Errorf("state left: %v", err)
	}
}

func TestPermissionsSurvive(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run(t, prepare(t, dir, unit(files("a", "1\n", "b", "1\n"))))
	if err := os.Chmod(filepath.Join(dir, "a"), 0o664); err != nil {
		t.Fatal(err)
	}
	u := unit(files("a", "2\n"))
	u.Files["b"] = tree.File{Data: []byte("1\n"), Mode: tree.Executable}
	run(t, prepare(t, dir, u))
	for p, mode := range map[string]fs.FileMode{"a": 0o664, "b": 0o755} {
		if info, err := os.Stat(filepath.Join(dir, p)); err != nil || info.Mode() != mode {
			t.Errorf("%s: %v %v", p, info.Mode(), err)
		}
	}
}

func TestFileBecomesFolderAndBack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	one, two := unit(files("a", "1\n", "b/c/d", "1\n", "b/e", "1\n")), unit(files("a/x/y", "2\n", "b", "2\n"))
	run(t, prepare(t, dir, one))
	run(t, prepare(t, dir, two))
	want(t, dir, "a/x/y", "2\n", "b", "2\n")
	run(t, prepare(t, dir, one))
	want(t, dir, "a", "1\n", "b/c/d", "1\n", "b/e", "1\n")
}

func TestOnlyTheCaseChanges(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run(t, prepare(t, dir, unit(files("Docs/Readme.md", "1\n"))))
	run(t, prepare(t, dir, unit(files("docs/README.md", "2\n"))))
	want(t, dir, "docs/README.md", "2\n")
}

func TestRenameTakesEditsAlong(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run(t, prepare(t, dir, unit(files("tenants/old/a", "a\nb\nc\n"))))
	write(t, dir, "tenants/old/a", "A\nb\nc\n")
	job := prepare(t, dir)
	pristine, _, err := job.Target.State()
	if err != nil {
		t.Fatal(err)
	}
	in := plan.Input{
		Pristine: []tree.Unit{pristine["u"]},
		Desired:  []tree.Unit{unit(files("tenants/new/a", "a\nb\nC\n"))},
		Moves:    map[string]string{"tenants/old/a": "tenants/new/a"},
	}
	if in.Current, err = job.Target.Current(in.Paths()); err != nil {
		t.Fatal(err)
	}
	job.Plan = plan.Compute(in)
	run(t, job)
	want(t, dir, "tenants/new/a", "A\nb\nC\n")
}

func TestSeveralUnits(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a := tree.Unit{Name: "team/a", Inputs: "00000001", Files: files("a", "1\n")}
	b := tree.Unit{Name: "team/b", Inputs: "00000002", Files: files("b", "1\n")}
	run(t, prepare(t, dir, a, b))
	target := prepare(t, dir, a, b).Target
	inputs, err := target.Inputs()
	if diff := cmp.Diff(map[string]string{"team/a": "00000001", "team/b": "00000002"}, inputs); diff != "" || err != nil {
		t.Error(diff, err)
	}
	some, ds, err := target.State("team/b", "team/c")
	if diff := cmp.Diff(map[string]tree.Unit{"team/b": b}, some); diff != "" || err != nil || len(ds) > 0 {
		t.Error(diff, err, ds)
	}
}

func TestDamagedState(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, state.Path("u"), "<<<<<<< HEAD\n", state.Path("v"), "penstock-state v1\nunit w\n\nend\n", state.Folder+"/notes.md", "mine\n")
	target, err := apply.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer target.Close()
	units, damage, err := target.State()
	ds := damage.String()
	if len(units) > 0 || err != nil || !strings.HasPrefix(ds, filepath.ToSlash(dir)+"/"+state.Path("u")+":1:1: has unresolved conflict markers; ") || !strings.Contains(ds, `unit "w"`) {
		t.Errorf("%d %v %s", len(units), err, ds)
	}
}

// TestMarks: what two branches wrote leaves two marks; the next run leaves one,
// also where a person deleted the state and not the mark.
func TestMarks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	u := unit(files("f", "1\n"))
	run(t, prepare(t, dir, u))
	other := state.Mark("u", "0123456789abcdef")
	for name, meet := range map[string]func(){
		"merged":  func() { write(t, dir, other, "") },
		"deleted": func() { must(t, os.Remove(filepath.Join(dir, state.Path("u")))) },
	} {
		meet()
		job := prepare(t, dir, u)
		if job.Plan.Empty() {
			t.Errorf("%s: nothing to do", name)
		}
		run(t, job)
		want(t, dir, "f", "1\n")
		if inputs, err := prepare(t, dir, u).Target.Inputs(); err != nil || inputs["u"] != u.Inputs {
			t.Errorf("%s: %v %v", name, inputs, err)
		}
		if job := prepare(t, dir, u); !job.Plan.Empty() {
			t.Errorf("%s: not settled: %+v", name, job.Plan.States)
		}
	}
}
