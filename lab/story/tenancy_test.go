package story

import (
	"net/http"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/lab/kube"
	"github.com/penstock-dev/penstock/lab/platform"
)

// escape is the app whose bundles try to leave the boundary of team faults.
var escape = faulty("escape")

// escapes are objects in bundles, and where they must not be afterwards.
func escapes() map[string]kube.Object {
	in := func(apiVersion, kind, namespace string, more map[string]any) kube.Object {
		return merge(kube.Ref(apiVersion, kind, namespace, "escaped"), more)
	}
	return map[string]kube.Object{
		"a Flux Kustomization": in("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "faults", map[string]any{"spec": map[string]any{
			"interval": "1m", "prune": true, "sourceRef": map[string]any{"kind": "OCIRepository", "name": "escape"}, "serviceAccountName": "applier",
			"targetNamespace": "faults",
		}}),
		"a source": in("source.toolkit.fluxcd.io/v1", "GitRepository", "faults", map[string]any{"spec": map[string]any{
			"interval": "1m", "url": "https://git.example/loot",
		}}),
		"a cluster role binding": in("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "", map[string]any{
			"roleRef":  map[string]any{"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
			"subjects": []any{map[string]any{"kind": "ServiceAccount", "name": "default", "namespace": "faults"}},
		}),
		"a role binding": in("rbac.authorization.k8s.io/v1", "RoleBinding", "faults", map[string]any{
			"roleRef":  map[string]any{"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
			"subjects": []any{map[string]any{"kind": "ServiceAccount", "name": "default", "namespace": "faults"}},
		}),
		"a namespace":      in("v1", "Namespace", "", nil),
		"a Secret":         in("v1", "Secret", "faults", nil),
		"a network policy": in("networking.k8s.io/v1", "NetworkPolicy", "faults", map[string]any{"spec": map[string]any{"podSelector": map[string]any{}}}),
	}
}

func TestABundleThatHoldsMoreThanATeamMayApplyIsRefused(t *testing.T) {
	story(t, "tenancy")
	p := fleet(t)
	dev := p.Clusters["dev"]
	version := 0
	for what, object := range escapes() {
		t.Run(what, func(t *testing.T) {
			version++
			release(t, p, object, version)
			// A Namespace is given the name of the team's: targetNamespace of the generated Kustomization sees to that.
			refused := object.Kind() + "/faults"
			if object.Kind() == "ClusterRoleBinding" {
				refused = object.Kind() + "/escaped"
			}
			has(t, p, dev, escape.Kustomization(), kube.Condition{Status: "False", Reason: "ReconciliationFailed", Message: refused})
			if _, err := dev.Get(t.Context(), object); !kube.NotFound(err) {
				t.Errorf("%s is there: %v", object.ID(), err)
			}
		})
	}
}

func TestABundleCannotReachTheNamespaceOfAnotherTeam(t *testing.T) {
	story(t, "tenancy")
	p := fleet(t)
	object := merge(kube.Ref("v1", "ConfigMap", "payments", "escaped"), map[string]any{"data": map[string]any{"from": "faults"}})
	digest := release(t, p, object, 100)
	runs(t, p, "dev", escape, digest, soon)
	// targetNamespace of the generated Kustomization wins over what the bundle says.
	if _, err := p.Clusters["dev"].Get(t.Context(), object); !kube.NotFound(err) {
		t.Errorf("%s is there: %v", kube.Object(object).ID(), err)
	}
	if _, err := p.Clusters["dev"].Get(t.Context(), kube.Ref("v1", "ConfigMap", "faults", "escaped")); err != nil {
		t.Error(err)
	}
}

// release publishes a bundle of the app escape with one more object, and lets dev look at it.
func release(t *testing.T, p *platform.Platform, object kube.Object, version int) string {
	t.Helper()
	digest := publish(t, p, platform.Release{App: escape, Version: "1.0." + itoa(version), Edit: func(dir string) error {
		return add(dir, toYAML(t, object))
	}})
	move(t, p, escape, digest, "dev")
	call(t, p, "dev", escape)
	return digest
}

// requestsOfATeam are requests with the account that Flux applies bundles with, or by a person who may write Flux objects.
func requestsOfATeam(p *platform.Platform) map[string]struct {
	as     kube.Identity
	object kube.Object
} {
	applier := kube.Identity{User: "system:serviceaccount:faults:applier", Groups: []string{"system:serviceaccounts", "system:serviceaccounts:faults", "system:authenticated"}}
	person := kube.Identity{User: "someone@example.com", Groups: masters}
	source := func(kind string, spec map[string]any) kube.Object {
		spec["interval"] = "1m"
		return merge(kube.Ref("source.toolkit.fluxcd.io/v1", kind, "faults", "escaped"), map[string]any{"spec": spec})
	}
	kustomization := func(more map[string]any) kube.Object {
		spec := map[string]any{
			"interval": "1m", "prune": true, "sourceRef": map[string]any{"kind": "OCIRepository", "name": "escape"},
			"serviceAccountName": "applier", "targetNamespace": "faults",
		}
		return merge(kube.Ref("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "faults", "escaped"), map[string]any{"spec": merge(spec, more)})
	}
	host := "oci://" + p.Registry.Host
	verify := map[string]any{"provider": "cosign", "secretRef": map[string]any{"name": "cosign-public-key"}}
	return map[string]struct {
		as     kube.Identity
		object kube.Object
	}{
		"the bundle of another team":                  {person, source("OCIRepository", map[string]any{"url": host + "/delivery/payments/checkout", "verify": verify})},
		"a source outside of the team's repositories": {person, source("OCIRepository", map[string]any{"url": host + "/other/faults", "verify": verify})},
		"a source whose signature nobody checks":      {person, source("OCIRepository", map[string]any{"url": host + "/delivery/faults/escape"})},
		"a Git source that the contract does not name": {person, source("GitRepository", map[string]any{
			"url": p.Stack.Git.URL + "/accounts.git",
		})},
		"another cluster": {person, kustomization(map[string]any{"kubeConfig": map[string]any{"secretRef": map[string]any{"name": "other"}}})},
		"another account": {person, kustomization(map[string]any{"serviceAccountName": "kustomize-controller"})},
		"the platform's own source": {person, kustomization(map[string]any{
			"sourceRef": map[string]any{"kind": "GitRepository", "name": "flux-system", "namespace": "flux-system"},
		})},
		"another namespace":                            {person, kustomization(map[string]any{"targetNamespace": "payments"})},
		"by its account, an object of another team":    {applier, kube.Ref("v1", "ConfigMap", "payments", "escaped")},
		"by its account, an object of Flux":            {applier, kube.Ref("v1", "ConfigMap", "flux-system", "escaped")},
		"by its account, a Flux object of its own":     {applier, kustomization(nil)},
		"by its account, a Secret":                     {applier, kube.Ref("v1", "Secret", "faults", "escaped")},
		"by its account, a namespace":                  {applier, kube.Ref("v1", "Namespace", "", "escaped")},
		"by its account, rights":                       {applier, escapes()["a role binding"]},
		"by its account, rights in the whole cluster":  {applier, escapes()["a cluster role binding"]},
		"by its account, an open network":              {applier, escapes()["a network policy"]},
		"by its account, a quota":                      {applier, kube.Ref("v1", "ResourceQuota", "faults", "escaped")},
		"by its account, the platform's own account":   {applier, kube.Ref("v1", "ServiceAccount", "flux-system", "kustomize-controller")},
		"by its account, its own account, changed":     {applier, merge(kube.Ref("v1", "ServiceAccount", "faults", "applier"), map[string]any{"automountServiceAccountToken": true})},
		"by its account, a policy that is not its own": {applier, kube.Ref("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy", "", "penstock-tenant-pods")},
	}
}

func TestEveryRequestToLeaveTheBoundaryOfATeamIsDenied(t *testing.T) {
	story(t, "tenancy")
	p := fleet(t)
	platformIsReady(t, p, p.Clusters["dev"])
	for what, r := range requestsOfATeam(p) {
		t.Run(what, func(t *testing.T) {
			_, err := p.Clusters["dev"].As(r.as).Apply(t.Context(), r.object, kube.Write{DryRun: true})
			if status(err) != http.StatusForbidden && (err == nil || !strings.Contains(err.Error(), "ValidatingAdmissionPolicy 'penstock-")) {
				t.Errorf("%s by %s: want a refusal by rights or by a policy, got %v", r.object.ID(), r.as.User, err)
			}
		})
	}
}

func TestTheAccountOfATeamCanDoNoMoreThanItsRoleSays(t *testing.T) {
	story(t, "tenancy")
	p := fleet(t)
	platformIsReady(t, p, p.Clusters["dev"])
	applier := p.Clusters["dev"].As(kube.Identity{
		User: "system:serviceaccount:faults:applier", Groups: []string{"system:serviceaccounts", "system:serviceaccounts:faults", "system:authenticated"},
	})
	for what, attributes := range map[string]map[string]any{
		"read the team's Secrets":   {"verb": "get", "resource": "secrets", "namespace": "faults"},
		"read another's ConfigMaps": {"verb": "list", "resource": "configmaps", "namespace": "payments"},
		"run something in a pod":    {"verb": "create", "resource": "pods", "subresource": "exec", "namespace": "faults"},
		"make tokens":               {"verb": "create", "resource": "serviceaccounts", "subresource": "token", "namespace": "faults"},
		"be somebody else":          {"verb": "impersonate", "resource": "users"},
		"grant rights":              {"verb": "bind", "resource": "clusterroles", "group": "rbac.authorization.k8s.io"},
		"change the namespace":      {"verb": "patch", "resource": "namespaces", "name": "faults"},
		"change its own source":     {"verb": "patch", "group": "source.toolkit.fluxcd.io", "resource": "ocirepositories", "namespace": "faults"},
	} {
		review := kube.Ref("authorization.k8s.io/v1", "SelfSubjectAccessReview", "", "")
		review["spec"] = map[string]any{"resourceAttributes": attributes}
		answer, err := applier.Create(t.Context(), review, kube.Write{})
		if err != nil {
			t.Fatal(err)
		}
		if allowed, _ := answer.Get("status", "allowed").(bool); allowed {
			t.Errorf("applier of team faults may %s", what)
		}
	}
}
