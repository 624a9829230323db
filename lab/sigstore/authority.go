package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/binary"
	"encoding/hex"
	"math/big"
	"net/url"
	"time"

	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/testing/ca"
)

// authority issues certificates as Fulcio does for a CI job: the identity as a URI, the issuer, and the promise of a certificate
// transparency log in it.
type authority struct {
	root     *x509.Certificate
	key, log *ecdsa.PrivateKey
}

func newAuthority() (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	log, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "lab", Organization: []string{"lab"}},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, BasicConstraintsValid: true, IsCA: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParseCertificate(der)
	return &authority{parsed, key, log}, err
}

// issue makes a certificate for ten minutes.
func (a *authority) issue(issuer, identity string, key *ecdsa.PublicKey) (*x509.Certificate, error) {
	uri, err := url.Parse(identity)
	if err != nil {
		return nil, err
	}
	name, err := asn1.MarshalWithParams(issuer, "utf8")
	if err != nil {
		return nil, err
	}
	oid := func(n int) asn1.ObjectIdentifier { return asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 57264, 1, n} }
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), URIs: []*url.URL{uri},
		NotBefore: time.Now().Add(-time.Minute), NotAfter: time.Now().Add(9 * time.Minute),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning},
		ExtraExtensions: []pkix.Extension{{Id: oid(1), Value: []byte(issuer)}, {Id: oid(8), Value: name}},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.root, key, a.key)
	if err != nil {
		return nil, err
	}
	before, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	promise, err := a.promise(before.RawTBSCertificate)
	if err != nil {
		return nil, err
	}
	template.ExtraExtensions = append(template.ExtraExtensions, pkix.Extension{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 2}, Value: promise})
	if der, err = x509.CreateCertificate(rand.Reader, template, a.root, key, a.key); err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// promise is the extension with the signed timestamp of RFC 6962 for a certificate without it.
func (a *authority) promise(tbs []byte) ([]byte, error) {
	id, err := keyID(&a.log.PublicKey)
	if err != nil {
		return nil, err
	}
	at := binary.BigEndian.AppendUint64(nil, uint64(time.Now().UnixMilli()))
	signed := append([]byte{0, 0}, at...) // version 1, a certificate's timestamp
	issuer := sha256.Sum256(a.root.RawSubjectPublicKeyInfo)
	signed = append(append(signed, 0, 1), issuer[:]...) // of a certificate to be
	signed = append(append(signed, byte(len(tbs)>>16), byte(len(tbs)>>8), byte(len(tbs))), tbs...)
	sum := sha256.Sum256(append(signed, 0, 0))
	signature, err := ecdsa.SignASN1(rand.Reader, a.log, sum[:])
	if err != nil {
		return nil, err
	}
	sct := append(append([]byte{0}, id...), at...)
	sct = append(sct, 0, 0, 4, 3) // no extensions; SHA-256, ECDSA
	sct = append(binary.BigEndian.AppendUint16(sct, uint16(len(signature))), signature...)
	list := append(binary.BigEndian.AppendUint16(nil, uint16(len(sct))), sct...)
	return asn1.Marshal(append(binary.BigEndian.AppendUint16(nil, uint16(len(list))), list...))
}

// trustedRoot is what verifiers trust: this authority, its log, and the transparency log of signatures.
func (a *authority) trustedRoot(log *ca.VirtualSigstore) ([]byte, error) {
	id, err := keyID(&a.log.PublicKey)
	if err != nil {
		return nil, err
	}
	begin, end := time.Now().Add(-time.Hour), time.Now().Add(24*time.Hour)
	rekor := log.RekorLogs()
	for _, l := range rekor {
		l.BaseURL = "https://rekor.invalid"
		if raw, err := hex.DecodeString(string(l.ID)); err == nil {
			l.ID = raw
		}
	}
	trusted, err := root.NewTrustedRoot(root.TrustedRootMediaType01,
		[]root.CertificateAuthority{&root.FulcioCertificateAuthority{
			Root: a.root, URI: "https://fulcio.invalid", ValidityPeriodStart: begin, ValidityPeriodEnd: end,
		}},
		map[string]*root.TransparencyLog{hex.EncodeToString(id): {
			BaseURL: "https://ctfe.invalid", ID: id, ValidityPeriodStart: begin, ValidityPeriodEnd: end,
			HashFunc: crypto.SHA256, PublicKey: &a.log.PublicKey, SignatureHashFunc: crypto.SHA256,
		}}, nil, rekor)
	if err != nil {
		return nil, err
	}
	return trusted.MarshalJSON()
}

func keyID(key *ecdsa.PublicKey) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	sum := sha256.Sum256(der)
	return sum[:], err
}
