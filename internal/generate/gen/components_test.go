package gen_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/model"
)

// components stands for the manifests of a version of Flux in namespace ns: as
// much of them as the generated kustomization.yaml patches.
func components(version, ns string) []byte {
	tag := "v1." + strings.TrimPrefix(version, "2.") + ".0"
	var b strings.Builder
	for _, name := range []string{"source-controller", "kustomize-controller", "notification-controller"} {
		b.WriteString(strings.NewReplacer("NAMESPACE", ns, "NAME", name, "TAG", tag).Replace(`---
apiVersion: v1
kind: ServiceAccount
metadata: {name: NAME, namespace: NAMESPACE}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: NAME, namespace: NAMESPACE}
spec:
  selector: {matchLabels: {app: NAME}}
  template:
    metadata: {labels: {app: NAME}}
    spec:
      serviceAccountName: NAME
      containers:
        - {name: manager, image: "ghcr.io/fluxcd/NAME:TAG", args: [--log-level=info]}
`))
	}
	for _, name := range []string{"flux-edit-", "flux-view-", "crd-controller-"} {
		b.WriteString("---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: " + name + ns + "}\nrules: []\n")
	}
	return []byte(b.String())
}

// checkLockdown: where Flux is installed from the repository, the controllers
// have the flags of the lock-down and the roles that would give tenants rights
// on Flux objects are gone.
func checkLockdown(t *testing.T, m *model.Model, list []object) {
	t.Helper()
	want := map[string][]string{
		"source-controller":       nil,
		"notification-controller": {"--no-cross-namespace-refs=true"},
		"kustomize-controller": {
			"--no-cross-namespace-refs=true", "--no-remote-bases=true", "--default-service-account=default",
		},
	}
	line := m.Flux.Line()
	want["kustomize-controller"] = append(append(want["kustomize-controller"], line.Lockdown...), "--feature-gates="+strings.Join(line.Gates, "=true,")+"=true")
	kept := 0
	for _, o := range list {
		flags, ours := want[o.name()]
		if o.kind() == "Deployment" && ours && o.text("metadata", "labels", "app.kubernetes.io/part-of") == "" {
			containers := o.value("spec", "template", "spec", "containers").([]any)
			args := words(containers[0].(map[string]any)["args"])
			o.must(t, slices.Equal(args, append([]string{"--log-level=info"}, flags...)), "has exactly the flags of the lock-down")
			delete(want, o.name())
		}
		if o.kind() == "ClusterRole" {
			kept++
			o.must(t, strings.HasPrefix(o.name(), "crd-controller-"), "is removed")
		}
	}
	if len(want) > 0 || kept != 1 {
		t.Errorf("not found: %v; %d cluster roles, want 1", want, kept)
	}
}
