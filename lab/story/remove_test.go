package story

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/lab/kube"
	"github.com/penstock-dev/penstock/lab/platform"
	"github.com/penstock-dev/penstock/lab/stack"
)

func TestAnAppIsRemovedOnlyWhenThatIsMeantAndTakesNothingElseAlong(t *testing.T) {
	story(t, "day two")
	p := fleet(t)
	goes, stays := platform.App{Team: "harbour", Name: "ferry"}, platform.App{Team: "harbour", Name: "pilot"}
	for _, app := range []platform.App{goes, stays} {
		ship(t, p, app, "1.0.0", "dev", "prod")
	}
	before, head := belongings(t, p), git(t, p.Repository(), "rev-parse", "HEAD")
	if err := p.EditContract("        - {name: ferry, git: {url: "+p.Stack.Git.URL+"/ferry.git}}\n", ""); err != nil {
		t.Fatal(err)
	}
	out := penstock(t, p, 4, "generate", "-w", workspace(p), "--commit")
	for _, want := range []string{"Flux deletes Kustomization harbour/ferry on dev, dr, prod, and with it all that it runs", "--allow-prune"} {
		if !strings.Contains(out, want) {
			t.Errorf("the refusal lacks %q:\n%s", want, out)
		}
	}
	if now := git(t, p.Repository(), "rev-parse", "HEAD") + git(t, p.Repository(), "status", "--porcelain"); now != head {
		t.Errorf("the refused run changed the repository: %s", now)
	}
	begin := time.Now()
	regenerate(t, p, "--allow-prune")
	for _, name := range clusters {
		for _, ref := range []kube.Object{goes.Deployment(), goes.Kustomization(), goes.Source(), kube.Ref("v1", "Service", goes.Team, goes.Name)} {
			gone(t, p.Clusters[name], ref)
		}
	}
	lab.notes.time("an app removed: from the command to the last of its objects gone on all three clusters", time.Since(begin))
	same(t, before, belongings(t, p), of(goes.Team, goes.Name))
}

func TestAnEditInGitAndAChangeOfTheContractAreBothOnTheCluster(t *testing.T) {
	story(t, "day two")
	p, app := fleet(t), platform.App{Team: "scribes", Name: "pen"}
	ship(t, p, app, "1.0.0", "dev")
	base := filepath.Join(p.Repository(), "tenants", app.Team, "base")
	if err := platform.Replace(filepath.Join(base, "quota.yaml"), "    pods: \"20\"\n", "    pods: \"20\"\n    count/jobs.batch: \"5\"\n"); err != nil {
		t.Fatal(err)
	}
	if err := platform.Replace(filepath.Join(base, "rbac.yaml"), "    resources: [ingresses]\n", "    resources: [ingresses, ingresses/status]\n"); err != nil {
		t.Fatal(err)
	}
	commit(t, p, p.Repository(), "platform", "The team may have five jobs")
	before := belongings(t, p)
	if err := p.EditContract("quota: {cpu: \"4\", memory: 8Gi, pods: 20}", "quota: {cpu: \"6\", memory: 8Gi, pods: 20}"); err != nil {
		t.Fatal(err)
	}
	regenerate(t, p)
	for _, name := range clusters {
		quota, err := p.Clusters[name].Get(t.Context(), kube.Ref("v1", "ResourceQuota", app.Team, "team"))
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(quota.Get("spec", "hard")); got != "map[count/jobs.batch:5 pods:20 requests.cpu:6 requests.memory:8Gi]" {
			t.Errorf("%s: the quota is %s", name, got)
		}
		role, err := p.Clusters[name].Get(t.Context(), kube.Ref("rbac.authorization.k8s.io/v1", "Role", app.Team, "applier"))
		if err != nil || !strings.Contains(fmt.Sprint(role["rules"]), "ingresses/status") {
			t.Errorf("%s: the role is %v, %v", name, role["rules"], err)
		}
	}
	rolledOut(t, p, "dev", app, "1.0.0")
	same(t, before, belongings(t, p), of(app.Team, ""))
}

func TestWhatAnOperatorSuspendedStaysSuspendedWhenGeneratedAnewAndPushed(t *testing.T) {
	story(t, "day two")
	p, app := fleet(t), platform.App{Team: "harbour", Name: "buoy"}
	first := ship(t, p, app, "1.0.0", "dev", "prod")
	dev := p.Clusters["dev"]
	byHand(t, dev, "flux suspend source oci buoy --namespace harbour", "flux suspend kustomization buoy --namespace harbour")
	if err := p.EditContract("    - name: dev\n      interval: 5s\n", "    - name: dev\n      interval: 4s\n"); err != nil {
		t.Fatal(err)
	}
	second := bundled(t, p, app, "1.1.0")
	promote(t, p, 0, app, "1.1.0", "dev")
	regenerate(t, p)
	for _, ref := range []kube.Object{app.Source(), app.Kustomization()} {
		o, err := dev.Get(t.Context(), ref)
		if err != nil || o.Get("spec", "suspend") != true {
			t.Errorf("%s: spec.suspend is %v, %v", ref.ID(), o.Get("spec", "suspend"), err)
		}
		if ref.Kind() == "OCIRepository" && (o.String("spec", "interval") != "4s" || !strings.HasSuffix(o.String("status", "artifact", "revision"), first)) {
			t.Errorf("%s: looks every %s, and has %s", ref.ID(), o.String("spec", "interval"), o.String("status", "artifact", "revision"))
		}
	}
	byHand(t, dev, "flux resume source oci buoy --namespace harbour", "flux resume kustomization buoy --namespace harbour")
	runs(t, p, "dev", app, second, soon)
	rolledOut(t, p, "dev", app, "1.1.0")
}

// gone waits until an object is no longer there.
func gone(t *testing.T, c *stack.Cluster, ref kube.Object) {
	t.Helper()
	if err := stack.Until(t.Context(), soon, c.Name+": "+ref.ID()+" is gone", func(ctx context.Context) error {
		_, err := c.Get(ctx, ref)
		switch {
		case kube.NotFound(err):
			return nil
		case err != nil:
			return err
		}
		return errStill
	}); err != nil {
		t.Error(err)
	}
}

// guard watches the Deployment of an app, which must stay the same one with all the pods that it wants, until its end is called.
func guard(t *testing.T, c *stack.Cluster, app platform.App) (end func()) {
	t.Helper()
	first, err := c.Get(t.Context(), app.Deployment())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	looks, done := 0, make(chan error, 1)
	go func() {
		done <- stack.Until(ctx, 15*time.Minute, "the end", func(ctx context.Context) error {
			o, err := c.Get(ctx, app.Deployment())
			wanted, _ := o.Get("spec", "replicas").(float64)
			ready, _ := o.Get("status", "readyReplicas").(float64)
			switch {
			case kube.NotFound(err):
				return stack.Stop(err)
			case err != nil:
				return errStill // The server is busy, or this is the end.
			case o.String("metadata", "uid") != first.String("metadata", "uid"):
				return stack.Stop(errors.New("it is another one"))
			case ready < wanted:
				return stack.Stop(fmt.Errorf("%v of %v pods are ready", ready, wanted))
			}
			looks++
			return errStill
		})
	}()
	return func() {
		t.Helper()
		cancel()
		if err := <-done; !errors.Is(err, errStill) {
			t.Errorf("%s: %s did not run on: %v", c.Name, app.Deployment().ID(), err)
		}
		t.Logf("%s: %s was looked at %d times", c.Name, app.Deployment().ID(), looks)
	}
}

// belongings are all objects of teams on all clusters. Same compares them by what changes when somebody writes one.
func belongings(t *testing.T, p *platform.Platform) map[string]kube.Object {
	t.Helper()
	found := map[string]kube.Object{}
	for _, name := range clusters {
		list := func(apiVersion, kind string) []kube.Object {
			list, err := p.Clusters[name].List(t.Context(), kube.Ref(apiVersion, kind, "", ""))
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		teams := map[string]bool{}
		for _, ns := range list("v1", "Namespace") {
			teams[ns.Name()] = ns.String("metadata", "labels", "toolkit.fluxcd.io/role") == "tenant"
			if teams[ns.Name()] {
				found[name+" Namespace "+ns.Name()] = ns
			}
		}
		for _, kind := range []string{
			"v1 ConfigMap", "v1 LimitRange", "v1 Pod", "v1 ResourceQuota", "v1 Secret", "v1 Service", "v1 ServiceAccount", "apps/v1 Deployment",
			"networking.k8s.io/v1 NetworkPolicy", "policy/v1 PodDisruptionBudget", "rbac.authorization.k8s.io/v1 Role",
			"rbac.authorization.k8s.io/v1 RoleBinding", "source.toolkit.fluxcd.io/v1 GitRepository", "source.toolkit.fluxcd.io/v1 OCIRepository",
			"kustomize.toolkit.fluxcd.io/v1 Kustomization",
		} {
			apiVersion, kind, _ := strings.Cut(kind, " ")
			for _, o := range list(apiVersion, kind) {
				if teams[o.Namespace()] {
					found[name+" "+kind+" "+o.Namespace()+"/"+o.Name()] = o
				}
			}
		}
	}
	return found
}

// of tells the objects of an app, or of a whole team, from others.
func of(team, app string) func(kube.Object) bool {
	return func(o kube.Object) bool {
		return o.Name() == team && o.String("metadata", "namespace") == "" || o.Namespace() == team && strings.HasPrefix(o.Name(), app)
	}
}

// same compares all belongings but those that may change.
func same(t *testing.T, before, after map[string]kube.Object, mayChange func(kube.Object) bool) {
	t.Helper()
	compared := 0
	for name, was := range before {
		is := after[name]
		if mayChange(was) {
			continue
		}
		compared++
		version := "generation" // What has a status has a generation, too, which the status does not change.
		if was.Get("metadata", version) == nil {
			version = "resourceVersion"
		}
		if was.String("metadata", "uid") != is.String("metadata", "uid") || was.Get("metadata", version) != is.Get("metadata", version) {
			t.Errorf("%s was touched: %v\nbefore, now %v", name, was["metadata"], is["metadata"])
		}
	}
	t.Logf("%d objects are the same", compared)
}

// bundled releases an app with penstock, signed, and returns the digest. More are flags.
func bundled(t *testing.T, p *platform.Platform, app platform.App, version string, more ...string) string {
	t.Helper()
	tree, err := filepath.Glob(filepath.Join(workspace(p), "apps", "*", app.Name)) // Of a team that has another name now, too.
	if err != nil || len(tree) != 1 {
		t.Fatalf("the repository of %s: %v, %v", app.Name, tree, err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(tree[0], "deploy"))); err != nil {
		t.Fatal(err)
	}
	if err := platform.SetImage(dir, version); err != nil {
		t.Fatal(err)
	}
	out := penstock(t, p, 0, append([]string{
		"bundle", "push", "--app", app.Team + "/" + app.Name, "--release", version, "--path", dir,
		"--revision", "main@sha1:" + git(t, tree[0], "rev-parse", "HEAD"), "-o", "json",
	}, more...)...)
	var pushed struct{ Digest string }
	if err := json.Unmarshal([]byte(out), &pushed); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := p.Registry.Sign(t.Context(), app.Path(), pushed.Digest, p.Key); err != nil {
		t.Fatal(err)
	}
	return pushed.Digest
}

// promote promotes a release with penstock, which must end with that code.
func promote(t *testing.T, p *platform.Platform, want int, app platform.App, version, env string, more ...string) string {
	t.Helper()
	return penstock(t, p, want, append([]string{"promote", "--app", app.Team + "/" + app.Name, "--release", version, "--to", env, "--actor", "lab"}, more...)...)
}
