package bundle

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

func TestPushWritesWhatFluxPullsAndTheSameFolderTwiceIsTheSameBundle(t *testing.T) {
	r := server(t)
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "overlays", "dev"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "overlays", "dev", "a.yaml"), []byte("a: 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	from := Source{URL: "https://git.example/app", Revision: "main@sha1:abc"}
	first, err := r.Push(t.Context(), "team/app", "1.0.0", dir, from)
	if err != nil {
		t.Fatal(err)
	}
	second, err := r.Push(t.Context(), "team/app", "1.0.1", dir, from)
	if err != nil || second != first {
		t.Errorf("the second push: %s, %v, want %s", second, err, first)
	}
	manifest := pull(t, r, "team/app@"+first)
	if manifest.Config.MediaType != configType || len(manifest.Layers) != 1 || manifest.Layers[0].MediaType != layerType {
		t.Errorf("config %s, layers %v", manifest.Config.MediaType, manifest.Layers)
	}
	if got := manifest.Annotations["org.opencontainers.image.revision"]; got != from.Revision {
		t.Errorf("revision %q", got)
	}
	if err := r.Tag(t.Context(), "team/app", first, "prod"); err != nil {
		t.Fatal(err)
	}
	if err := r.Tag(t.Context(), "team/app", "1.0.0", "dev"); err != nil {
		t.Fatal(err)
	}
}

func TestSignPutsASignatureOfTheDigestWhereCosignLooks(t *testing.T) {
	r := server(t)
	digest, err := r.Push(t.Context(), "team/app", "1.0.0", t.TempDir(), Source{})
	if err != nil {
		t.Fatal(err)
	}
	key, err := NewKey()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Sign(t.Context(), "team/app", digest, key); err != nil {
		t.Fatal(err)
	}
	ref := "team/app:" + strings.Replace(digest, ":", "-", 1) + ".sig"
	layer := pull(t, r, ref).Layers[0]
	signature, err := base64.StdEncoding.DecodeString(layer.Annotations[signatureKey])
	if err != nil {
		t.Fatal(err)
	}
	blob, err := name.NewDigest(r.Host+"/team/app@"+layer.Digest.String(), name.Insecure)
	if err != nil {
		t.Fatal(err)
	}
	stored, err := remote.Layer(blob, r.options(t.Context())...)
	if err != nil {
		t.Fatal(err)
	}
	reader, err := stored.Compressed()
	if err != nil {
		t.Fatal(err)
	}
	payload, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(payload)
	if !strings.Contains(string(payload), digest) || !ecdsa.VerifyASN1(&key.private.PublicKey, sum[:], signature) {
		t.Errorf("no signature of %s: %s", digest, payload)
	}
}

func server(t *testing.T) Registry {
	t.Helper()
	s := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	t.Cleanup(s.Close)
	return Registry{Host: strings.TrimPrefix(s.URL, "http://")}
}

func pull(t *testing.T, r Registry, ref string) *v1.Manifest {
	t.Helper()
	parsed, err := name.ParseReference(r.Host+"/"+ref, name.Insecure)
	if err != nil {
		t.Fatal(err)
	}
	img, err := remote.Image(parsed, r.options(t.Context())...)
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := img.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	return manifest
}
