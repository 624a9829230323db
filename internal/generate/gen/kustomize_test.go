package gen_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/model"
)

// TestClusters builds all that Flux would build, from the clusters' folders
// down to the apps' overlays. What is referred to must be there, and each
// object must keep the rules for its kind.
func TestClusters(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d delivery) {
		for cluster, list := range d.applied(t) {
			checkCluster(t, d, cluster, list)
			checkRules(t, d, list)
			if d.m.Installs() {
				checkLockdown(t, d.m, list)
			}
		}
	})
}

func checkCluster(t *testing.T, d delivery, cluster string, list []object) {
	t.Helper()
	have := map[string]bool{}
	for _, o := range list {
		if have[o.id()] {
			t.Errorf("cluster %s: %s is applied twice", cluster, o.id())
		}
		have[o.id()] = true
	}
	for _, id := range expected(d.m, cluster) {
		if !have[id] {
			t.Errorf("cluster %s: %s is not applied; what is: %s", cluster, id, slices.Sorted(maps.Keys(have)))
		}
	}
	r := references{have: have, secrets: section(string(d.files["platform/README.md"].Data), "Secrets"), m: d.m}
	for _, o := range list {
		r.check(t, o)
	}
}

// expected lists what must be on a cluster.
func expected(m *model.Model, cluster string) []string {
	var ids []string
	ns := m.Flux.Namespace
	for _, c := range m.Components() {
		ids = append(ids, "Kustomization/"+ns+"/platform-"+c.Name)
	}
	if m.Operator() {
		ids = append(ids, "FluxInstance/"+ns+"/flux")
	} else {
		ids = append(ids, "GitRepository/"+ns+"/flux-system", "Kustomization/"+ns+"/flux-system")
	}
	for _, team := range m.Teams {
		ids = append(ids, "Kustomization/"+ns+"/tenant-"+team.Name, "Namespace/"+team.Name, "ServiceAccount/"+team.Name+"/applier",
			"Role/"+team.Name+"/applier", "RoleBinding/"+team.Name+"/applier", "NetworkPolicy/"+team.Name+"/default-deny")
		for _, app := range team.Apps {
			if !slices.ContainsFunc(app.Clusters(), func(c *model.Cluster) bool { return c.Name == cluster }) {
				continue
			}
			at := "/" + team.Name + "/" + app.Name
			ids = append(ids, app.SourceKind()+at, "Kustomization"+at, "Deployment"+at, "Service/"+team.Name+"/"+app.ServiceName(), "PodDisruptionBudget"+at)
		}
	}
	return ids
}

// references finds what objects of a cluster name.
type references struct {
	have    map[string]bool
	secrets string // the README's section of the secrets that people create
	m       *model.Model
}

func (r references) check(t *testing.T, o object) {
	t.Helper()
	ns := o.namespace()
	find := func(kind, in, name string) {
		t.Helper()
		if name != "" && !r.have[kind+"/"+in+"/"+name] && !r.known(kind, in, name) {
			t.Errorf("%s names %s %s/%s, which does not exist", o.id(), kind, in, name)
		}
	}
	if ref, _ := o.value("spec", "sourceRef").(map[string]any); ref != nil {
		if other, _ := ref["namespace"].(string); other != "" && other != ns {
			t.Errorf("%s: its source is in namespace %s", o.id(), other)
		}
		find(ref["kind"].(string), ns, ref["name"].(string))
	}
	find("ServiceAccount", ns, o.text("spec", "serviceAccountName"))
	find("ServiceAccount", ns, o.text("spec", "template", "spec", "serviceAccountName"))
	find("Secret", ns, o.text("spec", "secretRef", "name"))
	find("Secret", ns, o.text("spec", "verify", "secretRef", "name"))
	find("Secret", ns, o.text("spec", "sync", "pullSecret"))
	find("Provider", ns, o.text("spec", "providerRef", "name"))
	find(o.text("roleRef", "kind"), ns, o.text("roleRef", "name"))
	if target := o.text("spec", "targetNamespace"); target != "" && !r.have["Namespace/"+target] {
		t.Errorf("%s: namespace %s does not exist", o.id(), target)
	}
	after, _ := o.value("spec", "dependsOn").([]any)
	for _, a := range after {
		find("Kustomization", ns, a.(map[string]any)["name"].(string))
	}
}

// known reports whether something is there though Penstock does not write it:
// what Flux's own installation brings, and the secrets that people create.
func (r references) known(kind, ns, name string) bool {
	switch kind {
	case "ServiceAccount":
		return ns == r.m.Flux.Namespace && name == "kustomize-controller" && !r.m.Installs()
	case "GitRepository":
		return ns == r.m.Flux.Namespace && name == "flux-system" && r.m.Operator()
	case "Secret":
		return strings.Contains(r.secrets, "create secret git "+name+" --namespace="+ns+" ") ||
			strings.HasSuffix(name, "-git") && strings.Contains(r.secrets, "create secret git APP-git --namespace=TEAM ") ||
			strings.Contains(r.secrets, `--namespace "$team" create secret docker-registry `+name+" ")
	}
	return false
}

// section is the text below a heading of a page.
func section(page, heading string) string {
	_, rest, _ := strings.Cut(page, "\n## "+heading+"\n")
	text, _, _ := strings.Cut(rest, "\n## ")
	return text
}
