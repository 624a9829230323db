package cli

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/internal/testkit/workflowtest"
)

// newHarbour is a platform repository on GitHub with four teams, and a clone of
// it in which a test does what a workflow does.
func newHarbour(t *testing.T) *forge {
	t.Helper()
	for _, tool := range []string{"bash", "git", "jq", "tar"} {
		if _, err := exec.LookPath(tool); err != nil && os.Getenv("CI") != "true" {
			t.Skip(err)
		}
	}
	t.Parallel()
	f := &forge{shop: shop{t: t, dir: t.TempDir()}, bin: built.path(t)}
	var err error
	if f.standIns, err = workflowtest.BuildStandIns(t.Context(), t.TempDir()); err != nil {
		t.Fatal(err)
	}
	contract := strings.Replace(meetContract, "https://github.com/acme/platform", "https://github.com/"+riverbed, 1)
	for _, team := range []string{"harbour", "fleet"} {
		contract = strings.Replace(contract, "  teams:\n", "  teams:\n    - name: "+team+"\n      owners: [\"@acme/"+team+"\"]\n", 1)
	}
	if err := os.WriteFile(filepath.Join(f.dir, "penstock.yaml"), []byte(contract), 0o644); err != nil {
		t.Fatal(err)
	}
	f.run(exitFine, "generate", "-w", f.dir, "--only", "platform")
	f.onPlatform("init", "--quiet", "--initial-branch=main")
	f.onPlatform("add", "--all")
	f.onPlatform("commit", "--quiet", "--message=as generated")
	f.onPlatform("config", "receive.denyCurrentBranch", "updateInstead")
	f.onPlatform("clone", "--quiet", ".", f.clone())
	f.options = workflowtest.Options{
		Clock: time.Now, Programs: f.standIns.Programs(),
		Env:          map[string]string{"PENSTOCK_INSTALL": `echo "` + filepath.Dir(f.bin) + `" >> "$GITHUB_PATH"`},
		Repositories: map[string]*workflowtest.Repository{riverbed: {Dir: f.platform()}},
	}
	if err := f.standIns.Host(map[string]string{riverbed: f.platform()}); err != nil {
		t.Fatal(err)
	}
	return f
}

// workflows is who pushes with a job's token, in the log of the host's branches.
const workflows = "token"

func (f *forge) clone() string { return filepath.Join(f.dir, "clone") }

// in runs a program in the clone, as somebody who pushes.
func (f *forge) in(who, program string, args ...string) {
	f.t.Helper()
	email := who + "@acme.example"
	if who == workflows {
		email = "41898282+github-actions[bot]@users.noreply.github.com"
	}
	cmd := exec.Command(program, args...)
	cmd.Dir = f.clone()
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME="+who, "GIT_AUTHOR_EMAIL="+email, "GIT_COMMITTER_NAME="+who, "GIT_COMMITTER_EMAIL="+email)
	if out, err := cmd.CombinedOutput(); err != nil {
		f.t.Fatalf("%s %v: %v\n%s", program, args, err, out)
	}
}

// onboards labels the issue of a new team.
func (f *forge) onboards(number int, team string) {
	f.t.Helper()
	f.succeeds(f.of("new-team.yaml", workflowtest.Event{Name: "issues", Action: "labeled", Payload: map[string]any{
		"issue": map[string]any{"number": float64(number), "body": form(team, "@acme/owners-"+fmt.Sprint(number), "")},
		"label": map[string]any{"name": "onboard"},
	}}))
}

// opens makes the branch and the pull request of such an issue as the workflow
// does, without a runner.
func (f *forge) opens(number int, team string) {
	f.t.Helper()
	f.branches(fmt.Sprintf("penstock/new-team-%d", number), "add", "team", "--name="+team, fmt.Sprintf("--owner=@acme/owners-%d", number))
}

// branches makes a branch and its pull request by a command of Penstock.
func (f *forge) branches(name string, command ...string) {
	f.t.Helper()
	f.in(workflows, "git", "checkout", "--quiet", "main")
	f.in(workflows, f.bin, append(command, "--commit", "--branch", name)...)
	f.in(workflows, "git", "push", "--quiet", "origin", name)
	f.pull(workflowtest.Pull{Head: name})
}

func (f *forge) pull(p workflowtest.Pull) {
	f.t.Helper()
	p.Base, p.Title, p.State = "main", p.Head, "open"
	if err := f.standIns.Pulls().Save(p); err != nil {
		f.t.Fatal(err)
	}
}

// button merges as GitHub's does, which ignores .gitattributes; false where it
// is grey.
func (f *forge) button(p workflowtest.Pull) bool {
	f.t.Helper()
	attributes := filepath.Join(f.platform(), ".git/info/attributes")
	if err := os.WriteFile(attributes, []byte("* !merge\n"), 0o644); err != nil {
		f.t.Fatal(err)
	}
	defer os.Remove(attributes)
	if _, err := f.tryOnPlatform("merge-tree", "--write-tree", "main", p.Head); err != nil {
		return false
	}
	f.merge(p)
	cmd := exec.Command(f.bin, "generate", "--check")
	cmd.Dir = f.platform()
	if out, err := cmd.CombinedOutput(); err != nil {
		f.t.Fatalf("generate --check after %s: %v\n%s", p.Head, err, out)
	}
	return true
}

// refresh runs the workflow after a push to main, and returns what became of
// each pull request. What was pushed is checked.
func (f *forge) refresh() string {
	f.t.Helper()
	f.calls()
	r := f.of("refresh.yaml", workflowtest.Event{Name: "push"})
	f.succeeds(r)
	job, _ := r.Job("refresh")
	merged := strings.Count(job.Summary(), "was merged with")
	started := slices.DeleteFunc(f.started(), func(s string) bool { return s == "regenerate.yaml version=" })
	if len(started) != merged || slices.ContainsFunc(started, func(s string) bool { return s != "check.yaml on a branch" }) {
		f.t.Errorf("%d branches were pushed, started are %q", merged, started)
	}
	return job.Summary()
}

func (f *forge) asked() []workflowtest.Comment {
	f.t.Helper()
	list, err := f.standIns.Pulls().Comments()
	if err != nil {
		f.t.Fatal(err)
	}
	return list
}

// TestRefreshTen: ten issues that are labelled at once become ten pull requests
// that all merge by the button, in any order, without a person; and one that
// takes a name that another has is a question, which is asked once.
func TestRefreshTen(t *testing.T) {
	f := newHarbour(t)
	teams := strings.Fields("alpha beta delta galley gear keel owl oyster pilot zinc")
	f.onboards(1, teams[0])
	for i, team := range teams[1:] {
		f.opens(i+2, team)
	}
	f.opens(11, "zinc") // which has other owners
	pulls := f.pulls()
	if len(pulls) != 11 {
		t.Fatalf("open are %+v", pulls)
	}
	random := rand.New(rand.NewPCG(14, 2026))
	random.Shuffle(10, func(i, j int) { pulls[i], pulls[j] = pulls[j], pulls[i] })
	merges := 0
	for i, p := range pulls[:10] {
		if !f.button(p) {
			t.Fatalf("%s, the %dth, can't be merged:\n%s", p.Head, i+1, f.onPlatform("log", "--oneline", "--graph", "main", p.Head))
		}
		merges += strings.Count(f.refresh(), "was merged with")
	}
	if merges == 0 {
		t.Error("no branch had to be brought up to date: the test shows nothing")
	}
	for _, team := range teams {
		if _, err := os.Stat(filepath.Join(f.platform(), "tenants", team, "base/namespace.yaml")); err != nil {
			t.Error(err)
		}
	}
	comments := f.asked()
	if len(comments) != 1 || comments[0].Number != 11 {
		t.Fatalf("comments: %+v", comments)
	}
	for _, want := range []string{
		`    penstock.yaml:69:13: spec.teams[14].name: is "zinc", the name of another team (line 64); give each team a name of its own`,
		"git switch penstock/new-team-11", "git merge origin/main",
	} {
		if !strings.Contains(comments[0].Body, want+"\n") && !strings.Contains(comments[0].Body, want+" ") {
			t.Errorf("the comment lacks %q:\n%s", want, comments[0].Body)
		}
	}
	if left := f.pulls(); len(left) != 1 || f.button(left[0]) {
		t.Errorf("open are %+v", left)
	}
}

// TestRefreshOthers: what others pushed is theirs, whatever it is called; and
// what moves while the workflow runs is no failure.
func TestRefreshOthers(t *testing.T) {
	f := newHarbour(t)
	for i, team := range []string{"alpha", "beta", "delta"} {
		f.opens(i+1, team)
	}
	f.branches("penstock/regenerate", "add", "team", "--name=epsilon", "--owner=@acme/e")
	f.pull(workflowtest.Pull{Head: "penstock/new-team-5", Fork: true})
	f.pull(workflowtest.Pull{Head: "penstock/new-team-6;touch${IFS}/tmp/penstock-was-here"})
	f.pull(workflowtest.Pull{Head: "onboard-by-hand"})
	f.pull(workflowtest.Pull{Head: "penstock/new-team-8"}) // whose branch is gone
	f.in("mallory", "git", "checkout", "--quiet", "penstock/new-team-2")
	f.in("mallory", "git", "commit", "--quiet", "--allow-empty", "--message=more than the form says")
	f.in("mallory", "git", "push", "--quiet", "origin", "penstock/new-team-2")
	if !f.button(f.pulls()[0]) {
		t.Fatal("the first can't be merged")
	}
	// While the runner installs Penstock, the form pushes the third anew.
	f.in(workflows, "git", "checkout", "--quiet", "penstock/new-team-3")
	f.in(workflows, "git", "commit", "--quiet", "--allow-empty", "--message=the form again")
	install := f.options.Env["PENSTOCK_INSTALL"]
	f.options.Env["PENSTOCK_INSTALL"] = install + "; cd " + f.clone() + "; GIT_COMMITTER_NAME=token GIT_COMMITTER_EMAIL=t@x git push --quiet origin penstock/new-team-3"
	fate := f.refresh()
	f.options.Env["PENSTOCK_INSTALL"] = install
	for _, want := range []string{
		"#2: This branch conflicts with `main`, and not only", "#3: was merged with main\n", "#4: is made anew by the workflow regenerate\n", "#8: is without its branch by now\n",
	} {
		if !strings.Contains(fate, want) || strings.Count(fate, "#") != 4 {
			t.Errorf("lacks %q, or is more:\n%s", want, fate)
		}
	}
	if log := f.onPlatform("log", "--format=%s", "penstock/new-team-3"); !strings.Contains(log, "the form again\n") {
		t.Errorf("what was pushed meanwhile is gone:\n%s", log)
	}
	if _, err := os.Stat("/tmp/penstock-was-here"); err == nil {
		t.Error("a branch's name was run")
	}
	if again := f.refresh(); !strings.Contains(again, "#3: can be merged as it is\n") {
		t.Errorf("the second run: %s", again)
	}
	comments := f.asked()
	if len(comments) != 1 || comments[0].Number != 2 || comments[0].Edits != 1 || !strings.Contains(comments[0].Body, " mallory: more than the form says\n") {
		t.Fatalf("comments: %+v", comments)
	}
	f.in("mallory", "git", "fetch", "--quiet", "origin")
	f.in("mallory", "git", "checkout", "--quiet", "penstock/new-team-2")
	f.in("mallory", "git", "merge", "--quiet", "--message=both", "origin/main")
	f.in("mallory", f.bin, "generate")
	f.in("mallory", "git", "push", "--quiet", "origin", "penstock/new-team-2")
	if fate := f.refresh(); !strings.Contains(fate, "#2: can be merged as it is\n") || !strings.Contains(f.asked()[0].Body, "can be merged again") {
		t.Errorf("once it is solved: %s\n%+v", fate, f.asked())
	}
	f.options.Env["PENSTOCK_INSTALL"] = install + "; GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@x GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@x git -C " + f.platform() + " commit --quiet --allow-empty --message=meanwhile"
	f.calls()
	f.onboards(9, "omega")
	if started := f.started(); !slices.Equal(started, []string{"check.yaml on a branch", "refresh.yaml"}) {
		t.Errorf("main moved while the team was added, started are %q", started)
	}
}
