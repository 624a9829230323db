package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/testkit/workflowtest"
)

// edit changes a file of the platform repository on main, as a merged change of
// a person does.
func (f *forge) edit(file, old, now string) {
	f.t.Helper()
	path := filepath.Join(f.platform(), filepath.FromSlash(file))
	data, err := os.ReadFile(path)
	if err != nil {
		f.t.Fatal(err)
	}
	if !strings.Contains(string(data), old) {
		f.t.Fatalf("%s lacks %q", file, old)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(data), old, now, 1)), 0o644); err != nil {
		f.t.Fatal(err)
	}
	f.onPlatform("commit", "--quiet", "--all", "--message=edit "+file)
}

func (f *forge) nightly(workflow string) workflowtest.Result {
	f.t.Helper()
	return f.of(workflow, workflowtest.Event{Name: "schedule"})
}

// TestPlatformPipelines is what the platform repository does by itself: on each
// change, and at night.
func TestPlatformPipelines(t *testing.T) {
	f := newRiverbed(t)
	check := func() workflowtest.Result { return f.of("check.yaml", workflowtest.Event{Name: "push"}) }
	f.succeeds(check())
	f.edit("README.md", "riverbed", "our riverbed")
	f.succeeds(check()) // an edit is the owner's to make, and is merged

	r := f.nightly("regenerate.yaml")
	f.succeeds(r)
	if started := f.started(); len(f.pulls())+len(started) != 0 || !strings.Contains(r.String(), "everything is as the contract says") {
		t.Errorf("nothing changed: %v, %q\n%s", f.pulls(), started, r)
	}

	f.edit("penstock.yaml", "interval: 2m", "interval: 3m")
	f.fails(check(), "Not what the contract says: changed by the contract; run \"penstock generate\" and commit")
	for range 2 { // the next night it is still open
		f.succeeds(f.nightly("regenerate.yaml"))
		if started := f.started(); !slices.Equal(started, []string{"check.yaml on a branch"}) || len(f.pulls()) != 1 {
			t.Fatalf("started are %q, open %v", started, f.pulls())
		}
	}
	onBranch := f.of("check.yaml", workflowtest.Event{Name: "workflow_dispatch", Ref: "refs/heads/penstock/regenerate"})
	f.succeeds(onBranch)
	f.merge(f.pulls()[0])
	f.succeeds(check())
	if readme := f.onPlatform("show", "main:README.md"); !strings.Contains(readme, "our riverbed") {
		t.Error("the edit is gone")
	}

	f.edit("penstock.yaml", "https://flux.riverbed.example", "https://flux2.riverbed.example")
	r = f.nightly("regenerate.yaml")
	f.fails(r, "Workflows would change: ", "REGENERATE_TOKEN")
	if len(f.pulls()) != 0 {
		t.Errorf("open are %v", f.pulls())
	}
}

// TestHistoryPipeline is red where a promise is broken.
func TestHistoryPipeline(t *testing.T) {
	f := newRiverbed(t)
	f.succeeds(f.nightly("history.yaml"))
	f.edit("tenants/website/production/docs.pin.yaml", "tag: not-promoted-yet", `tag: "1.4.2"`)
	r := f.nightly("history.yaml")
	job, _ := r.Job("check the histories")
	for _, want := range []string{"exit code 3", `website/docs in production: the pin holds "1.4.2", which is no promotion tag`} {
		if r.Conclusion != "failure" || !strings.Contains(r.String(), want) {
			t.Errorf("the run is a %s and lacks %q\n%s", r.Conclusion, want, r)
		}
	}
	if !strings.Contains(job.Summary(), "    website/docs in production") {
		t.Errorf("the summary: %q", job.Summary())
	}
}

// TestNotifyPipeline calls the Receiver of a cluster.
func TestNotifyPipeline(t *testing.T) {
	c := newCluster(t)
	f := newRiverbed(t, "https://flux.riverbed.example", c.url)
	c.forge = f
	notify := func(change func(*workflowtest.Options)) workflowtest.Result {
		return f.start("notify.yaml", func(o *workflowtest.Options) { o.Repository = riverbed; change(o) })
	}
	f.succeeds(notify(func(*workflowtest.Options) {}))
	if !slices.Equal(c.told, []string{"flux-system/flux-system"}) {
		t.Errorf("told were %q", c.told)
	}
	says := func(r workflowtest.Result, why string) {
		f.fails(r, c.url+" was not told: It takes the change at its next interval: "+why)
		if job, _ := r.Job("notify"); !strings.Contains(job.Summary(), c.url+" was not told, and takes the change at its next interval: "+why) {
			t.Errorf("the summary: %q", job.Summary())
		}
	}
	says(notify(func(o *workflowtest.Options) {
		o.Env["ACTIONS_ID_TOKEN_REQUEST_URL"] = "http://127.0.0.1:1/?"
	}), "GitHub gave no token")
	delete(f.options.Env, "ACTIONS_ID_TOKEN_REQUEST_URL")
	f.onPlatform("branch", "feature")
	says(notify(func(o *workflowtest.Options) {
		o.Event = workflowtest.Event{Name: "workflow_dispatch", Ref: "refs/heads/feature"}
	}), "it did not take the call")
}
