package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/registry"

	"github.com/penstock-dev/penstock/internal/testkit/registrytest"
)

const (
	testRevision = "main@sha1:0123456789012345678901234567890123456789"
	testImage    = "checkout=registry.acme.example/images/checkout@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
)

// appRepository copies the generated app repository of the quickstart, with a
// registry on this machine, goes there and takes the CI system's variables away.
func appRepository(t testing.TB, host string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../golden/quickstart/apps/payments/checkout")); err != nil {
		t.Fatal(err)
	}
	replace(t, filepath.Join(dir, ".penstock", "contract.yaml"), "registry.acme.example", host)
	t.Chdir(dir)
	for _, name := range []string{"GITHUB_REF_NAME", "GITHUB_SHA", "CI_COMMIT_REF_NAME", "CI_COMMIT_SHA", "SOURCE_DATE_EPOCH", "NO_COLOR"} {
		t.Setenv(name, "")
	}
	t.Setenv("HOME", dir)
	t.Setenv("DOCKER_CONFIG", dir)
}

func replace(t testing.TB, file, from, to string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(data, []byte(from)) {
		t.Fatalf("%s: holds no %q", file, from)
	}
	if err := os.WriteFile(file, bytes.ReplaceAll(data, []byte(from), []byte(to)), 0o644); err != nil {
		t.Fatal(err)
	}
}

func memoryRegistry(t testing.TB) string {
	t.Helper()
	srv := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	t.Cleanup(srv.Close)
	return strings.TrimPrefix(srv.URL, "http://")
}

// penstock runs a command and compares exit code and the beginnings of what it
// prints.
func penstock(t *testing.T, code int, out, errs string, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	got := Main(context.Background(), args, IO{Out: &stdout, Err: &stderr})
	if got != code || !strings.HasPrefix(stdout.String(), out) || !strings.HasPrefix(stderr.String(), errs) {
		t.Errorf("penstock %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), got, code,
			cmp.Diff(out, stdout.String()), cmp.Diff(errs, stderr.String()))
	}
	return stdout.String()
}

// TestBundle is the story of two releases.
func TestBundle(t *testing.T) {
	host := memoryRegistry(t)
	appRepository(t, host)
	repository := host + "/delivery/payments/checkout"
	push := []string{"bundle", "push", "--revision", testRevision, "--image", testImage, "--release"}

	penstock(t, exitInvalid, "", "deploy: is in no Git checkout with a commit; say what the bundle is made from with --revision REF@sha1:SHA\n",
		"bundle", "push", "--release", "1.0.0", "--image", testImage)
	penstock(t, exitFailed, "", `deploy/base/deployment.yaml:40: image "checkout" has no digest (Deployment/checkout in dev, `,
		"bundle", "push", "--release", "1.0.0", "--revision", testRevision)
	first := penstock(t, exitFine, "pushed "+repository+":1.0.0\n  digest    sha256:", "", append(push, "1.0.0")...)
	digest := strings.Fields(first)[3]
	again := penstock(t, exitFine, "unchanged: the same content is there already, "+repository+":1.0.0\n", "", append(push, "1.0.0")...)
	if !strings.Contains(again, digest) {
		t.Errorf("another digest than %s:\n%s", digest, again)
	}
	penstock(t, exitFailed, "", repository+":9.9.9: no such bundle; ", "bundle", "show", "9.9.9")
	penstock(t, exitFine, repository+":1.0.0\n  digest    "+digest+"\n  version   1.0.0\n  revision  "+testRevision+
		"\n  source    https://github.com/acme/checkout\n  created   1970-01-01T00:00:00Z\n\ndev (overlays/dev)\n     1 Deployment apps/v1\n", "", "bundle", "show", "1.0.0")
	penstock(t, exitFine, repository+"@"+digest+"\n", "", "bundle", "show", "oci://"+repository+"@"+digest)
	penstock(t, exitFine, "apiVersion: apps/v1\nkind: Deployment\n", "", "bundle", "show", "1.0.0", "--env", "prod")
	penstock(t, exitInvalid, "", `--env "qa": the bundle has no such environment; it has dev, preprod, prod`, "bundle", "show", "1.0.0", "--env", "qa")

	replace(t, "deploy/overlays/prod/kustomization.yaml", "count: 2", "count: 3")
	penstock(t, exitFailed, "", repository+":1.0.0: the release exists with other content: there is "+digest+" from "+testRevision+", this is sha256:", append(push, "1.0.0")...)
	t.Setenv("SOURCE_DATE_EPOCH", "1771754400")
	t.Setenv("GITHUB_REF_NAME", "main")
	t.Setenv("GITHUB_SHA", strings.Repeat("1", 40))
	text := penstock(t, exitFine, "{", "", "bundle", "push", "--release", "1.1.0", "--image", testImage, "-o", "json")
	var result struct{ Tag, Revision, Created, URL, Source string }
	if err := json.Unmarshal([]byte(text), &result); err != nil {
		t.Fatal(err)
	}
	want := struct{ Tag, Revision, Created, URL, Source string }{
		"1.1.0", "main@sha1:" + strings.Repeat("1", 40), "2026-02-22T10:00:00Z", "oci://" + repository, "https://github.com/acme/checkout",
	}
	if result != want {
		t.Errorf("%+v, want %+v", result, want)
	}

	penstock(t, exitFine, "a  "+repository+":1.0.0\n", "", "bundle", "diff", "--env", "dev", "1.0.0", "1.1.0")
	diff := penstock(t, exitFine, "a  "+repository+":1.0.0\n   1.0.0 from "+testRevision+"\n   "+digest+"\nb  ", "", "bundle", "diff", "--env", "prod", "1.0.0", "1.1.0")
	for _, part := range []string{"files that differ: 1\n  changed  overlays/prod/kustomization.yaml\n", "objects that differ in prod: 1\n  changed  Deployment/checkout\n", "-  replicas: 2\n+  replicas: 3\n"} {
		if !strings.Contains(diff, part) {
			t.Errorf("no %q in\n%s", part, diff)
		}
	}
	penstock(t, exitFine, "a  "+repository+":dev\n   nothing runs there yet\nb  "+repository+":1.1.0\n", "", "bundle", "diff", "--env", "dev")
	penstock(t, exitFailed, "", repository+":dev: nothing was promoted to dev yet; name what to compare with\n", "bundle", "diff", "--env", "preprod")
	penstock(t, exitFine, `{`+"\n"+`  "environment": "dev",`+"\n"+`  "a": null,`, "", "bundle", "diff", "--env", "dev", "-o", "json")
	penstock(t, exitFine, "pushed "+repository+":pr-7\n", "", "bundle", "push", "--tag", "pr-7", "--image", testImage)
}

// TestBundleFromCheckout takes revision and time from Git.
func TestBundleFromCheckout(t *testing.T) {
	host := memoryRegistry(t)
	appRepository(t, host)
	g, err := git.PlainInit(".", false)
	if err != nil {
		t.Fatal(err)
	}
	w, err := g.Worktree()
	if err != nil {
		t.Fatal(err)
	}
	if err := w.AddGlob("deploy"); err != nil {
		t.Fatal(err)
	}
	anna := &object.Signature{Name: "Anna", Email: "anna@acme.example", When: time.Date(2026, 2, 22, 11, 0, 0, 0, time.FixedZone("CET", 3600))}
	hash, err := w.Commit("first", &git.CommitOptions{Author: anna})
	if err != nil {
		t.Fatal(err)
	}
	penstock(t, exitFine, "pushed ", "", "bundle", "push", "--release", "1.0.0", "--image", testImage)
	text := penstock(t, exitFine, host, "", "bundle", "show", "1.0.0")
	for _, line := range []string{"  revision  master@sha1:" + hash.String() + "\n", "  created   2026-02-22T10:00:00Z\n"} {
		if !strings.Contains(text, line) {
			t.Errorf("no %q in\n%s", line, text)
		}
	}
	replace(t, "deploy/overlays/prod/kustomization.yaml", "count: 2", "count: 3")
	penstock(t, exitInvalid, "", "deploy/overlays/prod/kustomization.yaml: is not committed as it is here, so that no commit describes the bundle; commit it, or give --revision\n",
		"bundle", "push", "--release", "1.1.0", "--image", testImage)
}

// TestBundleUsage is wrong flags; nothing must reach a registry.
func TestBundleUsage(t *testing.T) {
	appRepository(t, "127.0.0.1:1")
	for _, c := range []struct{ args, want string }{
		{"push", "name the version with --release, or a candidate with --tag ci-… or pr-…\n"},
		{"push --release v1.0.0", `release "v1.0.0" is no version; `},
		{"push --release 1.0.0+1", `release "1.0.0+1" has build metadata`},
		{"push --release 1.0.0 --tag ci-1", "penstock bundle push: --release and --tag exclude each other; leave out all but one; see \"penstock bundle push --help\"\n"},
		{"push --tag latest", `"latest": does not begin with ci- or pr-`},
		{"push --release 1.0.0 --app payments/x", `--app "payments/x": the contract has no such app; it has payments/checkout` + "\n"},
		{"push --release 1.0.0 --image checkout:1", `--image "checkout:1": is not NAME=REF@sha256:…` + "\n"},
		{"push --release 1.0.0 --image " + testImage + " --image " + testImage, `--image "` + testImage + `": checkout is given twice` + "\n"},
		{"push --release 1.0.0 --path nowhere", "nowhere: no such folder; name the app's deploy folder with --path\n"},
		{"push --release 1.0.0 --revision main", `--revision "main": is not REF@sha1: and 40 hex digits`},
		{"push --release 1.0.0 --source https://bot:hunter2@github.com/a", `--source "https://github.com/a": has a password in it; leave user and password out` + "\n"},
		{"diff", "penstock bundle diff: --env is missing; name the environment, such as --env prod; see \"penstock bundle diff --help\"\n"},
		{"diff --env qa", `--env "qa": payments/checkout has no such environment; it has dev, preprod, prod` + "\n"},
		{"show", "penstock bundle show: REF is missing; such as \"penstock bundle show 1.4.2\"; see"},
		{"show a/b", `"a/b": has neither a tag nor a digest; add one, as in a/b:1.4.2` + "\n"},
	} {
		penstock(t, exitInvalid, "", c.want, append([]string{"bundle"}, strings.Fields(c.args)...)...)
	}
	t.Setenv("SOURCE_DATE_EPOCH", "soon")
	penstock(t, exitInvalid, "", `SOURCE_DATE_EPOCH "soon": is not a number of seconds since 1970`+"\n", "bundle", "push", "--release", "1.0.0", "--revision", testRevision)
}

// BenchmarkBundlePush pushes a bundle of 200 manifests in three environments to
// a real registry, process start left out.
func BenchmarkBundlePush(b *testing.B) {
	host := registrytest.Start(b).Host
	appRepository(b, host)
	resources := "resources:\n"
	for i := range 200 {
		text := fmt.Sprintf("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c-%d}\ndata: {key: value}\n", i)
		if i%2 == 0 {
			text = fmt.Sprintf("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d-%d}\nspec:\n  selector: {matchLabels: {app: d-%d}}\n  template:\n    metadata: {labels: {app: d-%d}}\n    spec: {containers: [{name: app, image: checkout}]}\n", i, i, i)
		}
		if err := os.WriteFile(fmt.Sprintf("deploy/base/m-%d.yaml", i), []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
		resources += fmt.Sprintf("  - m-%d.yaml\n", i)
	}
	resources += "  - deployment.yaml\n"
	if err := os.WriteFile("deploy/base/kustomization.yaml", []byte(resources), 0o644); err != nil {
		b.Fatal(err)
	}
	n := 0
	for b.Loop() {
		n++
		var errs bytes.Buffer
		args := []string{"bundle", "push", "--release", fmt.Sprintf("1.0.%d", n), "--image", testImage, "--revision", fmt.Sprintf("main@sha1:%040d", n)}
		if code := Main(context.Background(), args, IO{Out: io.Discard, Err: &errs}); code != exitFine {
			b.Fatal(&errs)
		}
	}
}
