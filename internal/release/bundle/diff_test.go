package bundle_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/internal/release/bundle"
	"github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

func TestCompare(t *testing.T) {
	t.Parallel()
	a := build(t, files())
	m := files()
	m["base/deployment.yaml"].Data = []byte(strings.Replace(string(m["base/deployment.yaml"].Data), "nginx:1.29", "nginx:1.30", 1))
	m["overlays/prod/kustomization.yaml"].Data = []byte("resources: [../../base]\nnamePrefix: new-\n")
	delete(m, "hooks/check.sh")
	b := build(t, m)
	c, err := bundle.Compare(a, b, "dev")
	if err != nil {
		t.Fatal(err)
	}
	want := []bundle.Change{
		{Name: "base/deployment.yaml", Action: bundle.Changed},
		{Name: "hooks/check.sh", Action: bundle.Removed},
		{Name: "overlays/prod/kustomization.yaml", Action: bundle.Changed},
	}
	if d := cmp.Diff(want, c.Files); d != "" {
		t.Errorf("files (-want +got):\n%s", d)
	}
	if len(c.Objects) != 1 || c.Objects[0].Name != "Deployment/checkout" {
		t.Fatalf("objects of dev: %+v", c.Objects)
	}
	goldentest.File(t, "testdata/dev.diff", []byte(c.Objects[0].Diff))
	if c, err = bundle.Compare(a, b, "prod"); err != nil {
		t.Fatal(err)
	}
	names := ""
	for _, o := range c.Objects {
		names += o.Action + " " + o.Name + "\n"
	}
	if want := "removed ConfigMap/checkout\nadded ConfigMap/new-checkout\nremoved Deployment/checkout\nadded Deployment/new-checkout\n"; names != want {
		t.Errorf("objects of prod (-want +got):\n%s", cmp.Diff(want, names))
	}
	if c, err = bundle.Compare(a, a, "prod"); err != nil || !c.Same() {
		t.Errorf("a bundle differs from itself: %+v, %v", c, err)
	}
	if c, err = bundle.Compare(bundle.Bundle{}, a, "prod"); err != nil || len(c.Objects) != 2 {
		t.Errorf("against nothing: %+v, %v", c, err)
	}
}

// TestRenderForeign opens a bundle that Penstock did not make: its overlay must
// not reach the network either.
func TestRenderForeign(t *testing.T) {
	t.Parallel()
	b := build(t, files())
	f := b.Files["overlays/dev/kustomization.yaml"]
	f.Data = []byte("resources: [https://example.com/evil]\n")
	b.Files["overlays/dev/kustomization.yaml"] = f
	_, err := b.Render("dev")
	if want := `overlays/dev: does not build:
overlays/dev/kustomization.yaml:1:13: "https://example.com/evil" is remote; a bundle must be complete; copy it into the folder`; message(err) != want {
		t.Errorf("(-want +got):\n%s", cmp.Diff(want, message(err)))
	}
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	single := app(t)
	split := app(t, "provider: zot", "provider: harbor, project: acme, layout: per-environment")
	for _, c := range []struct {
		split bool
		ref   string
		want  string
	}{
		{false, "1.4.2", "registry.acme.example/delivery/payments/checkout:1.4.2"},
		{false, "prod", "registry.acme.example/delivery/payments/checkout:prod"},
		{true, "1.4.2", "registry.acme.example/acme/payments/checkout:1.4.2"},
		{true, "prod", "registry.acme.example/acme-prod/payments/checkout:prod registry.acme.example/acme/payments/checkout:prod"},
		{true, "prod-2026-02-22.1-1.4.2", "registry.acme.example/acme-prod/payments/checkout:prod-2026-02-22.1-1.4.2 registry.acme.example/acme/payments/checkout:prod-2026-02-22.1-1.4.2"},
		{false, digest, "registry.acme.example/delivery/payments/checkout@" + digest},
		{false, "oci://localhost:5000/a/b:1.0.0", "localhost:5000/a/b:1.0.0"},
		{false, "localhost:5000/a/b@" + digest, "localhost:5000/a/b@" + digest},
		{false, "localhost:5000/a/b", `"localhost:5000/a/b": has neither a tag nor a digest; add one, as in localhost:5000/a/b:1.4.2`},
		{false, "a/b@sha256:12", `"a/b@sha256:12": "sha256:12" is no digest: sha256: and 64 hex digits`},
	} {
		a := single
		if c.split {
			a = split
		}
		places, err := bundle.Places(a, c.ref)
		var got []string
		for _, p := range places {
			got = append(got, p.String())
		}
		if text := strings.Join(got, " ") + message(err); text != c.want {
			t.Errorf("%s: %s, want %s", c.ref, text, c.want)
		}
	}
	pinned := app(t, "{name: prod}", "{name: prod, reference: pinned}")
	if _, err := bundle.Running(pinned, "prod"); message(err) != `"prod": Git pins what runs there; name both bundles, by the digests in tenants/payments/prod/checkout.pin.yaml` {
		t.Error(err)
	}
	if _, err := bundle.Running(single, "qa"); message(err) != `"qa": payments/checkout has no such environment; it has dev, preprod, prod` {
		t.Error(err)
	}
	if got := bundle.Newest([]string{"ci-1", "1.9.0", "1.10.0", "2.0.0-rc.1", "prod", "1.2"}); got != "1.10.0" {
		t.Errorf("newest %s", got)
	}
}
