package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"

	"github.com/penstock-dev/penstock/internal/release/oci"
)

// signer is who signed, as a certificate or a public key would say.
type signer struct {
	Subject    string `json:"subject,omitempty"`
	Issuer     string `json:"issuer,omitempty"`
	Repository string `json:"repository,omitempty"` // of GitHub's certificates
	Ref        string `json:"ref,omitempty"`
	Key        string `json:"key,omitempty"` // public, PEM
}

const signerKey = "dev.penstock.standin/signer"

// notFound and the like are how cosign ends.
const words = "error during command execution: "

func cosign(args []string) error {
	f, rest := flags(args[1:], "--key", "--type", "--predicate", "--certificate-identity", "--certificate-identity-regexp",
		"--certificate-oidc-issuer", "--certificate-oidc-issuer-regexp", "--certificate-github-workflow-repository", "--certificate-github-workflow-ref",
		"--output", "-o", "--output-file")
	if args[0] == "login" || args[0] == "version" || args[0] == "initialize" {
		return nil
	}
	if len(rest) != 1 {
		return fmt.Errorf("cosign %s: wants one image, has %q", args[0], rest)
	}
	repository, digest, ok := strings.Cut(rest[0], "@")
	if !ok {
		return fmt.Errorf("cosign %s %s: not a digest, which is all that should be signed", args[0], rest[0])
	}
	at := place{oci.New(oci.Options{}), repository, digest}
	switch args[0] {
	case "sign":
		payload := fmt.Appendf(nil, `{"critical":{"identity":{"docker-reference":""},"image":{"docker-manifest-digest":%q},"type":"cosign container image signature"},"optional":null}`, digest)
		return at.add(".sig", "application/vnd.dev.cosign.simplesigning.v1+json", payload, f)
	case "attest":
		return at.attest(f)
	case "verify":
		return at.verify(".sig", f)
	case "verify-attestation":
		return at.verify(".att", f)
	}
	return fmt.Errorf("cosign %s: not known to the stand-in", args[0])
}

// place is an artifact in a registry.
type place struct {
	client             *oci.Client
	repository, digest string
}

func (p place) tag(suffix string) string { return strings.Replace(p.digest, ":", "-", 1) + suffix }

func (p place) attest(f map[string]string) error {
	if f["--type"] != "slsaprovenance1" {
		return fmt.Errorf("type %q: not known to the stand-in", f["--type"])
	}
	data, err := os.ReadFile(f["--predicate"])
	if err != nil {
		return err
	}
	var predicate map[string]any
	if err := json.Unmarshal(data, &predicate); err != nil {
		return fmt.Errorf("predicate: %w", err)
	}
	for _, part := range []string{"buildDefinition", "runDetails"} {
		if predicate[part] == nil {
			return fmt.Errorf("predicate: provenance without %s", part)
		}
	}
	statement, err := json.Marshal(map[string]any{
		"_type": "https://in-toto.io/Statement/v1", "predicateType": "https://slsa.dev/provenance/v1", "predicate": predicate,
		"subject": []any{map[string]any{"name": p.repository, "digest": map[string]string{"sha256": strings.TrimPrefix(p.digest, "sha256:")}}},
	})
	if err != nil {
		return err
	}
	envelope, err := json.Marshal(map[string]string{"payloadType": "application/vnd.in-toto+json", "payload": base64.StdEncoding.EncodeToString(statement)})
	if err != nil {
		return err
	}
	return p.add(".att", "application/vnd.dsse.envelope.v1+json", envelope, f)
}

// add puts a signature beside those that are there.
func (p place) add(suffix, typ string, payload []byte, f map[string]string) error {
	ctx := context.Background()
	who, err := identity(f)
	if err != nil {
		return err
	}
	if _, _, ok, err := p.client.Manifest(ctx, p.repository, p.digest); err != nil || !ok {
		return errors.Join(fmt.Errorf("%s@%s: is not there", p.repository, p.digest), err)
	}
	text, err := json.Marshal(who)
	if err != nil {
		return err
	}
	m, _, err := p.read(suffix)
	if err != nil {
		return err
	}
	layer := describe(typ, payload)
	layer.Annotations = map[string]string{signerKey: string(text)}
	m.Layers = append(m.Layers, layer)
	config := fmt.Appendf(nil, `{"architecture":"","os":"","rootfs":{"type":"layers","diff_ids":[%s]}}`, strings.Repeat(`"`+sum(payload)+`",`, len(m.Layers)-1)+`"`+sum(payload)+`"`)
	m.SchemaVersion, m.MediaType, m.Config = 2, manifestType, describe(configType, config)
	data, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return p.client.Push(ctx, p.repository, p.tag(suffix), data, payload, config)
}

func (p place) read(suffix string) (m manifest, ok bool, err error) {
	data, _, ok, err := p.client.Manifest(context.Background(), p.repository, p.tag(suffix))
	if err != nil || !ok {
		return m, false, err
	}
	return m, true, json.Unmarshal(data, &m)
}

func (p place) verify(suffix string, f map[string]string) error {
	m, ok, err := p.read(suffix)
	if err != nil {
		return err
	}
	if !ok {
		return errors.New(words + "no signatures found")
	}
	var reasons []string
	for _, l := range m.Layers {
		var who signer
		if err := json.Unmarshal([]byte(l.Annotations[signerKey]), &who); err != nil {
			return err
		}
		payload, err := p.client.Blob(context.Background(), p.repository, l.Digest, 1<<20)
		if err != nil {
			return err
		}
		reason := who.differs(f)
		if reason == "" {
			fmt.Fprintln(os.Stderr, "The following checks were performed on each of these signatures: by the stand-in")
			fmt.Println(string(payload))
			return nil
		}
		reasons = append(reasons, reason)
	}
	kind := map[string]string{".sig": "no matching signatures: ", ".att": "no matching attestations: "}[suffix]
	return errors.New(words + kind + strings.Join(reasons, "; "))
}

// differs says in what a signer is not who is asked for; "" when it is.
func (s signer) differs(f map[string]string) string {
	if key, ok := f["--key"]; ok {
		if s.Key == "" || strings.TrimSpace(s.Key) != strings.TrimSpace(read(key)) {
			return "invalid signature when validating ASN.1 encoded signature"
		}
		return ""
	}
	if f["--certificate-identity"]+f["--certificate-identity-regexp"] == "" || f["--certificate-oidc-issuer"]+f["--certificate-oidc-issuer-regexp"] == "" {
		return "--certificate-identity and --certificate-oidc-issuer are required"
	}
	for flag, got := range map[string]string{
		"--certificate-identity": s.Subject, "--certificate-oidc-issuer": s.Issuer,
		"--certificate-github-workflow-repository": s.Repository, "--certificate-github-workflow-ref": s.Ref,
	} {
		if want, ok := f[flag]; ok && want != got {
			return fmt.Sprintf("%s: expected %q, got %q", flag, want, got)
		}
		if want, ok := f[flag+"-regexp"]; ok && !regexp.MustCompile(want).MatchString(got) {
			return fmt.Sprintf("%s: expected %q, got %q", flag, want, got)
		}
	}
	return ""
}

// identity is who calls: the holder of a key, or of a token of the CI job.
func identity(f map[string]string) (signer, error) {
	if key, ok := f["--key"]; ok {
		block, _ := pem.Decode([]byte(read(key)))
		if block == nil {
			return signer{}, fmt.Errorf("reading key %s: no PEM", key)
		}
		k, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		private, ok := k.(*ecdsa.PrivateKey)
		if err != nil || !ok {
			return signer{}, errors.Join(fmt.Errorf("reading key %s: no ECDSA key", key), err)
		}
		der, err := x509.MarshalPKIXPublicKey(&private.PublicKey)
		return signer{Key: string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))}, err
	}
	token, err := idToken()
	if err != nil {
		return signer{}, err
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return signer{}, errors.New("the token is no JWT")
	}
	body, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return signer{}, err
	}
	var c map[string]any
	if err := json.Unmarshal(body, &c); err != nil {
		return signer{}, err
	}
	if c["aud"] != "sigstore" {
		return signer{}, fmt.Errorf("fulcio takes tokens for sigstore, not for %v", c["aud"])
	}
	text := func(k string) string { s, _ := c[k].(string); return s }
	s := signer{Issuer: text("iss"), Repository: text("repository"), Ref: text("ref"), Subject: "https://github.com/" + text("job_workflow_ref")}
	if ci := text("ci_config_ref_uri"); ci != "" {
		s = signer{Issuer: text("iss"), Subject: "https://" + ci}
	}
	return s, nil
}

func idToken() (string, error) {
	if t := os.Getenv("SIGSTORE_ID_TOKEN"); t != "" {
		return t, nil
	}
	address := os.Getenv("ACTIONS_ID_TOKEN_REQUEST_URL")
	if address == "" {
		return "", errors.New("no token: the job has no id-token: write")
	}
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, address+"&audience=sigstore", nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "bearer "+os.Getenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN"))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var a struct {
		Value string `json:"value"`
	}
	return a.Value, json.NewDecoder(resp.Body).Decode(&a)
}

// read is a key: env://NAME or a file.
func read(key string) string {
	if name, ok := strings.CutPrefix(key, "env://"); ok {
		return os.Getenv(name)
	}
	data, _ := os.ReadFile(key)
	return string(data)
}
