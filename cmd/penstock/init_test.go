//go:build unix

package main

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/internal/cli"
	"github.com/penstock-dev/penstock/internal/repo"
	"github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

// questions are those of the defaults, in their order.
var questions = []string{
	"Name of the platform:", "URL of the platform repository:", "Branch that Flux follows:", "Who owns the platform",
	"Where an incident goes", "How Flux gets onto the clusters:",
	"Registry that holds the bundles:", "Host of the registry:", "First part of each repository's name:",
	"CI system that builds and promotes:", "After a promotion:",
	"Environments, in the order", "Clusters of dev", "A release gets to preprod:", "Clusters of preprod",
	"A release gets to prod:", "Who approves for prod", "Clusters of prod",
	"Add a team now?", "Name of the team:", "Who owns payments", "Where an incident of payments goes:",
	"Add an app now?", "Name of the app:", "Git repository of checkout:", "Image that CI builds", "Add another app?", "Add another team?",
	"How bundles are signed:", "Images in a bundle",
	"Does audit demand", "How well is the registry run", "Is the border",
	"Apps to deliver by Git", "Environments where Git pins",
	"Give the real ones now?", "Who owns the platform", "Host of the registry:", "Who approves for prod", "Who owns payments", "Git repository of checkout:",
	"What now:",
}

// workplace is a folder with a clone of the platform repository in it.
func workplace(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	platform := filepath.Join(dir, "ws", "platform")
	if err := os.MkdirAll(platform, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := repo.Init(platform, "main", "https://github.com/acme/platform"); err != nil {
		t.Fatal(err)
	}
	return dir
}

// tree reads what was generated: neither Git's files nor Penstock's state.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(dir, path)
		rel = filepath.ToSlash(rel)
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == ".git" || strings.HasSuffix(rel, ".penstock/state")):
			return filepath.SkipDir
		case d.IsDir() || strings.HasSuffix(rel, ".penstock/.gitattributes") || strings.HasSuffix(rel, ".penstock/.gitignore"):
			return nil
		}
		data, err := os.ReadFile(path)
		files[rel] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// same compares two workspaces but for how the contract is written down.
func same(t *testing.T, got, want string) {
	t.Helper()
	g, w := tree(t, got), tree(t, want)
	if g["platform/penstock.yaml"] == "" || len(w) < 10 {
		t.Errorf("%s: %d files", got, len(w))
	}
	delete(g, "platform/penstock.yaml")
	delete(w, "platform/penstock.yaml")
	if diff := cmp.Diff(w, g); diff != "" {
		t.Errorf("-%s +%s:\n%s", want, got, diff)
	}
}

// generated is what generate makes of a contract.
func generated(t *testing.T, file string) string {
	t.Helper()
	dir := t.TempDir()
	var out, errs bytes.Buffer
	if code := cli.Main(context.Background(), []string{"generate", "-c", file, "-w", dir}, cli.IO{Out: &out, Err: &errs}); code != 0 {
		t.Fatalf("exit code %d: %s", code, &errs)
	}
	return dir
}

// TestInitOnDefaults presses Enter at every question.
func TestInitOnDefaults(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{120, 40}, {60, 20}} {
		dir := workplace(t)
		s := start(t, dir, size[0], size[1], nil, "init", "-w", "ws")
		for i, q := range questions {
			if size[0] < 100 { // long questions are broken into lines
				q = q[:min(len(q), 20)]
			}
			s.answer(q, enter)
			if i == 0 {
				t.Logf("first question after %v", s.first)
			}
		}
		if code := s.end(); code != 0 {
			t.Fatalf("exit code %d:\n%s", code, s.text())
		}
		same(t, filepath.Join(dir, "ws"), "../../golden/quickstart")
	}
}

// TestInitInFull types answers, wrong ones and a paste among them, asks for
// help, filters a list and ticks boxes.
func TestInitInFull(t *testing.T) {
	t.Parallel()
	dir := workplace(t)
	s := start(t, dir, 110, 45, []string{"NO_COLOR=1"}, "init", "-w", "ws")
	s.answer("Name of the platform:", "My Shop"+enter)
	s.see("the refusal", func() bool {
		return strings.Contains(s.text(), `the answer is "My Shop", which is no DNS name; write "my-shop"`)
	})
	s.answer("Name of the platform:", "shop"+enter)
	s.answer("URL of the platform repository:", "?"+enter)
	s.see("help", func() bool {
		return strings.Contains(s.text(), "HTTPS or SSH URL. It may carry a user, never a password.")
	})
	s.keys(enter)
	s.answer("Branch", "trunk"+enter)
	s.answer("Who owns", pasteOn+"@shop/sre\n@shop/security\n"+pasteOff)
	s.see("the paste on one line", func() bool { return strings.Contains(s.text(), "@shop/sre, @shop/security") })
	s.keys(enter)
	s.answer("Where an incident goes", "Rufbereitschaft Köln 日本: #sre"+enter)
	s.answer("How Flux gets", "oper"+enter) // typing filters
	s.answer("Registry that holds", down+enter)
	s.answer("AWS account number", "111122223333"+enter)
	s.answer("AWS region", enter)
	s.answer("Host of the registry", enter)
	for _, q := range questions[8:11] {
		s.answer(q, enter)
	}
	s.answer("Environments, in the order", "dev, prod"+enter)
	s.answer("Clusters of dev", enter)
	s.answer("A release gets to prod", enter)
	s.answer("Who approves for prod", "@shop/release"+enter)
	s.answer("Clusters of prod", "prod-eu, prod-us"+enter)
	s.answer("Add a team now?", "y"+enter)
	s.answer("Name of the team:", "catalog"+enter)
	s.answer("Who owns catalog", enter)
	s.answer("Where an incident of catalog", enter)
	s.answer("Add an app now?", enter)
	s.answer("Name of the app:", "search"+enter)
	s.answer("Git repository of search", enter)
	s.answer("Image that CI builds", enter)
	s.answer("Add another app?", "y"+enter)
	s.answer("Name of the app:", "web"+enter)
	s.answer("Git repository of web", enter)
	s.answer("Image that CI builds", enter)
	s.answer("Add another app?", enter)
	s.answer("Add another team?", enter)
	for _, q := range questions[28:30] {
		s.answer(q, enter)
	}
	s.answer("Does audit demand", "yes"+enter)
	s.answer("How well is the registry run", enter)
	s.answer("Is the border", enter)
	s.answer("Apps to deliver by Git", down+" "+enter)
	s.answer("Environments where Git pins", enter) // the advice ticked prod
	s.answer("When to look at the decision again", "2027-01-31"+enter)
	s.answer("Give the real ones now?", "n"+enter)
	s.answer("What now:", enter)
	if code := s.end(); code != 0 {
		t.Fatalf("exit code %d:\n%s", code, s.text())
	}
	check(t, dir, "testdata/terminal/full.yaml")
}

// check compares what init wrote with a contract that is kept here.
func check(t *testing.T, dir, file string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "ws", "platform", "penstock.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	goldentest.File(t, file, data)
	same(t, filepath.Join(dir, "ws"), generated(t, file))
}

// TestInitGoesBack changes an environment from the summary, and the window
// while it is at it.
func TestInitGoesBack(t *testing.T) {
	t.Parallel()
	dir := workplace(t)
	s := start(t, dir, 120, 40, nil, "init", "-w", "ws")
	for _, q := range questions[:len(questions)-1] {
		s.answer(q, enter)
	}
	s.answer("What now:", "environments"+enter)
	s.answer("Environments, in the order", "dev, qa, prod"+enter)
	s.answer("Clusters of dev", enter)
	s.resize(90, 30)
	s.answer("A release gets to qa", "appr"+enter)
	s.answer("Who approves for qa", "@acme/qa"+enter)
	s.answer("Clusters of qa", enter)
	s.answer("A release gets to prod", enter)
	s.answer("Who approves for prod", enter)
	s.answer("Clusters of prod", enter)
	s.answer("What now:", enter)
	if code := s.end(); code != 0 {
		t.Fatalf("exit code %d:\n%s", code, s.text())
	}
	check(t, dir, "testdata/terminal/back.yaml")
}

// TestInitInterrupted presses Ctrl-C at some questions: nothing is left where it
// was started, and --resume goes on there, with each answer as it was.
func TestInitInterrupted(t *testing.T) {
	t.Parallel()
	for _, at := range []int{0, 6, 18, len(questions) - 1} {
		dir, state := t.TempDir(), t.TempDir()
		env := []string{"XDG_STATE_HOME=" + state}
		s := start(t, dir, 120, 40, env, "init", "-w", "ws")
		for i, q := range questions[:at] {
			keys := enter
			if i == 1 {
				keys = "https://user:hunter2@github.com/acme/platform" + enter + "https://github.com/acme/platform" + enter
			}
			s.answer(q, keys)
		}
		s.answer(questions[at], ctrlC)
		if code := s.end(); code != 1 || !strings.Contains(s.text(), "stopped; nothing was written") {
			t.Errorf("at %q: exit code %d:\n%s", questions[at], code, s.text())
		}
		left, err := os.ReadDir(dir)
		if err != nil || len(left) > 0 {
			t.Errorf("at %q: %v is left, %v", questions[at], left, err)
		}
		kept, _ := filepath.Glob(filepath.Join(state, "penstock", "init", "*"))
		if at == 0 && len(kept) == 0 {
			continue
		}
		if len(kept) != 1 || !strings.Contains(s.text(), "penstock init -w ws --resume") {
			t.Fatalf("at %q: %v is kept:\n%s", questions[at], kept, s.text())
		}
		if data, err := os.ReadFile(kept[0]); err != nil || strings.Contains(string(data), "hunter2") {
			t.Errorf("%v\n%s", err, data)
		}
		s = start(t, dir, 120, 40, env, "init", "-w", "ws", "--resume")
		if at == len(questions)-1 {
			at -= 6 // what was made up is asked again
		}
		for _, q := range questions[at:] {
			s.answer(q, enter)
		}
		if code := s.end(); code != 0 {
			t.Fatalf("exit code %d:\n%s", code, s.text())
		}
		if kept, _ := filepath.Glob(filepath.Join(state, "penstock", "init", "*")); len(kept) > 0 {
			t.Errorf("%v is still kept", kept)
		}
	}
}

// TestInitPasted pastes the answers to the first four questions at once, with
// marks and without, before the first question is there and after: none is lost.
func TestInitPasted(t *testing.T) {
	t.Parallel()
	const text = "acme\rhttps://github.com/acme/a-platform-with-a-long-name\rtrunk\r@acme/sre @acme/security\r"
	for _, columns := range []int{60, 100, 200} {
		for _, early := range []bool{true, false} {
			s := start(t, t.TempDir(), columns, 40, nil, "init", "-w", "ws")
			if !early {
				s.answer(questions[0], "")
			}
			s.keys(text)
			s.answer("Where an incident goes", ctrlC)
			for _, want := range []string{
				"? Name of the platform: acme\n", "https://github.com/acme/a-platform-with-a-long-name\n", "? Branch that Flux follows: trunk\n",
				"? Who owns the platform (CODEOWNERS handles; several with", "@acme/sre @acme/security",
			} {
				var shown strings.Builder // without blanks at the ends of lines
				for line := range strings.Lines(s.text()) {
					shown.WriteString(strings.TrimRight(line, " \n") + "\n")
				}
				if !strings.Contains(shown.String(), want) {
					t.Errorf("%d columns, early %v: no %q in\n%s", columns, early, want, shown.String())
				}
			}
			s.end()
		}
		s := start(t, t.TempDir(), columns, 40, nil, "init", "-w", "ws")
		s.answer(questions[0], pasteOn+"one\ntwo\nthree\nfour\n"+pasteOff)
		s.see("all lines", func() bool { return strings.Contains(s.text(), "one two three four") })
		s.keys(ctrlC)
		s.end()
	}
}

// TestInitWords: text breaks between words.
func TestInitWords(t *testing.T) {
	t.Parallel()
	for _, columns := range []int{60, 100, 200} {
		s := start(t, t.TempDir(), columns, 60, nil, "init", "-w", "ws")
		for _, q := range questions[:31] {
			keys := "?" + enter + enter
			for _, list := range []string{"How ", "Registry that", "CI ", "After ", "A release", "Images in"} {
				if strings.HasPrefix(q, list) {
					keys = "?" + enter
				}
			}
			if strings.HasPrefix(q, "Add ") {
				keys = enter
			}
			s.answer(q[:min(len(q), 20)], keys)
		}
		for line := range strings.Lines(s.text()) {
			if line = strings.TrimRight(line, "\n"); len(line) == columns && !strings.HasSuffix(line, " ") && !strings.Contains(line, "https://") {
				t.Errorf("%d columns: %q", columns, line)
			}
		}
		s.keys(ctrlC)
		s.end()
	}
}

// TestInitPlain: a dumb or narrow terminal and --accessible get plain lines,
// and Ctrl-C ends those, too.
func TestInitPlain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		columns int
		env     string
		args    []string
	}{
		{120, "TERM=dumb", []string{"init", "-w", "ws"}},
		{40, "", []string{"init", "-w", "ws"}},
		{120, "", []string{"init", "-w", "ws", "--accessible"}},
	} {
		dir := t.TempDir()
		s := start(t, dir, c.columns, 40, []string{c.env}, c.args...)
		s.see("a plain question", func() bool { return strings.Contains(s.text(), "Name of the platform [ws]:") })
		s.keys("acme" + enter)
		s.see("the next", func() bool {
			return strings.Contains(s.text(), "/platform]:")
		})
		s.keys(ctrlC)
		if code := s.end(); code != 1 || !strings.Contains(s.text(), "nothing was written") {
			t.Errorf("%v: exit code %d:\n%s", c, code, s.text())
		}
		if raw := s.raw.String(); strings.Contains(raw, "\x1b") {
			t.Errorf("%v: escape sequences in plain lines: %q", c, raw)
		}
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("%v is left", left)
		}
	}
}
