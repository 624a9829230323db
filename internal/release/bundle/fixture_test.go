package bundle_test

import (
	"context"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/internal/release/bundle"
	_ "github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

const quickstart = `apiVersion: penstock.dev/v1alpha1
kind: DeliveryContract
metadata: {name: acme}
spec:
  platform: {git: {url: https://github.com/acme/platform}, owners: ["@acme/platform"]}
  registry: {provider: zot, host: registry.acme.example}
  environments: [{name: dev}, {name: preprod}, {name: prod}]
  teams:
    - name: payments
      owners: ["@acme/payments"]
      apps:
        - name: checkout
          git: {url: https://github.com/acme/checkout}
          image: registry.acme.example/images/checkout
`

// app returns the app of a contract; old and replacement pairs change it.
func app(t testing.TB, changes ...string) *model.App {
	t.Helper()
	c, ds := contract.Parse("penstock.yaml", []byte(strings.NewReplacer(changes...).Replace(quickstart)))
	if len(ds) > 0 {
		t.Fatal(ds)
	}
	return model.Build(c).Teams[0].Apps[0]
}

const digest = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

// files is a small deploy folder.
func files() fstest.MapFS {
	m := fstest.MapFS{}
	put := func(path, text string) { m[path] = &fstest.MapFile{Data: []byte(text), Mode: 0o644} }
	put("base/kustomization.yaml", "resources:\n  - deployment.yaml\n  - config.yaml\n")
	put("base/deployment.yaml", `apiVersion: apps/v1
kind: Deployment
metadata:
  name: checkout
spec:
  template:
    spec:
      containers:
        - name: checkout
          image: registry.acme.example/images/checkout
          env:
            - {name: REGION, value: "${REGION}"}
            - {name: LEVEL, value: "${LEVEL:=info}"}
            - {name: PRICE, value: "$${NOT_ONE}"}
        - name: proxy
          image: docker.io/library/nginx:1.29
`)
	put("base/config.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: checkout\n  annotations: {kustomize.toolkit.fluxcd.io/substitute: disabled}\ndata:\n  image: registry.acme.example/in/a/text\n  script: echo ${HOME}\n")
	for _, env := range []string{"dev", "preprod", "prod"} {
		put("overlays/"+env+"/kustomization.yaml", "# What differs in "+env+".\nresources:\n  - ../../base\nreplicas:\n  - name: checkout\n    count: 2\n")
	}
	put("hooks/check.sh", "#!/bin/sh\n")
	m["hooks/check.sh"].Mode = 0o755
	return m
}

func pin(t testing.TB) bundle.Pin {
	t.Helper()
	p, err := bundle.ParsePin("registry.acme.example/images/checkout=registry.acme.example/images/checkout:v1@" + digest)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func options(t testing.TB) bundle.Options {
	t.Helper()
	return bundle.Options{App: app(t), Flux: "2.9", Host: "registry.acme.example", Pins: []bundle.Pin{pin(t)}}
}

func read(t testing.TB, fsys fs.FS) bundle.Source {
	t.Helper()
	src, ds := bundle.Read(fsys, "deploy")
	if len(ds) > 0 {
		t.Fatal(ds)
	}
	return src
}

func build(t testing.TB, fsys fs.FS) bundle.Bundle {
	t.Helper()
	b, ds := bundle.Build(read(t, fsys), options(t))
	if len(ds) > 0 {
		t.Fatal(ds)
	}
	return b
}

func artifact(t testing.TB, b bundle.Bundle, revision string) bundle.Artifact {
	t.Helper()
	a, err := b.Artifact(bundle.Meta{
		Source: "https://github.com/acme/checkout", Revision: "main@sha1:" + strings.Repeat(revision, 40),
		Version: "1.4.2", Created: "2026-02-22T10:00:00Z",
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// store is a registry in memory.
type store struct {
	manifests map[string][]byte // by repository:tag
	blobs     map[string][]byte
	pushes    int
	// before is called before a push takes effect.
	before func()
}

func newStore() *store { return &store{manifests: map[string][]byte{}, blobs: map[string][]byte{}} }

func (s *store) Manifest(_ context.Context, repository, reference string) ([]byte, string, bool, error) {
	data, ok := s.manifests[repository+":"+reference]
	return data, bundle.Sum(data), ok, nil
}

func (s *store) Blob(_ context.Context, _, digest string, _ int64) ([]byte, error) {
	return s.blobs[digest], nil
}

func (s *store) Push(_ context.Context, repository, tag string, manifest []byte, blobs ...[]byte) error {
	for _, b := range blobs {
		s.blobs[bundle.Sum(b)] = b
	}
	s.pushes++
	s.manifests[repository+":"+tag] = manifest
	if s.before != nil {
		s.before()
	}
	return nil
}
