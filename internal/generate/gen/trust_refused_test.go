package gen_test

import (
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/penstock-dev/penstock/internal/testkit/workflowtest"
)

// refusedSteps are those of a job that its registry refuses, with the last one
// as it was generated.
func refusedSteps(t *testing.T, login string) func(*yaml.Node) string {
	t.Helper()
	return func(steps *yaml.Node) string {
		last, err := yaml.Marshal([]*yaml.Node{steps.Content[len(steps.Content)-1]})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(last), "Show who this job is") {
			return "[{run: \"true\"}]"
		}
		return "- {id: app, run: echo release-ref=refs/heads/main >> \"$GITHUB_OUTPUT\"}\n- {id: login, run: " + login + "}\n- run: exit 1\n" + string(last)
	}
}

// TestTrustRefused: a job that the registry does not let in shows what its token says
// beside what is trusted, and how to mend it, and never the token.
func TestTrustRefused(t *testing.T) {
	t.Parallel()
	program(t, "jq")
	for name, source := range trustCases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := deliver(t, name, []byte(source))
			s := newTrustSetup(t, d)
			s.run(t)
			r := refusedRun{t: t, d: d, subject: s.subject["acme/platform"], issuer: d.m.TokenIssuer()}
			trusted := "repository_id:456000:ref:refs/heads/release/1.x:job_workflow_ref:acme/platform/.github/workflows/history.yaml@refs/heads/release/1.x"
			bySubject := len(r.subject) > 0
			if !bySubject {
				trusted = "456000:ref:refs/heads/release/1.x:acme/platform/.github/workflows/history.yaml@refs/heads/release/1.x"
			}
			r.shows("the token is right", "trusted  "+trusted, "shown    "+trusted, "The token says what it should")
			r.issuer += "/acme-inc"
			r.shows("a slug in the issuer", "issuer   "+r.issuer, "must be done with "+r.issuer)
			r.issuer, r.subject = d.m.TokenIssuer(), nil
			if bySubject {
				r.shows("no template", "sub      repo:acme@123456/platform@456000:ref:refs/heads/release/1.x", "trusted  "+trusted,
					"repos/acme/platform/actions/oidc/customization/sub -F use_default=false -f 'include_claim_keys[]=repository_id'")
			} else {
				r.shows("no template", "sub      repo:acme@123456/platform@456000:ref:refs/heads/release/1.x", "shown    "+trusted)
			}
			r.subject, r.ref = s.subject["acme/platform"], "refs/heads/feature"
			r.shows("another branch", "shown    "+strings.ReplaceAll(trusted, "release/1.x", "feature"), "trusted  "+trusted, "must not get in")
		})
	}
}

type refusedRun struct {
	t       *testing.T
	d       delivery
	subject []string
	issuer  string
	ref     string
}

func (r refusedRun) shows(what string, parts ...string) {
	t := r.t
	t.Helper()
	issuer, err := workflowtest.NewIssuer(now)
	if err != nil {
		t.Fatal(err)
	}
	defer issuer.Close()
	issuer.Name = r.issuer
	login := "exit 1"
	if r.d.m.Registry.Late {
		login = `"true"`
	}
	dir := t.TempDir()
	file := ".github/workflows/history.yaml"
	writeTo(t, dir+"/"+file, cut(t, r.d.files["platform/"+file].Data, refusedSteps(t, login)))
	result, err := workflowtest.Run(t.Context(), workflowtest.Options{
		Repositories: map[string]*workflowtest.Repository{"acme/platform": {Dir: dir, Branch: "release/1.x", ID: "456000", OwnerID: "123456", Immutable: true, Subject: r.subject}},
		Repository:   "acme/platform", Workflow: file, Event: workflowtest.Event{Name: "workflow_dispatch", Ref: r.ref}, Issuer: issuer, Clock: now,
	})
	if err != nil || len(result.Jobs) != 1 {
		t.Fatalf("%s: %v\n%s", what, err, result)
	}
	steps := result.Jobs[0].Steps
	last := steps[len(steps)-1]
	if last.Outcome != "success" || result.Conclusion != "failure" {
		t.Errorf("%s: %s\n%s", what, last.Outcome, result)
	}
	for _, p := range parts {
		if !strings.Contains(last.Log, p) || !strings.Contains(last.Summary, p) {
			t.Errorf("%s: does not show %q:\n%s", what, p, last.Log)
		}
	}
	if strings.Contains(last.Log+last.Summary, "eyJ") {
		t.Errorf("%s: shows a token:\n%s", what, last.Log)
	}
	if got := slices.ContainsFunc(last.Annotations, func(a workflowtest.Annotation) bool { return a.Level == "error" }); got == r.d.m.Registry.Late {
		t.Errorf("%s: %v", what, last.Annotations)
	}
}
