package cosign

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/model"
	_ "github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

const ref = "registry.acme.example/payments/checkout@sha256:0123"

// says puts a cosign on PATH that prints text, keeps its arguments and ends
// with a code.
func says(t *testing.T, text, code string) (arguments func() string) {
	t.Helper()
	dir := t.TempDir()
	script := "#!/bin/sh\nprintf '%s' \"$*|$PENSTOCK_PUBLIC_KEY\" >\"$COSIGN_ARGS\"\nprintf '%s' \"$COSIGN_SAYS\" >&2\nexit " + code + "\n"
	if err := os.WriteFile(filepath.Join(dir, "cosign"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	log := filepath.Join(dir, "args")
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Setenv("COSIGN_SAYS", text)
	t.Setenv("COSIGN_ARGS", log)
	return func() string {
		data, err := os.ReadFile(log)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
}

func TestArguments(t *testing.T) {
	key := model.Identity{PublicKey: "PEM"}
	github := model.Identity{Issuer: "https://i", Subject: "https://s", For: "acme/checkout at main", More: []string{"--certificate-github-workflow-repository=acme/checkout", "--certificate-github-workflow-ref=refs/heads/main"}}
	for _, c := range []struct {
		name string
		do   func() error
		want string
	}{
		{"sign", func() error { return Client{}.Sign(t.Context(), ref) }, "sign --yes REF|"},
		{"sign over HTTP", func() error { return Client{HTTP: true}.Sign(t.Context(), ref) }, "sign --yes --allow-http-registry REF|"},
		{
			"provenance, key", func() error { return Client{}.VerifyAttestation(t.Context(), ref, key) },
			"verify-attestation --type=slsaprovenance1 --key=env://PENSTOCK_PUBLIC_KEY --private-infrastructure REF|PEM",
		},
		{
			"provenance, GitHub", func() error { return Client{}.VerifyAttestation(t.Context(), ref, github) },
			"verify-attestation --type=slsaprovenance1 --certificate-oidc-issuer=https://i --certificate-identity=https://s " +
				"--certificate-github-workflow-repository=acme/checkout --certificate-github-workflow-ref=refs/heads/main REF|",
		},
		{
			"signature", func() error {
				return Client{}.Verify(t.Context(), ref, model.Identity{Issuer: "https://i", Subject: "https://s"})
			},
			"verify --certificate-oidc-issuer=https://i --certificate-identity=https://s REF|",
		},
	} {
		arguments := says(t, "", "0")
		if err := c.do(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if got := strings.Replace(arguments(), ref, "REF", 1); got != c.want {
			t.Errorf("%s:\n%s, not\n%s", c.name, got, c.want)
		}
	}
}

// TestVerdict reads the words of cosign 3.0.6: what is refused, and what is a
// fault that another try may mend.
func TestVerdict(t *testing.T) {
	const none, other, fault = "none", "other", "fault"
	for said, want := range map[string]string{
		"no matching attestations: ":                                   none,
		"no matching attestations: no valid bundles exist in registry": none,
		"no signatures found":                                          none,
		"none of the attestations matched the predicate type: slsaprovenance1, found: https://sigstore.dev/cosign/sign/v1":         none,
		"no matching attestations: failed to verify certificate identity: no matching CertificateIdentity found, last error: x":    other,
		"no matching signatures: none of the expected identities matched what was in the certificate, got subjects [x]":            other,
		"no matching attestations: could not verify envelope: accepted signatures do not match threshold, Found: 0, Expected 1":    other,
		"Get \"https://registry.acme.example/v2/\": dial tcp: connection refused":                                                  fault,
		"GET https://registry.acme.example/v2/payments/checkout/manifests/x: UNAUTHORIZED: authentication required; [map[x:y]]":    fault,
		"setting trusted material: getting trusted root: updating local metadata and targets: error updating to TUF remote mirror": fault,
	} {
		says(t, "Error: "+said+"\n2026/11/22 12:00:00 error during command execution: "+said+"\n", "1")
		err := Client{}.VerifyAttestation(t.Context(), ref, model.Identity{Subject: "https://s"})
		u, refused := errors.AsType[*Unproven](err)
		got := fault
		if refused {
			got = other
			if u.Said == "" {
				got = none
			}
		}
		if got != want || !strings.Contains(err.Error(), ref) {
			t.Errorf("%q: %s: %v", said, got, err)
		}
	}
}

func TestNoSecrets(t *testing.T) {
	t.Setenv("REGISTRY_PASSWORD", "hunter2hunter2")
	const token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln"
	says(t, "error during command execution: GET https://ada:pw@registry.acme.example/token?scope=x&account=secret: "+token+" hunter2hunter2\nrefused", "1")
	err := Client{}.Sign(t.Context(), ref)
	for _, secret := range []string{"hunter2", token, "ada:pw", "account=", "\n"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("holds %q: %v", secret, err)
		}
	}
	if !strings.Contains(err.Error(), "https://registry.acme.example/token *** *** refused") {
		t.Error(err)
	}
}

func TestNoCosign(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if err := (Client{}).Sign(t.Context(), ref); err == nil || !strings.Contains(err.Error(), "not on PATH") {
		t.Error(err)
	}
}

func TestCancelled(t *testing.T) {
	says(t, "", "0")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := (Client{}).Sign(ctx, ref); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
