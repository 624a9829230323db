package policytest

import (
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/penstock-dev/penstock/internal/generate/gen"
	"github.com/penstock-dev/penstock/internal/generate/tree"
	"github.com/penstock-dev/penstock/internal/model"
)

const tests = "platform/policies/tests"

// TestRequests asks for every request in platform/policies/tests: allowed as
// it is, and with each change denied by the policy named and no other. A
// policy that lacks any of its parts must judge at least one of them
// differently, in at least one example.
func TestRequests(t *testing.T) {
	var mu sync.Mutex
	survivors := map[string]bool{} // mutants; false: some request tells it from its policy
	t.Run("examples", func(t *testing.T) {
		eachExample(t, func(t *testing.T, w workspace) {
			told := askAll(t, w)
			mu.Lock()
			defer mu.Unlock()
			for mutant, ok := range told {
				if strings.HasPrefix(mutant, "penstock-tenant-signatures~") { // one name, two policies
					mutant += ", signing " + w.model.SupplyChain.Signing
				}
				lives, known := survivors[mutant]
				survivors[mutant] = !ok && (lives || !known)
			}
		})
	})
	for _, mutant := range slices.Sorted(maps.Keys(survivors)) {
		if survivors[mutant] {
			t.Errorf("no request tells %q from its policy", mutant)
		}
	}
	t.Logf("%d mutants", len(survivors))
}

// askAll asks everything of one example. It returns for each mutant whether a
// request tells it from its policy.
func askAll(t *testing.T, w workspace) map[string]bool {
	t.Helper()
	ps, bs := policies(t, w)
	mps, mbs := mutants(ps, bs)
	c := newCluster(t, append(ps, mps...), append(bs, mbs...))
	told := map[string]bool{}
	asked := 0
	judge := func(r request, deniedBy string) {
		asked++
		all := c.askIn(t, r)
		for policy, message := range all {
			if policy != original(policy) {
				continue
			}
			if policy != deniedBy {
				t.Errorf("%s: denied by %s: %s", r.Name, policy, message)
			}
		}
		if _, ok := all[deniedBy]; deniedBy != "" && !ok {
			t.Errorf("%s: not denied by %s", r.Name, deniedBy)
		}
		for _, m := range mps {
			_, denies := all[m.Name]
			_, should := all[original(m.Name)]
			told[m.Name] = told[m.Name] || denies != should
		}
	}
	for _, file := range under(w.platform, tests) {
		q := readRequests(t, w, file)
		c.settle(t, w, q.Environment)
		for _, r := range q.Requests {
			judge(r.request, "")
			if len(r.Denied) == 0 {
				t.Errorf("%s: %s: no change makes it denied", file, r.Name)
			}
			for _, d := range r.Denied {
				judge(r.changed(t, d.Name, d.Change), q.Policy)
			}
		}
	}
	t.Logf("%d requests, %d policies, %d mutants", asked, len(ps), len(mps))
	return told
}

// askIn is ask, with the change of the namespace that the request wants.
func (c *cluster) askIn(t *testing.T, r request) verdict {
	t.Helper()
	name := r.Object.GetNamespace()
	if before := c.namespaces[name]; r.Namespace != nil && before != nil {
		after := &corev1.Namespace{}
		merge(t, before, r.Namespace, after)
		c.namespaces[name] = after
		defer func() { c.namespaces[name] = before }()
	}
	return c.ask(t, r)
}

// TestGeneratedObjects applies all that is generated as Flux does: clusters'
// and teams' objects by the platform's identity, apps' by the team's applier.
// Twice, so that a policy cannot refuse the second reconciliation.
func TestGeneratedObjects(t *testing.T) {
	eachExample(t, func(t *testing.T, w workspace) {
		ps, bs := policies(t, w)
		c := newCluster(t, ps, bs)
		flux := w.model.Flux.Namespace
		platform := "system:serviceaccount:" + flux + ":kustomize-controller"
		for _, env := range w.model.Envs {
			c.settle(t, w, env.Name)
			for _, cluster := range env.Clusters {
				c.apply(t, platform, flux, "flux-system", clusterObjects(t, w, cluster))
			}
			for _, team := range w.model.Teams {
				c.apply(t, platform, flux, "tenant-"+team.Name, build(t, w.platform, "tenants/"+team.Name+"/"+env.Name))
				for _, app := range team.Apps {
					files, overlay := w.apps[gen.Target{Team: team.Name, App: app.Name}], app.Path+"/overlays/"+env.Name
					if len(under(files, overlay)) == 0 {
						continue // not deployed there
					}
					objects := build(t, files, overlay)
					for _, u := range objects {
						u.SetNamespace(team.Name)
					}
					c.apply(t, "system:serviceaccount:"+team.Name+":applier", team.Name, app.Name, objects)
				}
			}
		}
	})
}

// apply creates and then updates objects as the Kustomization in namespace
// does, which must be allowed.
func (c *cluster) apply(t *testing.T, user, namespace, kustomization string, objects []*unstructured.Unstructured) {
	t.Helper()
	if len(objects) == 0 {
		t.Errorf("%s/%s applies nothing", namespace, kustomization)
	}
	for _, u := range objects {
		labels := map[string]string{
			"kustomize.toolkit.fluxcd.io/name":      kustomization,
			"kustomize.toolkit.fluxcd.io/namespace": namespace,
		}
		maps.Copy(labels, u.GetLabels())
		u.SetLabels(labels)
		r := request{Name: u.GetKind() + " " + u.GetName(), User: user, Operation: "CREATE", Object: u}
		again := r
		again.Operation, again.OldObject = "UPDATE", u
		for _, r := range []request{r, again} {
			for policy, message := range c.ask(t, r) {
				t.Errorf("%s of %s by %s: %s: %s", r.Operation, r.Name, user, policy, message)
			}
		}
	}
}

// clusterObjects are the Flux Kustomizations of a cluster.
func clusterObjects(t *testing.T, w workspace, c *model.Cluster) []*unstructured.Unstructured {
	t.Helper()
	files := tree.Tree{}
	list := "resources:\n"
	for _, p := range under(w.platform, "clusters/"+c.Name) {
		if dir, name := path.Split(p); dir == "clusters/"+c.Name+"/" && name != "kustomization.yaml" {
			files[name] = w.platform[p]
			list += "  - " + name + "\n"
		}
	}
	files["kustomization.yaml"] = tree.File{Data: []byte(list)}
	return build(t, files, "")
}
