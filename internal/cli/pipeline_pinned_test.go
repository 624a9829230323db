package cli

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/release/promotion"
	"github.com/penstock-dev/penstock/internal/testkit/workflowtest"
)

// TestPinnedPipelines is a day of an app where Git pins what runs: its releases
// walk by pull requests on the platform repository, and only those of an
// environment with approval wait for a person.
func TestPinnedPipelines(t *testing.T) {
	f := newRiverbed(t)
	f.walks(t, "0.1.1")
	open := f.pulls()
	if len(open) != 1 || open[0].Title != "website/docs: promote 0.1.1 to production" || !strings.Contains(open[0].Body, "Actor: grace") {
		t.Fatalf("open are %+v", open)
	}
	f.pinned("production", "", false)

	f.walks(t, "0.1.5")
	if newer := f.pulls(); len(newer) != 1 || newer[0].Head == open[0].Head || newer[0].Title != "website/docs: promote 0.1.5 to production" {
		t.Fatalf("a newer promotion leaves open %+v", newer)
	}
	list, _ := f.standIns.Pulls().List()
	if closed := list[open[0].Number-1]; closed.State != "closed" || !strings.Contains(closed.Comment, "0.1.5") {
		t.Errorf("the older one is %+v", closed)
	}
	if branches := f.onPlatform("branch", "--list", open[0].Head); branches != "" {
		t.Errorf("its branch is left: %s", branches)
	}
	if started, want := f.pushedPin("staging", "HEAD^"), "promote-production.yaml app=website/docs"; !slices.Equal(started, []string{want}) {
		t.Errorf("a promotion that a person merges starts %q, want %q", started, want)
	}
	f.merge(f.pulls()[0])
	f.pinned("production", "0.1.5", false)
	if started := f.pushedPin("production", "HEAD^"); len(started) != 0 {
		t.Errorf("behind production nothing is: %q", started)
	}
	out := f.run(exitFine, "history", "--platform-dir", f.platform(), "--app", "website/docs", "--env", "production")
	if !strings.Contains(out, "-0.1.5") || !strings.Contains(out, "grace") || !strings.Contains(out, riverbed+"/actions/runs/") {
		t.Errorf("the history names neither the promotion nor who started it where:\n%s", out)
	}
	f.succeeds(f.dispatch("promote-production.yaml", "app=website/docs", "action=hold", "reason=audit"))
	f.merge(f.pulls()[0])
	f.pinned("production", "0.1.5", true)
	f.started()
	f.holdsPins(t)
}

// walks pushes a release and follows it to where a person is asked.
func (f *forge) walks(t *testing.T, release string) {
	t.Helper()
	r := f.push(approve)
	f.names(r, "publish / publish", "start the promotion to staging")
	started := f.started()
	if want := []string{"promote-staging.yaml app=website/docs release=" + release}; !slices.Equal(started, want) {
		t.Fatalf("started are %q, want %q\n%s", started, want, r)
	}
	r = f.follow(started[0])
	f.succeeds(r)
	f.pinned("staging", release, false)
	started = f.started()
	if want := []string{"pins.yaml app=website/docs environment=staging", "notify.yaml"}; !slices.Equal(started, want) {
		t.Fatalf("started are %q, want %q\n%s", started, want, r)
	}
	r = f.follow(started[0])
	f.succeeds(r)
	started = f.started()
	if want := []string{"promote-production.yaml app=website/docs"}; !slices.Equal(started, want) {
		t.Fatalf("started are %q, want %q\n%s", started, want, r)
	}
	r = f.follow(started[0])
	f.succeeds(r)
	if started, want := f.started(), []string{"check.yaml on a branch"}; !slices.Equal(started, want) {
		t.Fatalf("started are %q, want %q\n%s", started, want, r)
	}
	if move, _ := r.Job("move"); !strings.Contains(move.Summary(), "waits for the review") {
		t.Errorf("the summary: %s", move.Summary())
	}
}

// holdsPins goes back and lets go by the same workflow.
func (f *forge) holdsPins(t *testing.T) {
	t.Helper()
	f.succeeds(f.dispatch("promote-staging.yaml", "app=website/docs", "action=rollback", "reason=dead links: \"a\" & 100%"))
	f.pinned("staging", "0.1.1", true)
	if started, want := f.started(), []string{"notify.yaml"}; !slices.Equal(started, want) {
		t.Errorf("a rollback starts %q, want %q", started, want)
	}
	if started := f.pushedPin("staging", "HEAD^"); len(started) != 0 {
		t.Errorf("a rollback that a person merges starts %q", started)
	}
	r := f.dispatch("promote-staging.yaml", "app=website/docs")
	f.fails(r, `is held by its pin: rolled back from 0.1.5: dead links: "a" & 100%`,
		"gh workflow run promote-staging.yaml -f app=website/docs -f action=lift --repo github.com/"+riverbed+" --ref main")
	if move, _ := r.Job("move"); !strings.Contains(move.Summary(), "    ") || !strings.Contains(move.Summary(), "dead links") {
		t.Errorf("the summary: %s", move.Summary())
	}
	if len(f.pulls()) != 0 || len(f.started()) != 0 {
		t.Errorf("a promotion on hold opens %v", f.pulls())
	}
	f.pinned("staging", "0.1.1", true)
	f.succeeds(f.dispatch("promote-staging.yaml", "app=website/docs", "action=lift"))
	f.pinned("staging", "0.1.1", false)
	f.started()
	if started := f.pushedPin("staging", "HEAD^"); len(started) != 0 {
		t.Errorf("a lift that a person merges starts %q", started)
	}

	f.fails(f.dispatch("promote-staging.yaml", "app=packages/shop"), "app: It is TEAM/APP of an app that has a pin in staging.")
	f.fails(f.dispatch("promote-staging.yaml", "app=../x"), "app: It is TEAM/APP")
	f.onPlatform("branch", "feature")
	r = f.of("promote-staging.yaml", workflowtest.Event{Name: "workflow_dispatch", Ref: "refs/heads/feature", Inputs: map[string]string{"app": "website/docs"}})
	f.fails(r, "not allowed to deploy to staging")

	delete(f.options.Repositories[docsSite].Environments["staging"].Secrets, "PLATFORM_START_TOKEN")
	r = f.push(approve)
	if job, _ := r.Job("start the promotion to staging"); job.Conclusion != "failure" {
		t.Errorf("without the token the start is a %s", job.Conclusion)
	}
}

// pushedPin runs pins.yaml for a push that changed a pin, and returns what it
// starts.
func (f *forge) pushedPin(env, before string) []string {
	f.t.Helper()
	f.succeeds(f.of("pins.yaml", workflowtest.Event{
		Name: "push", Changed: []string{"tenants/website/" + env + "/docs.pin.yaml"}, Payload: map[string]any{"before": f.onPlatform("rev-parse", before)},
	}))
	return f.started()
}

// pinned checks what the merged pin of an environment says.
func (f *forge) pinned(env, release string, held bool) {
	f.t.Helper()
	var list []promotion.Standing
	if err := json.Unmarshal([]byte(f.run(exitFine, "history", "--platform-dir", f.platform(), "-o", "json")), &list); err != nil {
		f.t.Fatal(err)
	}
	for _, s := range list {
		if s.App == "website/docs" && s.Environment == env {
			if s.Release != release || s.Held != held {
				f.t.Fatalf("%s runs %q, held %v; want %q, %v", env, s.Release, s.Held, release, held)
			}
			return
		}
	}
	f.t.Fatalf("%s is not in the overview: %v", env, list)
}
