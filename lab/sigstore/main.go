// Command sigstore is a Sigstore of one run: a certificate authority, a certificate transparency log and a transparency log with keys
// that nobody else has. In: a folder, the digest of a manifest, and pairs of an issuer and an identity that sign it. Out, in the folder:
// trusted_root.json, and bundle-N.json for pair N, as "cosign sign" stores it beside the manifest.
package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"
	protobundle "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	protocommon "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	protodsse "github.com/sigstore/protobuf-specs/gen/pb-go/dsse"
	protorekor "github.com/sigstore/protobuf-specs/gen/pb-go/rekor/v1"
	"github.com/sigstore/sigstore-go/pkg/testing/ca"
	"github.com/sigstore/sigstore-go/pkg/tlog"
	"github.com/sigstore/sigstore/pkg/signature"
	sigdsse "github.com/sigstore/sigstore/pkg/signature/dsse"
	"google.golang.org/protobuf/encoding/protojson"
)

func main() {
	if len(os.Args) < 5 || len(os.Args)%2 == 0 {
		fmt.Fprintln(os.Stderr, "usage: sigstore FOLDER DIGEST ISSUER IDENTITY...")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(dir, digest string, pairs []string) error {
	log, err := ca.NewVirtualSigstore()
	if err != nil {
		return err
	}
	fulcio, err := newAuthority()
	if err != nil {
		return err
	}
	root, err := fulcio.trustedRoot(log)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "trusted_root.json"), root, 0o644); err != nil {
		return err
	}
	for i := 0; i < len(pairs); i += 2 {
		bundle, err := sign(log, fulcio, pairs[i], pairs[i+1], digest)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("bundle-%d.json", i/2)), bundle, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// sign makes the bundle that an identity signs a digest with.
func sign(log *ca.VirtualSigstore, fulcio *authority, issuer, identity, digest string) ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	leaf, err := fulcio.issue(issuer, identity, &key.PublicKey)
	if err != nil {
		return nil, err
	}
	statement, err := json.Marshal(map[string]any{
		"_type": "https://in-toto.io/Statement/v1", "predicateType": "https://sigstore.dev/cosign/sign/v1", "predicate": map[string]any{},
		"subject": []any{map[string]any{"digest": map[string]string{"sha256": strings.TrimPrefix(digest, "sha256:")}}},
	})
	if err != nil {
		return nil, err
	}
	signer, err := signature.LoadDefaultSigner(key)
	if err != nil {
		return nil, err
	}
	enveloper, err := dsse.NewEnvelopeSigner(&sigdsse.SignerAdapter{SignatureSigner: signer, Pub: leaf.PublicKey})
	if err != nil {
		return nil, err
	}
	envelope, err := enveloper.SignPayload(context.Background(), "application/vnd.in-toto+json", statement)
	if err != nil {
		return nil, err
	}
	sig, err := base64.StdEncoding.DecodeString(envelope.Signatures[0].Sig)
	if err != nil {
		return nil, err
	}
	entry, err := log.GenerateTlogEntry(leaf, envelope, sig, time.Now().Unix(), true)
	if err != nil {
		return nil, err
	}
	stored, err := complete(log, entry.TransparencyLogEntry())
	if err != nil {
		return nil, err
	}
	return marshal(leaf, statement, sig, stored)
}

// complete adds to an entry of the log what only a real one's answer has: its kind, and the promise with its time.
func complete(log *ca.VirtualSigstore, entry *protorekor.TransparencyLogEntry) (*protorekor.TransparencyLogEntry, error) {
	var body struct{ Kind, APIVersion string }
	if err := json.Unmarshal(entry.CanonicalizedBody, &body); err != nil {
		return nil, err
	}
	entry.KindVersion = &protorekor.KindVersion{Kind: body.Kind, Version: body.APIVersion}
	promise, err := log.RekorSignPayload(tlog.RekorPayload{
		Body: base64.StdEncoding.EncodeToString(entry.CanonicalizedBody), IntegratedTime: entry.IntegratedTime, LogIndex: entry.LogIndex,
		LogID: hex.EncodeToString(entry.LogId.KeyId),
	})
	entry.InclusionPromise = &protorekor.InclusionPromise{SignedEntryTimestamp: promise}
	return entry, err
}

func marshal(leaf *x509.Certificate, statement, sig []byte, entry *protorekor.TransparencyLogEntry) ([]byte, error) {
	return protojson.Marshal(&protobundle.Bundle{
		MediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
		VerificationMaterial: &protobundle.VerificationMaterial{
			Content:     &protobundle.VerificationMaterial_Certificate{Certificate: &protocommon.X509Certificate{RawBytes: leaf.Raw}},
			TlogEntries: []*protorekor.TransparencyLogEntry{entry},
		},
		Content: &protobundle.Bundle_DsseEnvelope{DsseEnvelope: &protodsse.Envelope{
			Payload: statement, PayloadType: "application/vnd.in-toto+json", Signatures: []*protodsse.Signature{{Sig: sig}},
		}},
	})
}
