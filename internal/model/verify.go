package model

import (
	"regexp"
	"strings"

	"github.com/penstock-dev/penstock/internal/forge"
)

// PublicKeySecret is the name of the Secret, in each team's namespace, with
// the public key that signatures are verified with.
const PublicKeySecret = "cosign-public-key"

// Verify says whose signature an environment's source must carry.
type Verify struct {
	Keyless bool
	// Issuer and Subject are Go regular expressions, anchored at both ends,
	// that match one certificate identity each. Empty unless Keyless.
	Issuer  string
	Subject string

	by   Identity // what the expressions match
	http bool     // the registry has no TLS
}

// Identity is who signs.
type Identity = forge.Signer

// PublishIdentity is who signs and attests an app's releases; nil when nobody
// does.
func (m *Model) PublishIdentity(a *App) *Identity {
	switch {
	case m.SupplyChain.Signing == "none":
		return nil
	case m.SupplyChain.Signing == "key":
		return &Identity{PublicKey: m.SupplyChain.PublicKey}
	}
	id := m.Forge.Tokened.Publisher(m.Site, a.Git)
	return &id
}

// PromoteIdentity is who must have signed what an environment runs of an app;
// nil when nobody.
func (m *Model) PromoteIdentity(a *AppEnv) *Identity {
	if a.Verify == nil {
		return nil
	}
	return &a.Verify.by
}

// PublicKey is the PEM that signatures are verified with; "" without a key.
func (m *Model) PublicKey() string { return strings.TrimSpace(m.SupplyChain.PublicKey) }

func (m *Model) verify(app *App, env *Env) *Verify {
	id := m.PublishIdentity(app)
	if id == nil {
		return nil
	}
	if id.PublicKey != "" {
		return &Verify{by: *id, http: m.Registry.Insecure}
	}
	if m.SignsPerEnv() {
		*id = m.Forge.Tokened.Promoter(m.Site, &env.Env)
	}
	return &Verify{Keyless: true, Issuer: exactly(id.Issuer), Subject: exactly(id.Subject), by: *id, http: m.Registry.Insecure}
}

func exactly(s string) string { return "^" + regexp.QuoteMeta(s) + "$" }
