package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/testkit/workflowtest"
)

const (
	riverbed = "riverbed-project/infrastructure"
	docsSite = "riverbed-project/docs-site"
)

// newRiverbed is examples/ghcr: Git pins what runs, so the platform repository
// is one that workflows push to.
func newRiverbed(t *testing.T, changes ...string) *forge {
	t.Helper()
	f := bareForge(t)
	data, err := os.ReadFile("../../examples/ghcr/penstock.yaml")
	if err != nil {
		t.Fatal(err)
	}
	changes = append(changes, "host: ghcr.io", "host: "+f.host, "image: ghcr.io", "image: "+f.host)
	if err := os.WriteFile(filepath.Join(f.dir, "penstock.yaml"), []byte(strings.NewReplacer(changes...).Replace(string(data))), 0o644); err != nil {
		t.Fatal(err)
	}
	f.run(exitFine, "generate", "-w", f.dir)
	f.app = filepath.Join(f.dir, "apps/website/docs")
	f.git("init", "--quiet", "--initial-branch=main")
	f.commit("Dockerfile", "FROM scratch\n")
	f.onPlatform("init", "--quiet", "--initial-branch=main")
	f.onPlatform("add", "--all")
	f.onPlatform("commit", "--quiet", "--message=as generated")
	f.onPlatform("config", "receive.denyCurrentBranch", "updateInstead")
	if err := f.standIns.Host(map[string]string{riverbed: f.platform()}); err != nil {
		t.Fatal(err)
	}
	token, err := workflowtest.NewToken(riverbed, map[string]string{"actions": "write"})
	if err != nil {
		t.Fatal(err)
	}
	start := workflowtest.Environment{Secrets: map[string]string{"PLATFORM_START_TOKEN": token}, Branches: []string{"main"}}
	f.options.Repositories = map[string]*workflowtest.Repository{
		riverbed: {Dir: f.platform(), Environments: map[string]workflowtest.Environment{"staging": {Branches: []string{"main"}}, "production": {Branches: []string{"main"}}}},
		docsSite: {Dir: f.app, Environments: map[string]workflowtest.Environment{"staging": start, "production": start}},
	}
	f.options.Repository = docsSite
	return f
}

func (f *forge) platform() string { return filepath.Join(f.dir, "platform") }

// onPlatform runs Git in the platform repository, as a person.
func (f *forge) onPlatform(args ...string) string {
	f.t.Helper()
	out, err := f.tryOnPlatform(args...)
	if err != nil {
		f.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return out
}

func (f *forge) tryOnPlatform(args ...string) (string, error) {
	cmd := exec.Command("git", args...)
	cmd.Dir = f.platform()
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=mira", "GIT_AUTHOR_EMAIL=mira@riverbed.example", "GIT_COMMITTER_NAME=mira", "GIT_COMMITTER_EMAIL=mira@riverbed.example")
	out, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

// of starts a workflow of the platform repository.
func (f *forge) of(workflow string, event workflowtest.Event) workflowtest.Result {
	f.t.Helper()
	return f.start(workflow, func(o *workflowtest.Options) { o.Repository, o.Event = riverbed, event })
}

// dispatch is "gh workflow run" with pairs of input=value, by grace.
func (f *forge) dispatch(workflow string, pairs ...string) workflowtest.Result {
	f.t.Helper()
	inputs := map[string]string{}
	for _, p := range pairs {
		name, value, _ := strings.Cut(p, "=")
		inputs[name] = value
	}
	return f.of(workflow, workflowtest.Event{Name: "workflow_dispatch", Actor: "grace", Inputs: inputs})
}

// calls are those of the stand-ins since the last time.
func (f *forge) calls() []workflowtest.Invocation {
	f.t.Helper()
	calls, err := f.standIns.Calls()
	if err != nil {
		f.t.Fatal(err)
	}
	return calls
}

// started are the workflows that the calls of gh since the last time ask for,
// as "promote-staging.yaml app=website/docs".
func (f *forge) started() []string {
	f.t.Helper()
	var list []string
	for _, c := range f.calls() {
		if c.Program != "gh" || c.Args[0] != "workflow" {
			continue
		}
		words := []string{c.Args[2]}
		for i, a := range c.Args {
			switch {
			case a == "-f":
				words = append(words, c.Args[i+1])
			case a == "--ref" && c.Args[i+1] != "main":
				words = append(words, "on a branch")
			}
		}
		list = append(list, strings.Join(words, " "))
	}
	return list
}

// follow starts a workflow as one of "started" says.
func (f *forge) follow(line string) workflowtest.Result {
	f.t.Helper()
	words := strings.Fields(line)
	return f.dispatch(words[0], words[1:]...)
}

// succeeds fails the test where a run did not do what it should.
func (f *forge) succeeds(r workflowtest.Result) {
	f.t.Helper()
	if r.Conclusion != "success" {
		f.t.Fatalf("the run is a %s\n%s", r.Conclusion, r)
	}
}

// fails checks that a run is red, and that its page says why.
func (f *forge) fails(r workflowtest.Result, why ...string) {
	f.t.Helper()
	page := ""
	for _, a := range r.Annotations("error") {
		page += a.Title + ": " + a.Message + "\n"
	}
	for _, w := range why {
		if r.Conclusion != "failure" || !strings.Contains(page, w) {
			f.t.Errorf("the run is a %s and says %q, which lacks %q\n%s", r.Conclusion, page, w, r)
		}
	}
}

// pulls are the open pull requests, as "number head: title".
func (f *forge) pulls() []workflowtest.Pull {
	f.t.Helper()
	list, err := f.standIns.Pulls().List()
	if err != nil {
		f.t.Fatal(err)
	}
	var open []workflowtest.Pull
	for _, p := range list {
		if p.State == "open" {
			open = append(open, p)
		}
	}
	return open
}

// merge merges a pull request, as a reviewer does on the page.
func (f *forge) merge(p workflowtest.Pull) {
	f.t.Helper()
	f.onPlatform("merge", "--quiet", "--no-ff", "--message=Merge pull request: "+p.Title, p.Head)
	f.onPlatform("branch", "--quiet", "-D", p.Head)
	p.State = "merged"
	if err := f.standIns.Pulls().Save(p); err != nil {
		f.t.Fatal(err)
	}
}
