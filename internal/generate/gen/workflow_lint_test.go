package gen_test

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/rhysd/actionlint"
	"go.yaml.in/yaml/v3"

	"github.com/penstock-dev/penstock/internal/forge/github"
)

func githubContracts(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("testdata/github/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	list := map[string][]byte{}
	for _, f := range files {
		if list["github "+filepath.Base(f)], err = os.ReadFile(f); err != nil {
			t.Fatal(err)
		}
	}
	return list
}

// TestActionlint runs actionlint over every generated workflow, in a folder in
// which it also finds the actions that the workflow uses.
func TestActionlint(t *testing.T) {
	t.Parallel()
	onGitHub(t, func(t *testing.T, d delivery) {
		dir := t.TempDir()
		for p, f := range d.files {
			if strings.Contains(p, "/.github/") {
				writeTo(t, filepath.Join(dir, filepath.FromSlash(p)), f.Data)
			}
		}
		for _, w := range d.workflows(t) {
			if !w.action() {
				for _, e := range lint(t, dir, repository(w.path), w.path) {
					t.Error(e)
				}
			}
		}
	})
}

// TestActionlintFinds: what runs above does find something.
func TestActionlintFinds(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{
		"on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps: [{run: echo, with: {a: b}}]\n",
		"on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    needs: [b]\n    steps: [{run: echo}]\n",
		"on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    permissions: {everything: write}\n    steps: [{run: echo}]\n",
		"on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps: [{run: echo, env: {A: \"${{ steps.none.outputs.x }}\"}}]\n",
		"on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps: [{uses: ./.github/actions/a, with: {none: x}}]\n",
		"on: {schedule: [{cron: \"99 * * * *\"}]}\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps: [{run: echo}]\n",
	} {
		dir := t.TempDir()
		writeTo(t, filepath.Join(dir, "r/.github/workflows/w.yaml"), []byte(bad))
		writeTo(t, filepath.Join(dir, "r/.github/actions/a/action.yaml"), []byte("name: a\ndescription: a\nruns: {using: composite, steps: []}\n"))
		if len(lint(t, dir, "r", "r/.github/workflows/w.yaml")) == 0 {
			t.Errorf("nothing found in\n%s", bad)
		}
	}
}

func writeTo(t testing.TB, file string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// lint returns what actionlint says of a workflow. Its own shellcheck is off:
// TestShellcheck does all scripts in one go, those of actions too.
func lint(t testing.TB, dir, repo, file string) []string {
	t.Helper()
	project, err := actionlint.NewProject(filepath.Join(dir, filepath.FromSlash(repo)))
	if err != nil {
		t.Fatal(err)
	}
	linter, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{WorkingDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	found, err := linter.LintFile(filepath.Join(dir, filepath.FromSlash(file)), project)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range found {
		list = append(list, fmt.Sprintf("%s:%d:%d: %s [%s]", file, e.Line, e.Column, e.Message, e.Kind))
	}
	return list
}

// TestShellcheck runs shellcheck over every script that a workflow or an action
// runs, each text once.
func TestShellcheck(t *testing.T) {
	t.Parallel()
	shellcheck := program(t, "shellcheck")
	var mutex sync.Mutex
	scripts := map[string]string{} // by text: where it is
	t.Run("collect", func(t *testing.T) {
		onGitHub(t, func(t *testing.T, d delivery) {
			for _, w := range d.workflows(t) {
				for _, s := range w.steps() {
					if run := scalar(s.node, "run"); run != "" {
						mutex.Lock()
						scripts[run] = d.name + " " + w.path + ": " + s.id()
						mutex.Unlock()
					}
				}
			}
		})
	})
	if len(scripts) < 50 {
		t.Fatalf("only %d scripts", len(scripts))
	}
	for _, finding := range check(t, shellcheck, scripts) {
		t.Error(finding)
	}
	if len(check(t, shellcheck, map[string]string{"echo $1 | grep x\nif [ $a = b ]; then\n": "bad"})) == 0 {
		t.Error("shellcheck finds nothing")
	}
}

// check returns what shellcheck finds, with the place of the script.
func check(t *testing.T, shellcheck string, scripts map[string]string) []string {
	t.Helper()
	dir := t.TempDir()
	args := []string{"--shell=bash", "--format=gcc", "--norc"}
	places := map[string]string{}
	for text, place := range scripts {
		file := filepath.Join(dir, fmt.Sprintf("%d.sh", len(places)))
		places[file] = place
		writeTo(t, file, []byte(text))
		args = append(args, file)
	}
	out, err := exec.Command(shellcheck, args...).Output()
	var findings []string
	for l := range strings.Lines(string(out)) {
		file, rest, _ := strings.Cut(l, ":")
		findings = append(findings, places[file]+":"+strings.TrimSpace(rest))
	}
	if err != nil && len(findings) == 0 {
		t.Fatalf("%s: %v", shellcheck, err)
	}
	return findings
}

// program finds a program that not everybody has: the test is skipped without
// it, but not in CI, where .ci/run installs it.
func program(t *testing.T, name string) string {
	t.Helper()
	file, err := exec.LookPath(name)
	switch {
	case err == nil:
		return file
	case os.Getenv("CI") == "true":
		t.Fatalf("there is no %s: .ci/run installs it", name)
	default:
		t.Skipf("there is no %s", name)
	}
	return ""
}

// TestActionPins: every action that is used is one of the table, whole commit
// and version as a comment.
func TestActionPins(t *testing.T) {
	t.Parallel()
	if _, err := github.Action("acme/none"); err == nil {
		t.Error("an action that is not in the table is no error")
	}
	onGitHub(t, func(t *testing.T, d delivery) {
		for _, w := range d.workflows(t) {
			w.uses(func(at string, u *yaml.Node) {
				name, _, _ := strings.Cut(u.Value, "@")
				if want, err := github.Action(name); pinned.MatchString(u.Value) && (err != nil || u.Value+" "+u.LineComment != want) {
					t.Errorf("%s: %s uses %s %s, and the table has %s (%v)", w.path, at, u.Value, u.LineComment, want, err)
				}
			})
		}
	})
}
