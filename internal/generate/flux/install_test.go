package flux

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"text/template"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/generate/tree"
	"github.com/penstock-dev/penstock/internal/model"
	_ "github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

// deployment is a controller as the release's manifests have it, down to the
// arguments that manifestgen patches by position.
const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: NAME}
spec:
  selector: {matchLabels: {app: NAME}}
  template:
    metadata: {labels: {app: NAME}}
    spec:
      containers:
        - name: manager
          image: ghcr.io/fluxcd/NAME:v1.9.5
          args:
            - --events-addr=http://notification-controller.flux-system.svc.cluster.local./
            - --watch-all-namespaces
            - --log-level=info
            - --log-encoding=json
            - --enable-leader-election
            - --storage-path=/data
            - --storage-adv-addr=NAME
          env:
            - {name: RUNTIME_NAMESPACE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: NAME}
`

const rbac = `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: flux-edit}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: flux-view}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: crd-controller}
`

const policies = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: allow-egress}
spec: {podSelector: {}, policyTypes: [Ingress, Egress], egress: [{}], ingress: [{from: [{podSelector: {}}]}]}
`

// archive writes a release archive without the files that are left out.
func archive(t *testing.T, without ...string) string {
	t.Helper()
	files := map[string]string{"rbac.yaml": rbac, "policies.yaml": policies}
	for _, c := range components() {
		files[c+".yaml"] = strings.ReplaceAll(deployment, "NAME", c)
	}
	for _, name := range without {
		delete(files, name)
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for name, text := range files {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(text)), Typeflag: tar.TypeReg}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "manifests.tar.gz")
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func quickstart(t *testing.T, install string) *model.Model {
	t.Helper()
	return onFlux(t, "2.9", install)
}

func onFlux(t *testing.T, version, install string) *model.Model {
	t.Helper()
	data, err := os.ReadFile("../../../examples/quickstart/penstock.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(data), "  registry:\n", "  flux: {version: \""+version+"\", install: "+install+"}\n  registry:\n", 1)
	c, ds := contract.Parse("penstock.yaml", []byte(text))
	if len(ds) > 0 {
		t.Fatal(ds.String())
	}
	return model.Build(c)
}

func none(string, string) (tree.File, bool, error) { return tree.File{}, false, nil }

func TestInstallFromArchive(t *testing.T) {
	m := quickstart(t, "manifests")
	files, err := Files(m, archive(t), none)
	if err != nil {
		t.Fatal(err)
	}
	const path = "clusters/prod/flux-system/gotk-components.yaml"
	made := string(files[path].Data)
	for _, want := range []string{"kind: Namespace", "image: ghcr.io/fluxcd/kustomize-controller:v1.9.5", "kind: NetworkPolicy", "# Flux Version: " + generator} {
		if !strings.Contains(made, want) {
			t.Errorf("%s: lacks %q", path, want)
		}
	}
	for _, not := range []string{"DO NOT EDIT", "helm-controller"} {
		if strings.Contains(made, not) {
			t.Errorf("%s: has %q", path, not)
		}
	}

	t.Run("kept without the archive", func(t *testing.T) {
		kept := func(_, p string) (tree.File, bool, error) {
			return tree.File{Data: append([]byte("# Managed by Penstock.\n"), files[p].Data...), Mode: tree.Regular}, true, nil
		}
		again, err := Files(m, "", kept)
		if err != nil {
			t.Fatal(err)
		}
		if !again.Equal(files) {
			t.Error("the second run makes other files than the first")
		}
	})
}

// TestLockdown builds what the template beside the components says.
func TestLockdown(t *testing.T) {
	files, err := Files(quickstart(t, "manifests"), archive(t), none)
	if err != nil {
		t.Fatal(err)
	}
	partial, err := os.ReadFile("../../../templates/partials/lockdown.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := template.New("lockdown").Delims("<%", "%>").Parse(string(partial))
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range contract.FluxVersions() {
		t.Run(version, func(t *testing.T) {
			var patches bytes.Buffer
			if err := parsed.Execute(&patches, onFlux(t, version, "manifests")); err != nil {
				t.Fatal(err)
			}
			out := locked(t, patches.String(), files["clusters/dev/flux-system/gotk-components.yaml"].Data)
			line := onFlux(t, version, "manifests").Flux.Line()
			want := map[string]int{
				"--no-cross-namespace-refs=true": 2, "--no-remote-bases=true": 1, "--default-service-account=default": 1,
				"CancelHealthCheckOnNewRevision=true": 1, "--feature-gates=": 1, "name: flux-edit-": 0, "name: flux-view-": 0, "name: crd-controller-": 1,
				"--default-": 1 + len(line.Lockdown),
			}
			for _, flag := range append(line.Lockdown, line.Gates...) {
				want[flag] = 1
			}
			for want, times := range want {
				if n := strings.Count(out, want); n != times {
					t.Errorf("%q is there %d times, want %d", want, n, times)
				}
			}
		})
	}
}

// locked is what kustomize makes of the components and the patches.
func locked(t *testing.T, patches string, components []byte) string {
	t.Helper()
	disk := filesys.MakeFsInMemory()
	for name, data := range map[string][]byte{
		"kustomization.yaml": []byte("resources: [gotk-components.yaml]\npatches:\n" + patches), "gotk-components.yaml": components,
	} {
		if err := disk.WriteFile("/"+name, data); err != nil {
			t.Fatal(err)
		}
	}
	res, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(disk, "/")
	if err != nil {
		t.Fatal(err)
	}
	out, err := res.AsYaml()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestInstallRefuses(t *testing.T) {
	m := quickstart(t, "manifests")
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte("no archive"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ source, want string }{
		"nothing given":     {"", "--flux-manifests"},
		"no such file":      {"missing.tar.gz", "missing.tar.gz"},
		"not an archive":    {text, "is not Flux's manifests.tar.gz"},
		"a file is missing": {archive(t, "rbac.yaml"), "has no rbac.yaml"},
		"a dead mirror":     {"http://127.0.0.1:1", "http://127.0.0.1:1"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Files(m, c.source, none); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v, want one with %q", err, c.want)
			}
		})
	}
}

// TestAnotherFlux: manifests of another minor version are refused, fresh ones
// and those of an earlier run; whatever is asked for is named.
func TestAnotherFlux(t *testing.T) {
	files, err := Files(quickstart(t, "manifests"), archive(t), none)
	if err != nil {
		t.Fatal(err)
	}
	kept := func(_, p string) (tree.File, bool, error) { return files[p], true, nil }
	for version, want := range map[string]string{"2.8": "v2.8.8", "2.10": "v2.10.0", "2.11": "v2.11.0"} {
		m := onFlux(t, version, "manifests")
		for name, err := range map[string]error{
			"an archive": func() error { _, err := Files(m, archive(t), none); return err }(),
			"kept":       func() error { _, err := Files(m, "", kept); return err }(),
			"nothing":    func() error { _, err := Files(m, "", none); return err }(),
		} {
			if err == nil || !strings.Contains(err.Error(), "archive of Flux "+want+" with --flux-manifests") {
				t.Errorf("%s, %s: %v, want an error with %s", version, name, err, want)
			}
		}
	}
}

func TestNothingButWhatIsAskedFor(t *testing.T) {
	for install, want := range map[string]int{"existing": 3, "operator": 0} {
		files, err := Files(quickstart(t, install), "", none)
		if err != nil || len(files) != want {
			t.Errorf("%s: %d files, error %v; want %d files", install, len(files), err, want)
		}
	}
}

// TestGeneratorIsTheModules compares generator with go.mod.
func TestGeneratorIsTheModules(t *testing.T) {
	data, err := os.ReadFile("../../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(data), "github.com/fluxcd/flux2/v2 "+generator+"\n") {
		t.Errorf("go.mod has another flux2 than %s", generator)
	}
}
