package gen_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/internal/model"
)

// checkRole: a team's bundle can neither reach Flux, rights and limits nor
// read secrets, and what the health checks need is there.
func checkRole(t *testing.T, o object) {
	t.Helper()
	if o.name() == model.PullAccount {
		checkPullRole(t, o)
		return
	}
	may := map[string][]string{} // group/resource -> verbs
	rules, _ := o.value("rules").([]any)
	for _, r := range rules {
		r := r.(map[string]any)
		for _, g := range words(r["apiGroups"]) {
			for _, res := range words(r["resources"]) {
				may[g+"/"+res] = append(may[g+"/"+res], words(r["verbs"])...)
			}
		}
	}
	for what, verbs := range may {
		group, res, _ := strings.Cut(what, "/")
		bad := strings.Contains(group, "toolkit.fluxcd.io") || strings.HasPrefix(group, "rbac.") || strings.Contains(what+strings.Join(verbs, ""), "*") ||
			slices.Contains([]string{"secrets", "resourcequotas", "limitranges", "networkpolicies", "serviceaccounts/token", "pods/exec", "namespaces", "events"}, res)
		o.must(t, !bad, "may not touch "+what)
		for _, v := range verbs {
			o.must(t, slices.Contains([]string{"get", "list", "create", "patch", "delete"}, v), "needs no verb "+v)
		}
		o.must(t, slices.Contains(verbs, "get"), "health checks get "+what)
	}
	for _, what := range []string{"apps/replicasets", "/pods"} {
		o.must(t, slices.Contains(may[what], "list") && !slices.Contains(may[what], "create"), "health checks list "+what)
	}
	for _, what := range []string{"apps/deployments", "/services", "/serviceaccounts", "policy/poddisruptionbudgets"} {
		for _, v := range []string{"get", "create", "patch", "delete"} {
			o.must(t, slices.Contains(may[what], v), "the starting point of an app needs "+v+" "+what)
		}
	}
}

// checkPullRole: source-controller may make tokens of one account, and no more.
func checkPullRole(t *testing.T, o object) {
	t.Helper()
	want := []any{map[string]any{
		"apiGroups": []any{""}, "resources": []any{"serviceaccounts/token"}, "resourceNames": []any{model.PullAccount}, "verbs": []any{"create"},
	}}
	o.must(t, cmp.Equal(o.value("rules"), any(want)), "lets make tokens of "+model.PullAccount+" and nothing else")
}

// checkNamespace: every source of the team is where the namespace's
// annotations, which the admission policies read, allow it.
func checkNamespace(t *testing.T, list []object, ns object) {
	t.Helper()
	prefix := ns.text("metadata", "annotations", "penstock.dev/oci-sources")
	ns.must(t, strings.HasPrefix(prefix, "oci://") && strings.HasSuffix(prefix, "/"+ns.name()+"/"), "names a prefix that ends in the team")
	git := strings.Fields(ns.text("metadata", "annotations", "penstock.dev/git-sources"))
	for _, o := range list {
		switch url := o.text("spec", "url"); {
		case o.kind() == "OCIRepository" && o.namespace() == ns.name():
			o.must(t, strings.HasPrefix(url, prefix), "is allowed by "+prefix)
		case o.kind() == "OCIRepository":
			o.must(t, !strings.HasPrefix(url, prefix), "is not allowed by the prefix of "+ns.name())
		case o.kind() == "GitRepository" && o.namespace() == ns.name():
			o.must(t, slices.Contains(git, url), "is allowed")
		}
	}
	ns.must(t, ns.text("metadata", "annotations", "kustomize.toolkit.fluxcd.io/prune") == "disabled", "is never pruned")
}
