package story

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/lab/kube"
	"github.com/penstock-dev/penstock/lab/stack"
)

// hold keeps an object that is deleted from going.
const hold = "lab.penstock.dev/hold"

// prepare makes the namespaces and accounts around a request, and what an UPDATE or DELETE starts from.
func prepare(t *testing.T, api *stack.APIServer, tenants map[string]kube.Object, r request) {
	t.Helper()
	apply := func(o kube.Object) {
		if _, err := api.Apply(t.Context(), o, kube.Write{Lax: true}); err != nil && !strings.Contains(err.Error(), "AlreadyExists") {
			t.Errorf("%s: %s: %v", r.Name, o.ID(), err)
		}
	}
	for _, tenant := range tenants {
		apply(merge(tenant, r.Namespace))
	}
	namespace := r.Object.String("metadata", "namespace")
	if namespace != "" {
		if _, ok := tenants[namespace]; !ok {
			apply(kube.Ref("v1", "Namespace", "", namespace))
		}
		for _, account := range []string{"app", "applier", "default"} {
			apply(kube.Ref("v1", "ServiceAccount", namespace, account))
		}
	}
	if r.Object.Kind() == "Namespace" || r.Operation != "UPDATE" && r.Operation != "DELETE" {
		return
	}
	old := r.OldObject
	if old == nil {
		old = r.Object
	}
	old = merge(whole(t, old, ""), map[string]any{"metadata": map[string]any{"finalizers": []any{hold}}})
	apply(old)
	if r.Object.Get("metadata", "deletionTimestamp") != nil {
		if err := api.Delete(t.Context(), old, kube.Write{}); err != nil {
			t.Errorf("%s: %s: %v", r.Name, old.ID(), err)
		}
	}
}

// cleanUp removes what prepare made for one request.
func cleanUp(t *testing.T, api *stack.APIServer, r request) {
	t.Helper()
	if r.Object.Kind() == "Namespace" || r.Operation != "UPDATE" && r.Operation != "DELETE" {
		return
	}
	_ = api.Delete(t.Context(), r.Object, kube.Write{}) // It may be on its way already.
	free := kube.Object{"metadata": map[string]any{"finalizers": nil}}
	if _, err := api.Merge(t.Context(), r.Object, free, kube.Write{}); err != nil && !kube.NotFound(err) {
		t.Errorf("%s: %s: %v", r.Name, r.Object.ID(), err)
	}
}

// installForeign makes kinds known that policies speak of and that the lab does not run, with any content.
func installForeign(t *testing.T, api *stack.APIServer) {
	t.Helper()
	for _, kind := range []struct{ group, version, name string }{
		{"helm.toolkit.fluxcd.io", "v2", "HelmRelease"},
		{"image.toolkit.fluxcd.io", "v1", "ImageUpdateAutomation"},
		{"fluxcd.controlplane.io", "v1", "ResourceSet"},
		{"source.extensions.fluxcd.io", "v1beta1", "ArtifactGenerator"},
	} {
		plural := strings.ToLower(kind.name) + "s"
		crd := kube.Ref("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", plural+"."+kind.group)
		crd["spec"] = map[string]any{
			"group": kind.group, "scope": "Namespaced", "names": map[string]any{"kind": kind.name, "plural": plural},
			"versions": []any{map[string]any{
				"name": kind.version, "served": true, "storage": true,
				"schema": map[string]any{"openAPIV3Schema": map[string]any{"type": "object", "x-kubernetes-preserve-unknown-fields": true}},
			}},
		}
		if _, err := api.Apply(t.Context(), crd, kube.Write{}); err != nil {
			t.Fatal(err)
		}
		if err := stack.Until(t.Context(), soon, kind.name+" is served", func(ctx context.Context) error {
			if !api.Serves(ctx, kube.Ref(kind.group+"/"+kind.version, kind.name, "default", "any")) {
				return errors.New("not yet")
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
}
