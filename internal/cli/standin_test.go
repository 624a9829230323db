package cli

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// TestMain is also cosign, for tests that put it on PATH: see standIn.
func TestMain(m *testing.M) {
	if os.Getenv("STANDIN") == "cosign" {
		os.Unsetenv("STANDIN")
		os.Exit(cosignStandIn(os.Args[1:]))
	}
	for _, name := range []string{"GITHUB_ACTIONS", "GITLAB_CI"} {
		os.Unsetenv(name) // the tests are about a person's own machine, unless they say so
	}
	code := m.Run()
	_ = os.RemoveAll(built.dir)
	os.Exit(code)
}

// cosignStandIn does what cosign 3 does with a registry, without cryptography:
// a signature and an attestation are referrers that say by whom they are. Its
// words are cosign's own.
func cosignStandIn(args []string) int {
	log, err := os.OpenFile(os.Getenv("STANDIN_LOG"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err == nil {
		_, err = fmt.Fprintln(log, strings.Join(args, " "))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 9
	}
	said := ""
	verb, ref := args[0], args[len(args)-1]
	switch {
	case os.Getenv("STANDIN_FAIL") == verb:
		said = "signing bundle: getting signer: 500 from https://fulcio.example/api?token=" + os.Getenv("STANDIN_TOKEN")
	case verb == "sign":
		if err := attach(ref, "verify", os.Getenv("STANDIN_IDENTITY")); err != nil {
			said = err.Error()
		}
	default:
		said = verify(verb, ref, wanted(args))
	}
	if said == "" {
		return 0
	}
	fmt.Fprintf(os.Stderr, "Error: %s\n2026/11/22 12:00:00 error during command execution: %s\n", said, said)
	return 1
}

func wanted(args []string) string {
	var parts []string
	for _, flag := range []string{"--certificate-identity=", "--certificate-github-workflow-repository=", "--certificate-github-workflow-ref="} {
		for _, a := range args {
			if value, ok := strings.CutPrefix(a, flag); ok {
				parts = append(parts, value)
			}
		}
	}
	return cmp.Or(strings.Join(parts, " "), "key")
}

func verify(verb, ref, want string) (said string) {
	kind := map[string]string{"verify": "signatures", "verify-attestation": "attestations"}[verb]
	list := attached(ref, verb)
	if slices.Contains(list, want) {
		return ""
	}
	switch {
	case len(list) > 0:
		return "no matching " + kind + ": failed to verify certificate identity: no matching CertificateIdentity found, last error: expected " + want + ", got " + list[0]
	case kind == "signatures":
		return "no signatures found"
	default:
		return "no matching attestations: "
	}
}

// attach stores a referrer for "repository@digest" that says what it is for and
// by whom it is.
func attach(ref, of, by string) error {
	digest, err := name.NewDigest(ref)
	if err != nil {
		return err
	}
	subject, err := remote.Head(digest)
	if err != nil {
		return err
	}
	image := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), "application/vnd.dev.sigstore.bundle.v0.3+json")
	image = mutate.Annotations(image, map[string]string{"of": of, "by": by}).(v1.Image)
	image = mutate.Subject(image, *subject).(v1.Image)
	d, err := image.Digest()
	if err != nil {
		return err
	}
	return remote.Write(digest.Context().Digest(d.String()), image)
}

// attached lists by whom the referrers of a kind are.
func attached(ref, of string) []string {
	digest, err := name.NewDigest(ref)
	if err != nil {
		return nil
	}
	index, err := remote.Referrers(digest)
	if err != nil {
		return nil
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		return nil
	}
	var by []string
	for _, m := range manifest.Manifests {
		image, err := remote.Image(digest.Context().Digest(m.Digest.String()))
		if err != nil {
			continue
		}
		if parsed, err := image.Manifest(); err == nil && parsed.Annotations["of"] == of {
			by = append(by, parsed.Annotations["by"])
		}
	}
	return by
}
