package main

import (
	"io"
	"log"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"penstock": main,
	})
}

// TestScript runs the stories in testdata/script. Beside testscript's own
// commands, and a registry of the story's own at $REGISTRY, there are:
//
//	code N cmd…      the command exits with N
//	old DIR          sets back all modification times below DIR
//	untouched DIR    no file below DIR was written since "old DIR"
func TestScript(t *testing.T) {
	examples, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       goldentest.Update(),
		Setup: func(e *testscript.Env) error {
			e.Setenv("EXAMPLES", examples)
			server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
			e.Defer(server.Close)
			e.Setenv("REGISTRY", strings.TrimPrefix(server.URL, "http://"))
			return gitHome(e)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"code": code, "old": old, "untouched": untouched,
		},
	})
}

// gitHome gives a story's git command, which only stories use, a home of its
// own and an identity.
func gitHome(e *testscript.Env) error {
	if _, err := exec.LookPath("git"); err != nil && os.Getenv("CI") == "true" {
		return err
	}
	home := filepath.Join(e.WorkDir, ".home")
	e.Setenv("HOME", home)
	e.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	if err := os.Mkdir(home, 0o755); err != nil {
		return err
	}
	config := "[user]\n\tname = Pat\n\temail = pat@acme.example\n[init]\n\tdefaultBranch = main\n[advice]\n\tdetachedHead = false\n[protocol \"file\"]\n\tallow = always\n"
	return os.WriteFile(filepath.Join(home, ".gitconfig"), []byte(config), 0o644)
}

func code(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N command…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if err != nil {
		e, ok := err.(interface{ ExitCode() int })
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = e.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// longAgo is a time that no file in a test is written at.
var longAgo = time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)

func old(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chtimes(path, longAgo, longAgo)
	}))
}

func untouched(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && !info.ModTime().Equal(longAgo) {
			ts.Fatalf("%s was written", path)
		}
		return err
	}))
}

// TestScriptsRemove: testscript's own rm is silent about a file that is not
// there, and so is the story that rests on its absence.
func TestScriptsRemove(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(files) < 40 {
		t.Fatal(err, len(files))
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(data), "\n") {
			if strings.HasPrefix(line, "rm ") {
				t.Errorf("%s:%d: write \"exec %s\"", file, i+1, line)
			}
		}
	}
}
