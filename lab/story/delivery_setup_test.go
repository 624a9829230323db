package story

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/internal/testkit/workflowtest"

	"github.com/penstock-dev/penstock/lab/kube"
	"github.com/penstock-dev/penstock/lab/platform"
	"github.com/penstock-dev/penstock/lab/stack"
)

// walk are the environments of the delivery platform, in the order of promotions; each has the cluster acme-<environment>.
var walk = []string{"dev", "preprod", "prod"}

// cosignPassword encrypts the key that the pipelines sign with.
const cosignPassword = "cosign-password"

// delivery is a platform whose generated workflows are executed, on clusters that they tell of what they moved.
type delivery struct {
	*platform.Platform
	cosign  string
	issuer  *workflowtest.Issuer
	options workflowtest.Options
	secrets map[string]string // of the environment publish

	mu   sync.Mutex
	runs map[string]int // by app
}

// pipelines is the delivery platform, bootstrapped on its clusters.
func pipelines(t *testing.T) *delivery {
	t.Helper()
	for _, tool := range []string{"bash", "jq", "curl", "tar"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("the generated steps need it, and a run without them is no run of all stories: %v", err)
		}
	}
	return lab.delivery.get(t, startDelivery)
}

func startDelivery(ctx context.Context) (*delivery, error) {
	begin := time.Now()
	tool, err := sourcesAndPenstock(ctx)
	if err != nil {
		return nil, err
	}
	d := &delivery{runs: map[string]int{}}
	if d.cosign, err = lab.stack.Cosign(); err != nil {
		return nil, err
	}
	dir := filepath.Join(lab.dir, "delivery")
	private, public, err := d.keys(ctx, dir, "platform")
	if err != nil {
		return nil, err
	}
	started, errs := make([]*stack.Cluster, len(walk)), make([]error, len(walk))
	parallel(len(walk), func(i int) { started[i], errs[i] = lab.stack.Cluster(ctx, "acme-"+walk[i]) })
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	contract, err := os.ReadFile(filepath.Join(lab.root, "story", "testdata", "delivery.yaml"))
	if err != nil {
		return nil, err
	}
	text := strings.Replace(string(contract), "COSIGN_PUB", strings.ReplaceAll(strings.TrimSpace(public), "\n", "\n      "), 1)
	for i, env := range walk {
		text = strings.Replace(text, "WEBHOOK-"+env+`"`, started[i].Receiver+`"`, 1)
	}
	if d.Platform, err = platform.New(ctx, lab.stack, dir, tool, "acme/platform", []byte(text)); err != nil {
		return nil, err
	}
	d.Envs = map[string]string{}
	for i, env := range walk {
		d.Clusters[env], d.Envs["acme-"+env] = started[i], env
	}
	parallel(len(walk), func(i int) { errs[i] = d.Bootstrap(ctx, started[i]) })
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	d.secrets = map[string]string{"COSIGN_PRIVATE_KEY": private, "COSIGN_PASSWORD": cosignPassword}
	if err := d.runner(tool); err != nil {
		return nil, err
	}
	parallel(len(walk), func(i int) { errs[i] = d.listening(ctx, started[i]) })
	lab.notes.time("delivery: three more clusters up and bootstrapped", time.Since(begin))
	return d, errors.Join(errs...)
}

// listening waits until a cluster has every Receiver of the platform repository, as generated, and all are Ready.
func (d *delivery) listening(ctx context.Context, c *stack.Cluster) error {
	files, err := filepath.Glob(filepath.Join(d.Repository(), "tenants", "*", d.Env(c), "*.receiver.yaml"))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("no Receivers were generated for %s: %w", c.Name, err)
	}
	return stack.Until(ctx, soon, c.Name+": all Receivers are Ready", func(ctx context.Context) error {
		list, err := c.List(ctx, kube.Ref("notification.toolkit.fluxcd.io/v1", "Receiver", "", ""))
		if err == nil && len(list) != len(files) {
			err = fmt.Errorf("%d of %d", len(list), len(files))
		}
		for _, o := range list {
			if ready := o.Condition("Ready"); ready.Status != "True" {
				err = errors.Join(err, fmt.Errorf("%s: %+v", o.ID(), ready))
			}
		}
		return err
	})
}

// keys lets cosign make a key pair.
func (d *delivery) keys(ctx context.Context, dir, name string) (private, public string, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", "", err
	}
	cmd := exec.CommandContext(ctx, d.cosign, "generate-key-pair", "--output-key-prefix", name)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "COSIGN_PASSWORD="+cosignPassword)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", "", fmt.Errorf("cosign generate-key-pair: %w\n%s", err, out)
	}
	key, err := os.ReadFile(filepath.Join(dir, name+".key"))
	if err != nil {
		return "", "", err
	}
	pub, err := os.ReadFile(filepath.Join(dir, name+".pub"))
	return string(key), string(pub), err
}

// runner prepares what all runs share. The Git host gives tokens as GitHub Enterprise Server does, at the address that Penstock writes
// into Receivers for a Git host of one's own: so those are applied as they were generated.
func (d *delivery) runner(tool string) error {
	issuer, err := workflowtest.NewIssuer(time.Now)
	if err != nil {
		return err
	}
	at, err := url.Parse(issuer.URL)
	if err != nil {
		return err
	}
	const path = "/_services/token"
	issuer.Name = lab.stack.Git.URL + path
	lab.stack.Git.Mount(path, httputil.NewSingleHostReverseProxy(at))
	d.issuer = issuer
	lab.stack.Registry.Trust(func(token string) error { return d.verify(token, lab.stack.Registry.Host) })
	d.options = workflowtest.Options{
		Clock: time.Now, Issuer: issuer, Programs: map[string]string{"cosign": d.cosign},
		Env: map[string]string{"PENSTOCK_INSTALL": `echo "` + filepath.Dir(tool) + `" >> "$GITHUB_PATH"`},
	}
	return nil
}

// repository is an app's repository with the environments that docs/setup.md asks for.
func (d *delivery) repository(app platform.App) *workflowtest.Repository {
	main := workflowtest.Environment{Branches: []string{"main"}}
	environments := map[string]workflowtest.Environment{
		"publish":       {Branches: main.Branches, Secrets: d.secrets},
		"prod-approval": {Reviewers: []string{"@acme/release-managers"}},
	}
	for _, env := range walk {
		environments[env] = main
	}
	return &workflowtest.Repository{Dir: d.Tree(app), Environments: environments}
}

// start runs a workflow of the app's repository with the next number.
func (d *delivery) start(t *testing.T, app platform.App, workflow string, change func(*workflowtest.Options)) workflowtest.Result {
	t.Helper()
	o := d.options
	o.Repository, o.Workflow = "acme/"+app.Name, ".github/workflows/"+workflow
	o.RunNumber = d.number(app, 1)
	o.RunID = 1000 + o.RunNumber
	o.Repositories = map[string]*workflowtest.Repository{
		"acme/platform": {Dir: d.Repository()}, o.Repository: d.repository(app),
	}
	change(&o)
	r, err := workflowtest.Run(t.Context(), o)
	if err != nil {
		t.Fatalf("%s: %v\n%s", workflow, err, r)
	}
	return r
}

// number counts the runs of an app's repository up by n and returns the last one's.
func (d *delivery) number(app platform.App, n int) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.runs[app.Name] += n
	return d.runs[app.Name]
}

// push commits a release of the app to main, which starts delivery.yaml; approve is called when prod's reviewers are asked.
func (d *delivery) push(t *testing.T, app platform.App, approve func()) (release string, r workflowtest.Result) {
	t.Helper()
	release = fmt.Sprintf("0.1.%d", d.number(app, 0)+1)
	if err := platform.SetImage(filepath.Join(d.Tree(app), "deploy"), release); err != nil {
		t.Fatal(err)
	}
	commit(t, d.Platform, d.Tree(app), "acme/"+app.Name, "Release "+release)
	r = d.start(t, app, "delivery.yaml", func(o *workflowtest.Options) {
		o.Event = workflowtest.Event{Name: "push"}
		o.Approve = func(workflowtest.Approval) workflowtest.Verdict {
			if approve != nil {
				approve()
			}
			return workflowtest.Approved
		}
	})
	return release, r
}

// operate is "gh workflow run operate.yaml" with those inputs.
func (d *delivery) operate(t *testing.T, app platform.App, inputs map[string]string) workflowtest.Result {
	t.Helper()
	return d.start(t, app, "operate.yaml", func(o *workflowtest.Options) {
		o.Event = workflowtest.Event{Name: "workflow_dispatch", Actor: "grace", Inputs: inputs}
	})
}

// standing is what "penstock history -o json" says of a place.
type standing struct {
	Environment, Release, Digest, HoldReason string
	Held                                     bool
}

func (d *delivery) history(t *testing.T, app platform.App) map[string]standing {
	t.Helper()
	out, err := d.Penstock(t.Context(), "history", "--app", app.Team+"/"+app.Name, "-o", "json")
	if err != nil {
		t.Fatal(err)
	}
	var list []standing
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	at := map[string]standing{}
	for _, s := range list {
		at[s.Environment] = s
	}
	return at
}

// arrives waits until a cluster runs the release at the digest that history names for the environment.
func (d *delivery) arrives(t *testing.T, app platform.App, env, release string) standing {
	t.Helper()
	s := d.history(t, app)[env]
	if s.Release != release || s.Digest == "" {
		t.Fatalf("history says that %s runs %+v, want %s", env, s, release)
	}
	runs(t, d.Platform, env, app, s.Digest, soon)
	rolledOut(t, d.Platform, env, app, release)
	return s
}

// succeeds checks the conclusion of a run.
func succeeds(t *testing.T, r workflowtest.Result) {
	t.Helper()
	if r.Conclusion != "success" || len(r.Annotations("error")) > 0 {
		t.Fatalf("jobs %q\n%s", r.Names(), r)
	}
}
