package bundle_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/internal/release/bundle"
)

// TestRefusals changes one file each and expects exactly these messages.
func TestRefusals(t *testing.T) {
	t.Parallel()
	const dev = "overlays/dev/kustomization.yaml"
	for _, c := range []struct{ name, path, text, want string }{
		{
			"remote base", dev, "resources:\n  - ../../base\n  - https://user:secret@github.com/acme/base//deploy?ref=v1\n",
			`deploy/overlays/dev/kustomization.yaml:3:5: "https://github.com/acme/base//deploy?ref=v1" is remote; a bundle must be complete; copy it into the folder`,
		},
		{
			"git over SSH", dev, "resources:\n- git@github.com:acme/base.git\n",
			`deploy/overlays/dev/kustomization.yaml:2:3: "git@github.com:acme/base.git" is remote; a bundle must be complete; copy it into the folder`,
		},
		{
			"remote file of a transformer", dev, "resources: [../../base]\ntransformers:\n  - |-\n    apiVersion: builtin\n    kind: PatchTransformer\n    path: https://example.com/p.yaml\n",
			`deploy/overlays/dev/kustomization.yaml:6: "https://example.com/p.yaml" is remote; a bundle must be complete; copy it into the folder`,
		},
		{
			"outside", dev, "resources:\n  - ../../../other\n",
			`deploy/overlays/dev/kustomization.yaml:2:5: "../../../other" leaves the folder; a bundle holds nothing from outside; copy it into the folder`,
		},
		{
			"absolute", dev, "resources:\n  - /etc/passwd\n",
			`deploy/overlays/dev/kustomization.yaml:2:5: "/etc/passwd" leaves the folder; a bundle holds nothing from outside; copy it into the folder`,
		},
		{
			"missing file of a generator", dev, "resources: [../../base]\nconfigMapGenerator:\n  - name: c\n    files: [key=values.txt]\n",
			`deploy/overlays/dev/kustomization.yaml:4:13: "values.txt" is not in the folder; correct the path`,
		},
		{
			"Helm", dev, "helmCharts: [{name: redis, repo: https://charts.example}]\n",
			`deploy/overlays/dev/kustomization.yaml:1:1: helmCharts: Flux does not run Helm from kustomize; render the chart into the folder, or use a HelmRelease of the platform`,
		},
		{"own bundle.json", "bundle.json", "{}", `deploy/bundle.json: has the name of the bundle's own description; rename it`},
		{"no YAML", dev, "a: [\n", `deploy/overlays/dev/kustomization.yaml: is no YAML: `},
		{
			"does not build", dev, "resources: [../../base]\npatches:\n  - target: {kind: Deployment}\n    patch: '[{op: remove, path: /nowhere}]'\n",
			`deploy/overlays/dev/kustomization.yaml: does not build: `,
		},
		{
			"flow style", dev, "{resources: [../../base]}\n",
			`deploy/overlays/dev/kustomization.yaml: --image cannot be written here: is not a mapping in block style; write the file and its images in block style, one key a line`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := files()
			m[c.path] = &fstest.MapFile{Data: []byte(c.text), Mode: 0o644}
			_, ds := bundle.Build(read(t, m), options(t))
			got := strings.Split(strings.TrimSpace(ds.String()), "\n")
			if !strings.HasPrefix(got[0], c.want) || strings.HasSuffix(c.want, "h") && got[0] != c.want {
				t.Errorf("messages (-want +got):\n%s", cmp.Diff(c.want, got[0]))
			}
			if strings.Contains(ds.String(), "secret") {
				t.Error("a password is in the message")
			}
		})
	}
}

func TestOverlayMissing(t *testing.T) {
	t.Parallel()
	m := files()
	delete(m, "overlays/prod/kustomization.yaml")
	_, ds := bundle.Build(read(t, m), options(t))
	want := "deploy/overlays/prod: has no kustomization.yaml, and the app is deployed to prod; write it, or take prod out of the app's environments in the contract\n"
	if got := ds.String(); got != want {
		t.Errorf("messages (-want +got):\n%s", cmp.Diff(want, got))
	}
}

// TestUnpinned refuses the app's own image and others on the registry's host,
// and lets those of other registries pass.
func TestUnpinned(t *testing.T) {
	t.Parallel()
	m := files()
	m["base/config.yaml"].Data = []byte("apiVersion: example.com/v1\nkind: Job\nmetadata: {name: j}\nspec:\n  image: registry.acme.example/tools/job:v1\n")
	o := options(t)
	o.Pins = nil
	_, ds := bundle.Build(read(t, m), o)
	want := `deploy/base/config.yaml:5: image "registry.acme.example/tools/job:v1" has no digest (Job/j in dev, Job/j in preprod, Job/j in prod); add --image registry.acme.example/tools/job=REF@sha256:… with what CI built, or write the digest
deploy/base/deployment.yaml:10: image "registry.acme.example/images/checkout" has no digest (Deployment/checkout in dev, Deployment/checkout in preprod, Deployment/checkout in prod); add --image registry.acme.example/images/checkout=REF@sha256:… with what CI built, or write the digest
`
	if got := ds.String(); got != want {
		t.Errorf("messages (-want +got):\n%s", cmp.Diff(want, got))
	}
	o.AllowUnpinned = true
	if _, ds := bundle.Build(read(t, m), o); len(ds) > 0 {
		t.Errorf("with allow: %s", ds)
	}
}

func TestPinWithoutUse(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.Pins = append(o.Pins, bundle.Pin{Name: "chekout", Image: "registry.acme.example/images/checkout", Digest: "sha256:" + strings.Repeat("b", 64)})
	_, ds := bundle.Build(read(t, files()), o)
	want := "deploy: --image chekout: no object names this image; they name docker.io/library/nginx, registry.acme.example/images/checkout; give the name as the manifests have it, without tag\n"
	if got := ds.String(); got != want {
		t.Errorf("messages (-want +got):\n%s", cmp.Diff(want, got))
	}
}

func TestSymlink(t *testing.T) {
	t.Parallel()
	m := files()
	m["base/link.yaml"] = &fstest.MapFile{Data: []byte("../../secret"), Mode: fs.ModeSymlink}
	_, ds := bundle.Read(m, "deploy")
	if got, want := ds.String(), "deploy/base/link.yaml: is a symbolic link, which Flux skips; put the file itself there\n"; got != want {
		t.Errorf("messages (-want +got):\n%s", cmp.Diff(want, got))
	}
}

func TestParsePin(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"checkout":                                      `"checkout": is not NAME=REF@sha256:…`,
		"checkout=r/checkout:1":                         `"checkout=r/checkout:1": has no digest; add @sha256: and the 64 hex digits that the image's push printed`,
		"checkout=r/checkout@sha256:ab":                 `"checkout=r/checkout@sha256:ab": has no digest; add @sha256: and the 64 hex digits that the image's push printed`,
		"checkout:1=r/c@" + digest:                      `"checkout:1=r/c@` + digest + `": the name has a tag or digest; leave it out, it stands for all`,
		"=r/c@" + digest:                                `"=r/c@` + digest + `": is not NAME=REF@sha256:…`,
		"localhost:5000/c=localhost:5000/c:1@" + digest: "",
	} {
		p, err := bundle.ParsePin(in)
		if got := message(err); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
		if err == nil && (p.Name != "localhost:5000/c" || p.Image != "localhost:5000/c") {
			t.Errorf("%s: %+v", in, p)
		}
	}
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
