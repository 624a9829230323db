package bundle

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

const (
	payloadType  = types.MediaType("application/vnd.dev.cosign.simplesigning.v1+json")
	signatureKey = "dev.cosignproject.cosign/signature"
)

// Key is a key pair as cosign generates it.
type Key struct{ private *ecdsa.PrivateKey }

// NewKey makes a key pair.
func NewKey() (Key, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	return Key{private}, err
}

// Public is the public half in PEM, as "cosign public-key" prints it.
func (k Key) Public() (string, error) {
	data, err := x509.MarshalPKIXPublicKey(&k.private.PublicKey)
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: data})), err
}

// bundleType is the media type of what cosign 3 signs with.
const bundleType types.MediaType = "application/vnd.dev.sigstore.bundle.v0.3+json"

// Attach puts a Sigstore bundle beside a manifest, as what refers to it, where cosign 3 puts and looks for them.
func (r Registry) Attach(ctx context.Context, repository, digest string, data []byte) error {
	subject, err := name.NewDigest(r.Host+"/"+repository+"@"+digest, name.Insecure)
	if err != nil {
		return err
	}
	descriptor, err := remote.Head(subject, r.options(ctx)...)
	if err != nil {
		return err
	}
	img, err := mutate.Append(mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), bundleType),
		mutate.Addendum{Layer: static.NewLayer(data, bundleType)})
	if err != nil {
		return err
	}
	refers, ok := mutate.Subject(img, *descriptor).(v1.Image)
	if !ok {
		return fmt.Errorf("%s: referring made no image", subject)
	}
	id, err := refers.Digest()
	if err != nil {
		return err
	}
	return remote.Write(subject.Context().Digest(id.String()), refers, r.options(ctx)...)
}

// Sign puts a signature of the manifest digest beside it, in the tag where cosign looks for signatures.
func (r Registry) Sign(ctx context.Context, repository, digest string, key Key) error {
	payload, err := json.Marshal(map[string]any{
		"critical": map[string]any{
			"identity": map[string]string{"docker-reference": r.Host + "/" + repository},
			"image":    map[string]string{"docker-manifest-digest": digest},
			"type":     "cosign container image signature",
		},
		"optional": nil,
	})
	if err != nil {
		return err
	}
	sum := sha256.Sum256(payload)
	signature, err := ecdsa.SignASN1(rand.Reader, key.private, sum[:])
	if err != nil {
		return err
	}
	img, err := mutate.Append(mutate.MediaType(empty.Image, types.OCIManifestSchema1), mutate.Addendum{
		Layer:       static.NewLayer(payload, payloadType),
		Annotations: map[string]string{signatureKey: base64.StdEncoding.EncodeToString(signature)},
	})
	if err != nil {
		return err
	}
	ref, err := r.ref(repository, strings.Replace(digest, ":", "-", 1)+".sig")
	if err != nil {
		return err
	}
	return remote.Write(ref, mutate.ConfigMediaType(img, types.OCIConfigJSON), r.options(ctx)...)
}
