package cli

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	notificationv1 "github.com/fluxcd/notification-controller/api/v1"
	"github.com/google/cel-go/cel"
	"sigs.k8s.io/yaml"

	"github.com/penstock-dev/penstock/internal/testkit/registrytest"
	"github.com/penstock-dev/penstock/internal/testkit/workflowtest"
)

// forge is a Git host with the generated repositories, a registry and clusters
// that can be told.
type forge struct {
	shop
	app, bin string // the app's folder, and the program
	options  workflowtest.Options
	standIns *workflowtest.StandIns
	clusters []*cluster
	runs     int
}

// program is Penstock, built once for all pipelines.
type program struct {
	once sync.Once
	dir  string
	err  error
}

var built program

func (p *program) path(t *testing.T) string {
	t.Helper()
	p.once.Do(func() {
		if p.dir, p.err = os.MkdirTemp("", "penstock-"); p.err != nil { //nolint:usetesting // outlives the test
			return
		}
		if out, err := exec.Command("go", "build", "-ldflags=-s -w", "-o", p.dir, "../../cmd/penstock").CombinedOutput(); err != nil {
			p.err = fmt.Errorf("%w\n%s", err, out)
		}
	})
	if p.err != nil {
		t.Fatal(p.err)
	}
	return filepath.Join(p.dir, "penstock")
}

// cluster is the address that a cluster's Receivers have.
type cluster struct {
	url    string
	mu     sync.Mutex
	broken bool
	told   []string // namespace/name of the Receivers that took a call
	forge  *forge
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	c := &cluster{}
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	c.url = server.URL
	return c
}

func newForge(t *testing.T) *forge {
	t.Helper()
	f := bareForge(t)
	for range 2 {
		f.clusters = append(f.clusters, newCluster(t))
	}
	f.generate()
	for _, c := range f.clusters {
		c.forge = f
	}
	f.options.Repositories = map[string]*workflowtest.Repository{
		"acme/platform": {Dir: filepath.Join(f.dir, "platform")},
		"acme/checkout": f.repository(f.app),
	}
	return f
}

// bareForge is a registry, and runners with the built program.
func bareForge(t *testing.T) *forge {
	t.Helper()
	for _, tool := range []string{"bash", "git", "jq", "curl", "tar"} {
		if _, err := exec.LookPath(tool); err != nil && os.Getenv("CI") != "true" {
			t.Skip(err)
		}
	}
	t.Parallel()
	f := &forge{shop: shop{t: t, dir: t.TempDir(), host: registrytest.Start(t).Host}, bin: built.path(t)}
	var err error
	if f.standIns, err = workflowtest.BuildStandIns(t.Context(), t.TempDir()); err != nil {
		t.Fatal(err)
	}
	f.options = workflowtest.Options{
		Repository: "acme/checkout", Clock: time.Now, Programs: f.standIns.Programs(),
		Env: map[string]string{"PENSTOCK_INSTALL": `echo "` + filepath.Dir(f.bin) + `" >> "$GITHUB_PATH"`},
	}
	return f
}

// generate makes the workspace of the quickstart, with an image to build and
// two clusters to tell.
func (f *forge) generate() {
	f.t.Helper()
	data, err := os.ReadFile("../../examples/quickstart/penstock.yaml")
	if err != nil {
		f.t.Fatal(err)
	}
	text := strings.NewReplacer(
		"host: registry.acme.example", "host: "+f.host+"\n    insecure: true",
		"    - name: prod\n", "    - name: prod\n      clusters: [{name: eu, webhook: \""+f.clusters[0].url+"\"}, {name: us, webhook: \""+f.clusters[1].url+"\"}]\n",
		"            url: https://github.com/acme/checkout", "            url: https://github.com/acme/checkout\n          image: "+f.host+"/images/checkout",
	).Replace(string(data))
	if err := os.WriteFile(filepath.Join(f.dir, "penstock.yaml"), []byte(text), 0o644); err != nil {
		f.t.Fatal(err)
	}
	f.run(exitFine, "generate", "-w", f.dir)
	f.app = filepath.Join(f.dir, "apps/payments/checkout")
	f.git("init", "--quiet", "--initial-branch=main")
	f.commit("Dockerfile", "FROM scratch\n")
}

// repository has the environments that docs/setup.md asks for.
func (*forge) repository(dir string) *workflowtest.Repository {
	login := workflowtest.Environment{
		Vars: map[string]string{"REGISTRY_USERNAME": "penstock"}, Secrets: map[string]string{"REGISTRY_PASSWORD": "open sesame"}, Branches: []string{"main"},
	}
	return &workflowtest.Repository{Dir: dir, Environments: map[string]workflowtest.Environment{
		"publish": {Vars: login.Vars, Secrets: login.Secrets}, "dev": login, "preprod": login, "prod": login,
		"prod-approval": {Reviewers: []string{"@acme/release-managers"}},
	}}
}

func (f *forge) git(args ...string) {
	f.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = f.app
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=ada", "GIT_AUTHOR_EMAIL=ada@acme.example", "GIT_COMMITTER_NAME=ada", "GIT_COMMITTER_EMAIL=ada@acme.example")
	if out, err := cmd.CombinedOutput(); err != nil {
		f.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

// commit writes a file of the app and commits everything.
func (f *forge) commit(name, content string) {
	f.t.Helper()
	if err := os.WriteFile(filepath.Join(f.app, name), []byte(content), 0o644); err != nil {
		f.t.Fatal(err)
	}
	f.git("add", "--all")
	f.git("commit", "--quiet", "--message="+name)
}

// start runs a workflow of the app's repository, with the run's number counted up.
func (f *forge) start(workflow string, change func(*workflowtest.Options)) workflowtest.Result {
	f.t.Helper()
	f.runs++
	o := f.options
	o.Workflow, o.RunNumber, o.RunID = ".github/workflows/"+workflow, f.runs, 1000+f.runs
	o.Event = workflowtest.Event{Name: "push"}
	change(&o)
	r, err := workflowtest.Run(f.t.Context(), o)
	if err != nil {
		f.t.Fatalf("%s: %v\n%s", workflow, err, r)
	}
	return r
}

// push is a push to main with an answer to who asks for an approval.
func (f *forge) push(verdict func() workflowtest.Verdict) workflowtest.Result {
	f.t.Helper()
	f.commit("code.txt", time.Now().String())
	return f.start("delivery.yaml", func(o *workflowtest.Options) {
		o.Approve = func(workflowtest.Approval) workflowtest.Verdict { return verdict() }
	})
}

// operate is "gh workflow run operate.yaml" with those inputs.
func (f *forge) operate(asked *int, inputs map[string]string) workflowtest.Result {
	f.t.Helper()
	return f.start("operate.yaml", func(o *workflowtest.Options) {
		o.Event = workflowtest.Event{Name: "workflow_dispatch", Actor: "grace", Inputs: inputs}
		o.Approve = func(workflowtest.Approval) workflowtest.Verdict {
			*asked++
			return workflowtest.Approved
		}
	})
}

// names checks which jobs ran, in order.
func (f *forge) names(r workflowtest.Result, want ...string) {
	f.t.Helper()
	if got := r.Names(); !slices.Equal(got, want) {
		f.t.Fatalf("jobs %q, want %q\n%s", got, want, r)
	}
}

// ServeHTTP answers as the notification controller does for a generic-oidc
// Receiver: the path says which one, and its validations must hold.
func (c *cluster) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.broken {
		http.Error(w, "broken", http.StatusInternalServerError)
		return
	}
	receiver := c.forge.receiver(strings.TrimPrefix(r.URL.Path, "/hook/"))
	if receiver == nil {
		http.NotFound(w, r)
		return
	}
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	if why := refused(receiver, token); why != "" {
		http.Error(w, why, http.StatusUnauthorized)
		return
	}
	c.told = append(c.told, receiver.Namespace+"/"+receiver.Name)
}

// receiver finds the generated Receiver of prod, or of a whole cluster, with
// that path.
func (f *forge) receiver(path string) *notificationv1.Receiver {
	apps, errApps := filepath.Glob(filepath.Join(f.dir, "platform/tenants/*/prod/*.receiver.yaml"))
	clusters, errClusters := filepath.Glob(filepath.Join(f.dir, "platform/clusters/*/receiver.yaml"))
	if errApps != nil || errClusters != nil {
		return nil
	}
	for _, file := range append(apps, clusters...) {
		data, err := os.ReadFile(file)
		var r notificationv1.Receiver
		if err == nil && yaml.UnmarshalStrict(data, &r) == nil && r.GetWebhookPath("") == "/hook/"+path {
			return &r
		}
	}
	return nil
}

// refused says why a token does not do for a Receiver.
func refused(r *notificationv1.Receiver, token string) string {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return "no token"
	}
	var claims map[string]any
	body, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || json.Unmarshal(body, &claims) != nil {
		return "no token"
	}
	for _, p := range r.Spec.OIDCProviders {
		if claims["iss"] != p.IssuerURL || claims["aud"] != p.Audience {
			return "issuer or audience"
		}
		env, err := cel.NewEnv(cel.Variable("claims", cel.DynType))
		if err != nil {
			return err.Error()
		}
		for _, v := range p.Validations {
			ast, issues := env.Compile(v.Expression)
			if issues.Err() != nil {
				return issues.Err().Error()
			}
			program, err := env.Program(ast)
			if err != nil {
				return err.Error()
			}
			out, _, err := program.Eval(map[string]any{"claims": claims})
			if err != nil || out.Value() != true {
				return v.Message
			}
		}
	}
	return ""
}
