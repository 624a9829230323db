package gen_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/penstock-dev/penstock/internal/forge/github"
	"github.com/penstock-dev/penstock/internal/testkit/workflowtest"
)

// trustForms are the forms in which the two repositories, the app's and the
// platform's, are tried: true where the subjects of their tokens have numbers,
// because they are new or have opted in. An Enterprise Server has none such.
func trustForms(d delivery) map[string][2]bool {
	forms := map[string][2]bool{"old repositories": {}}
	if github.HasIssuerSlug(d.m.Site) {
		forms["new repositories, or opted in"] = [2]bool{true, true}
	}
	if d.m.Registry.Provider == "ecr" && github.HasIssuerSlug(d.m.Site) {
		forms["a new app"] = [2]bool{true, false} // one registry is enough for the mixture
	}
	return forms
}

// trustToken is what a job's token says.
type trustToken struct {
	what, job, form string
	claims          map[string]any
}

func (t trustToken) String() string { return fmt.Sprintf("%s, %s of %s", t.form, t.job, t.what) }

// trustTokens starts generated workflows whose steps are cut down to asking for
// a token: what a token says does not come from them.
type trustTokens struct {
	t      *testing.T
	d      delivery
	setup  *trustSetup
	dir    string
	issuer *workflowtest.Issuer
	runs   int
}

func newTrustTokens(t *testing.T, d delivery, s *trustSetup) *trustTokens {
	t.Helper()
	issuer, err := workflowtest.NewIssuer(now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(issuer.Close)
	issuer.Name = d.m.TokenIssuer()
	return &trustTokens{t: t, d: d, setup: s, dir: t.TempDir(), issuer: issuer}
}

const trustSteps = `
- {id: login, run: "true"}
- id: version
  run: echo release=1.0.0 >> "$GITHUB_OUTPUT"
- run: |
    if [ -n "${ACTIONS_ID_TOKEN_REQUEST_URL:-}" ]; then
      curl -sf -H "Authorization: Bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=$AUDIENCE" | jq -r .value > "$TOKENS/$(basename "$(mktemp -u)")"
    fi
`

// cut replaces the steps of a workflow's jobs.
func cut(t *testing.T, data []byte, steps func(job *yaml.Node) string) []byte {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	jobs := yamlField(doc.Content[0], "jobs")
	for i := 1; jobs != nil && i < len(jobs.Content); i += 2 {
		if at := yamlField(jobs.Content[i], "steps"); at != nil {
			var with yaml.Node
			if err := yaml.Unmarshal([]byte(steps(at)), &with); err != nil {
				t.Fatal(err)
			}
			*at = *with.Content[0]
		}
	}
	out, err := yaml.Marshal(&doc)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func yamlField(n *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// repository puts a generated repository's workflows on a disk, after change.
func (k *trustTokens) repository(below string, change func(file, text string) string) *workflowtest.Repository {
	k.runs++
	dir := filepath.Join(k.dir, fmt.Sprint(k.runs))
	for p, f := range k.d.below(below) {
		if path.Dir(p) == ".github/workflows" {
			text := cut(k.t, f.Data, func(*yaml.Node) string { return trustSteps })
			writeTo(k.t, filepath.Join(dir, p), []byte(change(path.Base(p), string(text))))
		}
	}
	return &workflowtest.Repository{Dir: dir}
}

func asItIs(_, text string) string { return text }

// trustRun is one run and in which way it differs from what is right.
type trustRun struct {
	what, form    string
	app, platform *workflowtest.Repository
	// slug is where the event happens, and file the workflow there.
	slug, file string
	event      workflowtest.Event
	issuer     string
}

// tokens runs a workflow and returns the tokens of its jobs.
func (k *trustTokens) tokens(r trustRun) []trustToken {
	k.t.Helper()
	tokens := k.t.TempDir()
	k.issuer.Name = k.d.m.TokenIssuer()
	if r.issuer != "" {
		k.issuer.Name = r.issuer
	}
	audience := map[string]string{"ecr": "sts.amazonaws.com", "acr": "api://AzureADTokenExchange"}[k.d.m.Registry.Provider]
	if audience == "" {
		audience = k.d.m.Registry.Host
	}
	repositories := map[string]*workflowtest.Repository{"acme/platform": r.platform}
	if r.app != nil {
		slug := r.slug
		if slug == "acme/platform" {
			slug = "acme/checkout"
		}
		repositories[slug] = r.app
	}
	for slug, repository := range repositories {
		repository.OwnerID = "123456"
		repository.ID = or(repository.ID, k.setup.numbers[slug])
		repository.Subject = k.setup.subject[slug]
		repository.Environments = map[string]workflowtest.Environment{}
		for env, branch := range k.setup.branches[slug] {
			repository.Environments[env] = workflowtest.Environment{Branches: []string{branch}}
		}
		if repository.Subject == nil && len(k.setup.subject) > 0 {
			repository.Subject = k.setup.subject["acme/checkout"] // who wants in copies that
		}
	}
	result, err := workflowtest.Run(k.t.Context(), workflowtest.Options{
		Repositories: repositories, Repository: r.slug, Workflow: ".github/workflows/" + r.file, Event: r.event,
		Env: map[string]string{"TOKENS": tokens, "AUDIENCE": audience}, Issuer: k.issuer, Clock: now,
	})
	if err != nil || result.Conclusion != "success" && r.what != "another branch" {
		k.t.Fatalf("%s, %s: %v\n%s", r.form, r.what, err, result)
	}
	var list []trustToken
	files, err := os.ReadDir(tokens)
	if err != nil {
		k.t.Fatal(err)
	}
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(tokens, f.Name()))
		if err != nil {
			k.t.Fatal(err)
		}
		list = append(list, k.token(r, string(data)))
	}
	return list
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func (k *trustTokens) token(r trustRun, text string) trustToken {
	k.t.Helper()
	body, err := base64.RawURLEncoding.DecodeString(strings.Split(text, ".")[1])
	token := trustToken{what: r.what, form: r.form}
	if err == nil {
		err = json.Unmarshal(body, &token.claims)
	}
	if err != nil {
		k.t.Fatal(err)
	}
	file, _, _ := strings.Cut(path.Base(strings.Split(token.claims["job_workflow_ref"].(string), "@")[0]), ".")
	token.job = file
	return token
}

// all are tokens that must be taken, and those that must not.
func (k *trustTokens) all() (right, wrong []trustToken) {
	for form, immutable := range trustForms(k.d) {
		// start is a run of new repositories of that form.
		start := func(what, slug, file string, event workflowtest.Event, app, platform func(string, string) string) trustRun {
			r := trustRun{
				what: what, form: form, slug: slug, file: file, event: event,
				app: k.repository("apps/payments/checkout", app), platform: k.repository("platform", platform),
			}
			r.platform.Branch = "release/1.x"
			r.app.Immutable, r.platform.Immutable = immutable[0], immutable[1]
			return r
		}
		push, by := workflowtest.Event{Name: "push"}, workflowtest.Event{Name: "workflow_dispatch"}
		pinned := by
		pinned.Inputs = map[string]string{"app": "payments/checkout"}
		right = append(right, k.tokens(start("what is right", "acme/checkout", "delivery.yaml", push, asItIs, asItIs))...)
		right = append(right, k.tokens(start("what is right", "acme/platform", "promote-prod.yaml", pinned, asItIs, asItIs))...)
		right = append(right, k.tokens(start("what is right", "acme/platform", "history.yaml", by, asItIs, asItIs))...)
		// In both forms on one registry: the others compare the same.
		if immutable[0] == immutable[1] && (immutable[0] || k.d.m.Registry.Provider == "ecr" || len(trustForms(k.d)) == 1) {
			wrong = append(wrong, k.wrong(start)...)
		}
	}
	return right, wrong
}

// wrong are tokens of jobs that differ in one thing each.
func (k *trustTokens) wrong(start func(what, slug, file string, event workflowtest.Event, app, platform func(string, string) string) trustRun) []trustToken {
	push, feature := workflowtest.Event{Name: "push"}, workflowtest.Event{Name: "push", Ref: "refs/heads/feature"}
	replace := func(old, with string) func(string, string) string {
		return func(_, text string) string { return strings.ReplaceAll(text, old, with) }
	}
	own := "on: push\njobs:\n"
	for _, env := range []string{"dev", "live", "prod"} {
		own += "  " + env + ":\n    runs-on: x\n    environment: " + env + "\n    permissions: {id-token: write}\n    steps:\n" + indented(trustSteps, 6)
	}
	again := start("the same name again", "acme/checkout", "delivery.yaml", push, asItIs, asItIs)
	again.app.ID = "999999"
	elsewhere := start("another issuer", "acme/checkout", "delivery.yaml", push, asItIs, asItIs)
	elsewhere.issuer = "https://github.elsewhere.example/_services/token"
	branch := start("another branch of the platform", "acme/checkout", "delivery.yaml", push, replace("@release/1.x", "@main"), asItIs)
	branch.platform.Branch = "main"
	var list []trustToken
	for _, r := range []trustRun{
		again, elsewhere, branch,
		start("another repository", "acme/other", "delivery.yaml", push, asItIs, asItIs),
		start("another branch", "acme/checkout", "delivery.yaml", feature, replace("- main\n", "- feature\n"), replace("refs/heads/main", "refs/heads/feature")),
		start("another workflow", "acme/checkout", "delivery.yaml", push, func(string, string) string { return own }, asItIs),
		start("another environment", "acme/checkout", "delivery.yaml", push, asItIs, func(_, text string) string {
			return strings.NewReplacer("environment: dev", "environment: live", "environment: live", "environment: dev").Replace(text)
		}),
	} {
		list = append(list, k.tokens(r)...)
	}
	return slices.DeleteFunc(list, func(t trustToken) bool { return t.what == "another environment" && t.job == "publish" }) // as it is
}

func indented(text string, n int) string {
	var b strings.Builder
	for l := range strings.Lines(strings.TrimLeft(text, "\n")) {
		b.WriteString(strings.Repeat(" ", n) + l)
	}
	return b.String()
}

func now() time.Time { return time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC) }
