package forge

import (
	"strconv"
	"strings"
)

// Signer is who signs: one certificate identity, or one key.
type Signer struct {
	// Issuer and Subject are a certificate's, exactly; empty with a key.
	Issuer, Subject string
	// For is, in words, what the job ran for, and More are cosign's flags that
	// demand it; empty where the subject says it all.
	For  string
	More []string
	// PublicKey is PEM; empty without a key.
	PublicKey string
}

// Flags are the flags that make cosign accept this identity and no other; key
// is where cosign finds the public key, if there is one.
func (i Signer) Flags(key string) []string {
	if i.PublicKey != "" {
		// The key is all the trust there is, as in Flux: no transparency log is
		// asked, so that it works where nothing reaches Sigstore.
		return []string{"--key=" + key, "--private-infrastructure"}
	}
	return append([]string{"--certificate-oidc-issuer=" + i.Issuer, "--certificate-identity=" + i.Subject}, i.More...)
}

// String names the identity for people.
func (i Signer) String() string {
	switch {
	case i.PublicKey != "":
		return "the key in spec.supplyChain.publicKey"
	case i.For != "":
		return i.Subject + " for " + i.For
	default:
		return i.Subject
	}
}

// Validation is a CEL expression over a token's claims, and what is wrong when
// it does not hold.
type Validation struct{ Expression, Message string }

// CEL writes a string as a literal of CEL, which knows Go's escapes.
func CEL(s string) string {
	q := strconv.Quote(s)
	return "'" + strings.ReplaceAll(q[1:len(q)-1], "'", `\'`) + "'"
}
