package cli

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// requests keeps what a registry was asked to write.
type requests struct {
	mu   sync.Mutex
	list []string
}

func (r *requests) of(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if q.Method != http.MethodGet && q.Method != http.MethodHead {
			r.mu.Lock()
			r.list = append(r.list, q.Method+" "+q.URL.Path)
			r.mu.Unlock()
		}
		h.ServeHTTP(w, q)
	})
}

// since returns what came after the first n, and how many there are.
func (r *requests) since(n int) ([]string, int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.list[n:]), len(r.list)
}

const (
	platformWorkflows = "https://github.com/acme/platform/.github/workflows/"
	releasesOf        = "/delivery/releases/payments/checkout"
	devOf             = "/delivery/channels/dev/payments/checkout"
)

// signedShop is a shop whose environments have repositories of their own, in a
// job of a workflow on GitHub, with a stand-in for cosign.
func signedShop(t *testing.T, workflow string) shop {
	t.Helper()
	s := newShop(t, "provider: zot", "layout: per-environment\n    provider: zot")
	t.Setenv("GITHUB_ACTIONS", "true")
	standIn(t, platformWorkflows+workflow+"@refs/heads/main")
	return s
}

// published pushes a release as publish.yaml does, with its provenance.
func (s shop) published(release string) (digest string) {
	s.t.Helper()
	s.push(release)
	digest = s.digest(releasesOf + ":" + release)
	if err := attach(s.host+releasesOf+"@"+digest, "verify-attestation", platformWorkflows+"publish.yaml@refs/heads/main acme/checkout refs/heads/main"); err != nil {
		s.t.Fatal(err)
	}
	return digest
}

// digest resolves a tag; "" when there is none.
func (s shop) digest(tag string) string {
	s.t.Helper()
	ref, err := name.ParseReference(s.host + tag)
	if err != nil {
		s.t.Fatal(err)
	}
	d, err := remote.Head(ref)
	if err != nil {
		return ""
	}
	return d.Digest.String()
}

// TestPromotionSigns: promote checks who built the release, copies it with its
// provenance, and signs what it copied before the environment runs it.
func TestPromotionSigns(t *testing.T) {
	s := signedShop(t, "promote-dev.yaml")
	digest := s.published("1.4.1")
	s.run(exitFine, "promote", "--to", "dev")
	if got := s.digest(devOf + ":dev"); got != digest {
		t.Errorf("dev runs %q, not %s", got, digest)
	}
	for _, of := range []string{"verify-attestation", "verify"} {
		if len(attached(s.host+devOf+"@"+digest, of)) != 1 {
			t.Errorf("where dev reads there is no referrer for %q", of)
		}
	}
	if attached(s.host+releasesOf+"@"+digest, "verify") != nil {
		t.Error("promote signed where releases are")
	}
	want := strings.NewReplacer("RELEASES", s.host+releasesOf, "DEV", s.host+devOf, "DIGEST", digest, "WORKFLOWS/", platformWorkflows).Replace(
		`verify-attestation --type=slsaprovenance1 --certificate-oidc-issuer=https://token.actions.githubusercontent.com --certificate-identity=WORKFLOWS/publish.yaml@refs/heads/main --certificate-github-workflow-repository=acme/checkout --certificate-github-workflow-ref=refs/heads/main RELEASES@DIGEST
sign --yes DEV@DIGEST
verify --certificate-oidc-issuer=https://token.actions.githubusercontent.com --certificate-identity=WORKFLOWS/promote-dev.yaml@refs/heads/main DEV@DIGEST
`)
	if got := calls(t); got != want {
		t.Errorf("cosign ran as\n%s\nnot as\n%s", got, want)
	}
	s.run(exitFine, "promote", "--to", "dev") // the same again finds it signed
	if got := strings.TrimPrefix(calls(t), want); strings.Contains(got, "sign --yes") {
		t.Errorf("it was signed again: %s", got)
	}
}

// TestPromotionRefuses: what nobody attested, or somebody else, is not copied.
func TestPromotionRefuses(t *testing.T) {
	s := signedShop(t, "promote-dev.yaml")
	s.push("1.0.0")
	_, n := s.writes.since(0)
	out := s.run(exitFailed, "promote", "--to", "dev")
	if !strings.Contains(out, "has no provenance") || !strings.Contains(out, "dev was not changed") {
		t.Errorf("without provenance it says %q", out)
	}
	digest := s.digest(releasesOf + ":1.0.0")
	for _, by := range []string{
		platformWorkflows + "publish.yaml@refs/heads/main evil/checkout refs/heads/main",
		platformWorkflows + "publish.yaml@refs/heads/feature acme/checkout refs/heads/main",
		platformWorkflows + "publish.yaml@refs/heads/main acme/checkout refs/heads/feature",
		"https://github.com/acme/checkout/.github/workflows/own.yaml@refs/heads/main acme/checkout refs/heads/main",
	} {
		if err := attach(s.host+releasesOf+"@"+digest, "verify-attestation", by); err != nil {
			t.Fatal(err)
		}
		_, n = s.writes.since(0)
		out := s.run(exitFailed, "promote", "--to", "dev")
		if !strings.Contains(out, "not by") || !strings.Contains(out, "ask who pushed it") {
			t.Errorf("provenance of %s: it says %q", by, out)
		}
	}
	if list, _ := s.writes.since(n); len(list) > 0 {
		t.Errorf("a refused promotion wrote %v", list)
	}
	if got := calls(t); strings.Contains(got, "sign --yes") {
		t.Errorf("what was refused was signed: %s", got)
	}
}

// TestSigningFails: a promotion that cannot sign, or signs as somebody whom
// nobody trusts, leaves the environment alone; the next run completes it.
func TestSigningFails(t *testing.T) {
	s := signedShop(t, "promote-dev.yaml")
	first := s.published("1.0.0")
	s.run(exitFine, "promote", "--to", "dev")
	second := s.published("1.1.0")
	t.Setenv("STANDIN_FAIL", "sign")
	out := s.run(exitFailed, "promote", "--to", "dev")
	for _, want := range []string{"getting signer", s.host + devOf + "@" + second, "dev was not changed", "run the same command again"} {
		if !strings.Contains(out, want) {
			t.Errorf("a signature that fails lacks %q: %s", want, out)
		}
	}
	if strings.Contains(out, "s3cret-token") {
		t.Errorf("the message holds a secret: %s", out)
	}
	t.Setenv("STANDIN_FAIL", "")
	t.Setenv("STANDIN_IDENTITY", platformWorkflows+"promote-prod.yaml@refs/heads/main")
	if out := s.run(exitFailed, "promote", "--to", "dev"); !strings.Contains(out, "Flux trusts "+platformWorkflows+"promote-dev.yaml@refs/heads/main alone") {
		t.Errorf("a signature of another identity: %s", out)
	}
	if got := s.digest(devOf + ":dev"); got != first {
		t.Errorf("dev runs %s", got)
	}
	t.Setenv("STANDIN_IDENTITY", platformWorkflows+"promote-dev.yaml@refs/heads/main")
	s.run(exitFine, "promote", "--to", "dev")
	if got := s.digest(devOf + ":dev"); got != second {
		t.Errorf("dev runs %s after the run that could sign", got)
	}
}

// TestByHandThenByPipeline: what a person promoted without a signature, the
// pipeline signs when it promotes the same again; a rollback waits for nothing.
func TestByHandThenByPipeline(t *testing.T) {
	s := signedShop(t, "promote-dev.yaml")
	digest := s.published("1.0.0")
	t.Setenv("GITHUB_ACTIONS", "")
	out := s.run(exitFine, "promote", "--to", "dev")
	if want := "gh workflow run operate.yaml --repo acme/checkout --ref main --field environment=dev --field action=promote --field release=1.0.0"; !strings.Contains(out, want) {
		t.Errorf("a promotion by hand lacks %q: %s", want, out)
	}
	if calls(t) != "" || len(attached(s.host+devOf+"@"+digest, "verify")) != 0 {
		t.Errorf("cosign ran outside of a pipeline: %s", calls(t))
	}
	t.Setenv("GITHUB_ACTIONS", "true")
	s.run(exitFine, "promote", "--to", "dev", "--release", "1.0.0")
	if len(attached(s.host+devOf+"@"+digest, "verify")) != 1 {
		t.Error("the pipeline did not sign what a person promoted")
	}
	s.published("1.1.0")
	s.run(exitFine, "promote", "--to", "dev")
	before := calls(t)
	s.run(exitFine, "rollback", "--env", "dev", "--reason", "errors")
	if calls(t) != before {
		t.Errorf("a rollback to what ran here ran cosign: %s", strings.TrimPrefix(calls(t), before))
	}
	s.published("0.9.0")
	s.run(exitFine, "rollback", "--env", "dev", "--to", "0.9.0", "--reason", "errors")
	if got := strings.TrimPrefix(calls(t), before); !strings.HasPrefix(got, "verify-attestation ") || !strings.Contains(got, "\nsign --yes ") {
		t.Errorf("a rollback to what never ran here: %s", got)
	}
}

// TestWithoutCosign: a pipeline that has no cosign says how it gets it.
func TestWithoutCosign(t *testing.T) {
	s := signedShop(t, "promote-dev.yaml")
	s.published("1.0.0")
	t.Setenv("PATH", t.TempDir())
	if out := s.run(exitFailed, "promote", "--to", "dev"); !strings.Contains(out, "cosign is not on PATH") || !strings.Contains(out, "sigstore/cosign-installer") {
		t.Errorf("%s", out)
	}
}

// TestKeyAndGitLab: with a key, and on GitLab, the provenance is checked and
// nothing is signed again.
func TestKeyAndGitLab(t *testing.T) {
	key := "-----BEGIN PUBLIC KEY-----\n      MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEawRpSzmEDSd5xpO3Kob4ucp37X+b\n      NBGbm41FAwCjaxgu9mnTBPJkIhyMClrM/CLcneRR2y7hqqXe2dTNVRVm8w==\n      -----END PUBLIC KEY-----"
	for _, c := range []struct{ name, from, to, by, flags string }{
		{
			"key", "  environments:", "  supplyChain:\n    signing: key\n    keyRef: env://KEY\n    publicKey: |\n      " + key + "\n  environments:",
			"key", "--key=env://PENSTOCK_PUBLIC_KEY --private-infrastructure",
		},
		{
			"gitlab", "github.com", "gitlab.com", "https://gitlab.com/acme/checkout//.gitlab-ci.yml@refs/heads/main",
			"--certificate-oidc-issuer=https://gitlab.com --certificate-identity=https://gitlab.com/acme/checkout//.gitlab-ci.yml@refs/heads/main",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newShop(t, c.from, c.to)
			t.Setenv("GITLAB_CI", "true")
			standIn(t, "nobody")
			s.push("1.0.0")
			ref := s.host + "/delivery/payments/checkout@" + s.digest("/delivery/payments/checkout:1.0.0")
			if err := attach(ref, "verify-attestation", c.by); err != nil {
				t.Fatal(err)
			}
			if out := s.run(exitFine, "promote", "--to", "dev"); strings.Contains(out, "gh workflow") {
				t.Errorf("it says %s", out)
			}
			if want := "verify-attestation --type=slsaprovenance1 " + c.flags + " " + ref + "\n"; calls(t) != want {
				t.Errorf("cosign ran as\n%s\nnot as\n%s", calls(t), want)
			}
		})
	}
}

// calls is how the stand-in was called, a line each.
func calls(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(os.Getenv("STANDIN_LOG"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return string(data)
}

// standIn puts a program called cosign on PATH, which is this test binary, and
// says as whom it signs.
func standIn(t *testing.T, identity string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	script := fmt.Sprintf("#!/bin/sh\nSTANDIN=cosign exec '%s' \"$@\"\n", self)
	if err := os.WriteFile(filepath.Join(dir, "cosign"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Setenv("STANDIN_LOG", filepath.Join(dir, "log"))
	t.Setenv("STANDIN_IDENTITY", identity)
	t.Setenv("STANDIN_TOKEN", "s3cret-token")
}
