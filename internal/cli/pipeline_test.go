package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/release/oci"
	"github.com/penstock-dev/penstock/internal/testkit/workflowtest"
)

func approve() workflowtest.Verdict { return workflowtest.Approved }

// TestPipelines executes the generated workflows: a day of an app, whose
// releases arrive by pushes and whose rollback is a workflow that is started by
// hand.
func TestPipelines(t *testing.T) {
	f := newForge(t)
	r := f.push(func() workflowtest.Verdict {
		if release, _ := f.running("preprod"); release != "0.1.1" {
			t.Errorf("the approval is asked for while preprod runs %q", release)
		}
		if release, _ := f.running("prod"); release != "" {
			t.Errorf("prod runs %q before it is approved", release)
		}
		return workflowtest.Approved
	})
	f.names(r, "publish / publish", "dev / move", "preprod / move", f.approval("0.1.1"), "prod / move")
	f.runsIn(r, "prod", "0.1.1", false)
	f.isPromotion(r)
	f.isSigned("prod")
	if told := append(slices.Clone(f.clusters[0].told), f.clusters[1].told...); !slices.Equal(told, []string{"payments/checkout", "payments/checkout"}) {
		t.Errorf("told were %q\n%s", told, r)
	}

	r = f.push(func() workflowtest.Verdict { return workflowtest.Unanswered })
	f.names(r, "publish / publish", "dev / move", "preprod / move", f.approval("0.1.2")+" (waiting)", "prod / move (waiting)")
	f.runsIn(r, "prod", "0.1.1", false)

	f.clusters[1].broken = true
	r = f.push(approve)
	f.runsIn(r, "prod", "0.1.3", false)
	f.names(r, "publish / publish", "dev / move", "preprod / move", f.approval("0.1.3"), "prod / move")
	if errors := r.Annotations("error"); len(errors) != 1 || !strings.Contains(errors[0].Title, f.clusters[1].url) {
		t.Errorf("a cluster that can't be told makes the errors %+v", errors)
	}
	f.clusters[1].broken = false
	f.goesBack(t)
	f.refusesOthers(t)
}

// goesBack rolls prod back, and lets go of it.
func (f *forge) goesBack(t *testing.T) {
	t.Helper()
	asked := 0
	r := f.operate(&asked, map[string]string{"environment": "prod", "reason": "errors"})
	move, _ := r.Job("prod / move")
	if asked != 0 || move.Conclusion != "success" {
		t.Fatalf("a rollback asked %d times and is a %s\n%s", asked, move.Conclusion, r)
	}
	f.runsIn(r, "prod", "0.1.1", true)
	if g := move.Concurrency; len(g) != 1 || g[0].Group != "rollback-prod-1004" || g[0].Cancel {
		t.Errorf("a rollback holds %+v", g)
	}
	if out := f.run(exitFine, "history", "--env", "prod"); !strings.Contains(out, "grace") || !strings.Contains(out, "errors") {
		t.Errorf("the history says neither who nor why:\n%s", out)
	}
	if !strings.Contains(move.Summary(), "rollback-0.1.1") {
		t.Errorf("the summary: %s", move.Summary())
	}

	r = f.push(approve)
	f.names(r, "publish / publish", "dev / move", "preprod / move", f.approval("0.1.5"), "prod / move (failure)")
	f.runsIn(r, "prod", "0.1.1", true)
	f.fails(r, "promote of payments/checkout in prod: ", "errors", "gh workflow run operate.yaml -f environment=prod -f action=lift --repo github.com/acme/checkout --ref main")
	if move, _ = r.Job("prod / move"); !strings.Contains(move.Summary(), "errors") {
		t.Errorf("the summary: %s", move.Summary())
	}

	r = f.operate(&asked, map[string]string{"environment": "prod", "action": "lift"})
	if asked != 0 || r.Conclusion != "success" {
		t.Errorf("a lift asked %d times and is a %s\n%s", asked, r.Conclusion, r)
	}
	r = f.operate(&asked, map[string]string{"environment": "prod", "action": "promote"})
	if asked != 1 {
		t.Errorf("a promotion by hand asked %d times", asked)
	}
	f.runsIn(r, "prod", "0.1.5", false)
	if out := f.run(exitFine, "history", "--check"); out != "" {
		t.Errorf("promises are broken: %s", out)
	}
}

// refusesOthers starts the same workflows from where they must not work.
func (f *forge) refusesOthers(t *testing.T) {
	t.Helper()
	f.options.Repositories["mallory/checkout"] = f.repository(f.app)
	r := f.start("delivery.yaml", func(o *workflowtest.Options) { o.Repository = "mallory/checkout" })
	if errors := r.Annotations("error"); r.Conclusion != "failure" || len(errors) == 0 || !strings.Contains(errors[0].Title+errors[0].Message, "penstock add app") {
		t.Errorf("a repository that the contract does not name: %s, %+v", r.Conclusion, errors)
	}

	f.git("checkout", "--quiet", "-b", "feature")
	file := filepath.Join(f.app, ".github/workflows/delivery.yaml")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	f.commit(".github/workflows/delivery.yaml", strings.Replace(string(data), "      - main\n", "      - main\n      - feature\n", 1))
	onFeature := func(o *workflowtest.Options) { o.Event.Ref = "refs/heads/feature" }
	r = f.start("delivery.yaml", onFeature)
	f.names(r, "publish / publish", "dev (skipped)", "preprod (skipped)", "prod (skipped)")
	tags, err := oci.New(oci.Options{}).Tags(t.Context(), f.host+"/delivery/payments/checkout")
	ofRun := func(tag string) bool {
		return !strings.HasPrefix(tag, fmt.Sprintf("ci-%d-", f.runs)) && !strings.HasSuffix(tag, fmt.Sprintf("0.1.%d", f.runs))
	}
	if tags = slices.DeleteFunc(tags, ofRun); err != nil || len(tags) != 1 || !strings.HasPrefix(tags[0], "ci-") {
		t.Errorf("another branch makes the tags %q, %v\n%s", tags, err, r)
	}
	r = f.start("operate.yaml", func(o *workflowtest.Options) {
		o.Event = workflowtest.Event{Name: "workflow_dispatch", Ref: "refs/heads/feature", Inputs: map[string]string{"environment": "dev", "action": "hold", "reason": "mischief"}}
		o.Repositories["acme/checkout"].Environments = nil // as if nobody had protected them
	})
	if errors := r.Annotations("error"); r.Conclusion != "failure" || len(errors) != 1 || !strings.Contains(errors[0].Title, "refs/heads/feature") {
		t.Errorf("a hold from another branch: %s, %+v", r.Conclusion, errors)
	}
	if r := f.start("delivery.yaml", func(o *workflowtest.Options) { o.Event.Name = "schedule" }); r.Triggered {
		t.Error("delivery.yaml runs on a schedule")
	}
}

// approval is the name of the job that waits for one.
func (f *forge) approval(release string) string {
	f.t.Helper()
	return "prod / approve " + release + " for prod"
}

// runsIn checks what an environment runs after a run.
func (f *forge) runsIn(r workflowtest.Result, env, release string, held bool) {
	f.t.Helper()
	if got, is := f.running(env); got != release || is != held {
		f.t.Fatalf("%s runs %q, held %v; want %s, %v\n%s", env, got, is, release, held, r)
	}
}

// isPromotion checks that promotions of one app queue up, and that nothing else
// shares their group.
func (f *forge) isPromotion(r workflowtest.Result) {
	f.t.Helper()
	for job, want := range map[string]workflowtest.Concurrency{
		f.approval("0.1.1"): {Group: "approve-prod-acme/checkout", Cancel: true},
		"dev / move":        {Group: "promote-dev-acme/checkout"},
		"prod / move":       {Group: "promote-prod-acme/checkout"},
	} {
		j, _ := r.Job(job)
		if !slices.Equal(j.Concurrency, []workflowtest.Concurrency{want}) {
			f.t.Errorf("%s holds %+v, want %+v", job, j.Concurrency, want)
		}
	}
	for _, j := range r.Jobs {
		for scope, level := range j.Permissions {
			if level == "write" && scope != "id-token" && scope != "packages" {
				f.t.Errorf("%s may write %s", j.Name, scope)
			}
		}
	}
	if strings.Contains(r.String(), "open sesame") {
		f.t.Error("a log tells the password of the registry")
	}
}

// isSigned checks that the bundle of an environment carries the signature of
// each workflow that had it, and pins the image that was built.
func (f *forge) isSigned(env string) {
	f.t.Helper()
	client, repository := oci.New(oci.Options{}), f.host+"/delivery/payments/checkout"
	digest, ok, err := client.Digest(f.t.Context(), repository, env)
	if err != nil || !ok {
		f.t.Fatal(ok, err)
	}
	data, _, _, err := client.Manifest(f.t.Context(), repository, strings.Replace(digest, ":", "-", 1)+".sig")
	if err != nil {
		f.t.Fatal(err)
	}
	for _, workflow := range []string{"publish", "promote-dev", "promote-preprod", "promote-prod"} {
		if !strings.Contains(string(data), `https://github.com/acme/platform/.github/workflows/`+workflow+`.yaml@refs/heads/main`) {
			f.t.Errorf("%s did not sign: %s", workflow, data)
		}
	}
	image, ok, err := client.Digest(f.t.Context(), f.host+"/images/checkout", "0.1.1")
	if err != nil || !ok {
		f.t.Fatalf("the image is not there: %v", err)
	}
	if out := f.run(exitFine, "bundle", "show", "-o", "json", env); !json.Valid([]byte(out)) || !strings.Contains(out, image) {
		f.t.Errorf("the bundle does not pin %s: %s", image, out)
	}
}
