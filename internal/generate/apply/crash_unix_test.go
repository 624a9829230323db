//go:build unix

package apply_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/internal/generate/apply"
	"github.com/penstock-dev/penstock/internal/generate/plan"
	"github.com/penstock-dev/penstock/internal/generate/state"
	"github.com/penstock-dev/penstock/internal/generate/tree"
)

// Environment of the child process, and of a longer test.
const (
	crashDir        = "PENSTOCK_TEST_CRASH_DIR"
	crashGeneration = "PENSTOCK_TEST_CRASH_GENERATION"
	crashRounds     = "PENSTOCK_CRASH_ROUNDS"
)

// generation makes a unit whose files come, change, move and go.
func generation(n int) tree.Unit {
	f := tree.Tree{}
	for i := range 60 {
		switch text := fmt.Sprintf("one\ntwo\nthree\nfour %d\n", n); i % 6 {
		case 0:
			f[fmt.Sprintf("same/%d", i)] = file("always\n")
		case 1:
			f[fmt.Sprintf("changes/%d", i)] = file(text)
		case 2:
			f[fmt.Sprintf("comes-%d/deep/%d", n, i)] = file(text)
		case 3:
			f[fmt.Sprintf("turns/%d", i+n%2)] = file(text)
		case 4:
			if n%2 == 0 {
				f[fmt.Sprintf("kind/%d", i)] = file(text)
			} else {
				f[fmt.Sprintf("kind/%d/file", i)] = file(text)
			}
		case 5:
			f[fmt.Sprintf("edited/%d", i)] = file(text)
		}
	}
	f["deleted"] = file(strconv.Itoa(n))
	f["seed"] = file(strconv.Itoa(n))
	return tree.Unit{Name: "u", Inputs: fmt.Sprintf("%08d", n), Files: f, Seeded: []string{"seed"}}
}

// expected is what a directory holds after a complete run of a generation:
// with the user's edit, seed and deletion.
func expected(n int) map[string]string {
	m := map[string]string{}
	for p, f := range generation(n).Files {
		m[p] = string(f.Data)
		if strings.HasPrefix(p, "edited/") {
			m[p] = strings.Replace(m[p], "one", "mine", 1)
		}
	}
	delete(m, "deleted")
	m["seed"] = "mine\n"
	return m
}

// TestMain turns the test binary into the process that is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		if err := child(dir, os.Getenv(crashGeneration)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func child(dir, generationText string) error {
	n, err := strconv.Atoi(generationText)
	if err != nil {
		return err
	}
	target, err := apply.Open(dir)
	if err != nil {
		return err
	}
	pristine, _, err := target.State()
	if err != nil {
		return err
	}
	in := plan.Input{Desired: []tree.Unit{generation(n)}}
	for _, u := range pristine {
		in.Pristine = append(in.Pristine, u)
	}
	if in.Current, err = target.Current(in.Paths()); err != nil {
		return err
	}
	p := plan.Compute(in)
	fmt.Println("ready")
	return apply.Run(context.Background(), []apply.Job{{Target: target, Plan: p}}, apply.Options{})
}

// TestKilled kills runs at random instants: each file is then old or new, and
// the next run completes and leaves nothing else behind.
func TestKilled(t *testing.T) {
	t.Parallel()
	rounds := 40
	if s := os.Getenv(crashRounds); s != "" {
		n, err := strconv.Atoi(s)
		must(t, err)
		rounds = n
	}
	dir := filepath.Join(t.TempDir(), "target")
	run(t, prepare(t, dir, generation(0)))
	for p := range generation(0).Files {
		if strings.HasPrefix(p, "edited/") {
			write(t, dir, p, strings.Replace(string(generation(0).Files[p].Data), "one", "mine", 1))
		}
	}
	write(t, dir, "seed", "mine\n")
	must(t, os.Remove(filepath.Join(dir, "deleted")))

	// The time that a whole run takes bounds the instants.
	start := time.Now()
	kill(t, dir, 1, time.Hour)
	whole := time.Since(start)

	rnd := rand.New(rand.NewPCG(1, 2))
	found := map[string]int{}
	for n := 2; n < rounds+2; n++ {
		kill(t, dir, n, time.Duration(rnd.Int64N(int64(whole))))
		found[oldOrNew(t, dir, n)]++
		completes(t, dir, n)
	}
	t.Logf("of %d runs, by what the kill left: %v", rounds, found)
}

// TestKilledFirstRun kills the run that makes a target.
func TestKilledFirstRun(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	start := time.Now()
	kill(t, filepath.Join(parent, "whole"), 1, time.Hour)
	whole := time.Since(start)
	rnd := rand.New(rand.NewPCG(3, 4))
	for n := range 12 {
		dir := filepath.Join(parent, strconv.Itoa(n), "target")
		kill(t, dir, n, time.Duration(rnd.Int64N(int64(whole))))
		u := generation(n)
		if _, err := os.Stat(dir); err == nil {
			for p, text := range read(t, dir) {
				if f := u.Files[p]; !strings.HasSuffix(p, "/") && !strings.HasPrefix(p, state.Dir) && string(f.Data) != text {
					t.Errorf("%s is torn: %q", p, text)
				}
			}
		}
		run(t, prepare(t, dir, u))
		var pairs []string
		for p, f := range u.Files {
			pairs = append(pairs, p, string(f.Data))
		}
		want(t, dir, pairs...)
	}
}

// completes runs a generation to its end and checks all that it leaves.
func completes(t *testing.T, dir string, n int) {
	t.Helper()
	job := prepare(t, dir, generation(n))
	if b := job.Plan.Blocked(); len(b) > 0 {
		t.Fatalf("generation %d: %s: %s", n, b[0].Path, b[0].Reason)
	}
	run(t, job)
	got := read(t, dir)
	for p := range got {
		if strings.HasSuffix(p, "/") {
			delete(got, p)
		}
	}
	all := expected(n)
	for _, p := range []string{".gitattributes", ".gitignore", "state/u.txt"} {
		all[state.Dir+"/"+p] = "state"
	}
	if diff := cmp.Diff(all, got); diff != "" {
		t.Fatalf("generation %d: %s", n, diff)
	}
	if !prepare(t, dir, generation(n)).Plan.Empty() {
		t.Fatalf("generation %d is not complete", n)
	}
}

// kill runs a generation in a child and kills it after some time.
func kill(t *testing.T, dir string, n int, after time.Duration) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), crashDir+"="+dir, crashGeneration+"="+strconv.Itoa(n))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	if _, err := out.Read(make([]byte, 8)); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	err = cmd.Wait()
	timer.Stop()
	if err != nil && !strings.Contains(err.Error(), "killed") {
		t.Fatal(err)
	}
}

// oldOrNew checks every file that is there, and every one that must be. It
// tells how far the killed run had come.
func oldOrNew(t *testing.T, dir string, n int) string {
	t.Helper()
	before, after := expected(n-1), expected(n)
	got := read(t, dir)
	news, olds := 0, 0
	for p, text := range got {
		if strings.HasSuffix(p, "/") || strings.HasPrefix(p, state.Dir) {
			continue
		}
		b, wasThere := before[p]
		a, willBe := after[p]
		switch isOld, isNew := wasThere && b == text, willBe && a == text; {
		case isNew && !isOld:
			news++
		case isOld && !isNew:
			olds++
		case !isOld && !isNew:
			t.Errorf("generation %d: %s is torn: %q", n, p, text)
		}
	}
	for p := range before {
		if _, ok := after[p]; ok {
			if _, there := got[p]; !there {
				t.Errorf("generation %d: %s is lost", n, p)
			}
		}
	}
	_, locked := got[state.Dir+"/lock"]
	_, staged := got[state.Dir+"/tmp/"]
	switch {
	case news > 0 && olds > 0:
		return "some files new"
	case news > 0 && (locked || staged):
		return "all files new, not cleaned up"
	case news > 0:
		return "complete"
	case locked || staged:
		return "temporary files"
	}
	return "nothing"
}
