package cli

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/internal/testkit/workflowtest"
)

// newGitLabForge is the quickstart on GitLab. No image is built: that takes
// buildah.
func newGitLabForge(t *testing.T) (*forge, workflowtest.GitLabOptions) {
	t.Helper()
	f := bareForge(t)
	data, err := os.ReadFile("../../examples/quickstart/penstock.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("host: registry.acme.example", "host: "+f.host+"\n    insecure: true", "https://github.com/", "https://gitlab.com/",
		"  environments:\n", "  supplyChain: {unpinnedImages: allow}\n  environments:\n").Replace(string(data))
	if err := os.WriteFile(filepath.Join(f.dir, "penstock.yaml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	f.run(exitFine, "generate", "-w", f.dir)
	f.app = filepath.Join(f.dir, "apps/payments/checkout")
	f.git("init", "--quiet", "--initial-branch=main")
	f.commit("code.txt", "1")
	programs := maps.Clone(f.options.Programs)
	programs["penstock"] = f.bin
	r := f.repository(f.app)
	r.Vars, r.Secrets = r.Environments["dev"].Vars, r.Environments["dev"].Secrets
	return f, workflowtest.GitLabOptions{
		Project: "acme/checkout", Clock: time.Now, Programs: programs, User: "ada",
		Env:          map[string]string{"PENSTOCK_INSTALL": "true"},
		Repositories: map[string]*workflowtest.Repository{"acme/platform": {Dir: filepath.Join(f.dir, "platform")}, "acme/checkout": r},
	}
}

// TestPipelinesOnGitLab is the same day there: the approval is a manual job, a
// rollback a pipeline with inputs.
func TestPipelinesOnGitLab(t *testing.T) {
	f, g := newGitLabForge(t)
	start := func(change func(*workflowtest.GitLabOptions)) workflowtest.Result {
		f.runs++
		o := g
		o.Number = f.runs
		change(&o)
		r, err := workflowtest.RunGitLab(t.Context(), o)
		if err != nil {
			t.Fatalf("%v\n%s", err, r)
		}
		return r
	}
	push := func() workflowtest.Result {
		f.commit("code.txt", time.Now().String())
		return start(func(*workflowtest.GitLabOptions) {})
	}
	by := func(inputs map[string]string) workflowtest.Result {
		return start(func(o *workflowtest.GitLabOptions) { o.Source, o.User, o.Inputs = "web", "grace", inputs })
	}
	r := push()
	f.names(r, "publish", "promote-dev", "promote-preprod", "promote-prod")
	f.runsIn(r, "prod", "0.1.1", false)
	for _, j := range r.Jobs[1:] {
		if want := strings.TrimPrefix(j.Name, "promote-"); len(j.Concurrency) != 1 || j.Concurrency[0].Group != want || j.Environment != want {
			t.Errorf("%s: resource groups %v, environment %q", j.Name, j.Concurrency, j.Environment)
		}
	}
	g.Approve = func(workflowtest.Approval) workflowtest.Verdict { return workflowtest.Unanswered }
	f.names(push(), "publish", "promote-dev", "promote-preprod", "promote-prod (waiting)")
	f.runsIn(r, "prod", "0.1.1", false)
	g.Approve = nil
	r = push()
	f.runsIn(r, "prod", "0.1.3", false)

	r = by(map[string]string{"action": "rollback", "environment": "prod", "reason": "errors"})
	f.names(r, "operate-prod")
	f.runsIn(r, "prod", "0.1.1", true)
	if len(r.Jobs[0].Concurrency) != 0 {
		t.Errorf("a rollback waits in %v", r.Jobs[0].Concurrency)
	}
	r = push()
	f.names(r, "publish", "promote-dev", "promote-preprod", "promote-prod (failure)")
	if !strings.Contains(r.String(), "errors") {
		t.Errorf("a promotion on hold does not say why it is held\n%s", r)
	}
	f.names(by(map[string]string{"action": "lift", "environment": "prod"}), "operate-prod")
	r = by(map[string]string{"action": "promote", "environment": "prod"})
	f.names(r, "promote-prod")
	f.runsIn(r, "prod", "0.1.5", false)
	if strings.Contains(r.String(), "open sesame") {
		t.Error("a log tells the password of the registry")
	}

	f.git("branch", "feature")
	r = start(func(o *workflowtest.GitLabOptions) { o.Ref = "feature" })
	if names := r.Names(); slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(n, "p") }) {
		t.Errorf("another branch runs %q", names)
	}
	g.Repositories["mallory/checkout"] = f.repository(f.app)
	g.Repositories["mallory/checkout"].Vars = g.Repositories["acme/checkout"].Vars
	r = start(func(o *workflowtest.GitLabOptions) { o.Project = "mallory/checkout" })
	if r.Jobs[0].Conclusion != "failure" || !strings.Contains(r.String(), "penstock add app") {
		t.Errorf("a project that the contract does not name\n%s", r)
	}
}
