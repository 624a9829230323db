package model

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/penstock-dev/penstock/internal/forge"
)

// Receiver is a Flux Receiver of type generic-oidc: CI calls it with a token
// about itself, and Flux looks at a source at once.
type Receiver struct {
	Name      string
	Namespace string
	// Kind and Source name the one source, in the Receiver's namespace, that a
	// call makes Flux look at.
	Kind   string
	Source string
	// Issuer and Audience are what the token must say exactly.
	Issuer      string
	Audience    string
	Validations []forge.Validation // all must hold
}

// Path is where the Receiver is called, below a cluster's webhook URL. It is no
// secret: notification-controller derives it from the names alone, because a
// Receiver of this type has no token of its own (GetWebhookPath in its API).
func (r *Receiver) Path() string {
	sum := sha256.Sum256([]byte(r.Name + r.Namespace))
	return "/hook/" + hex.EncodeToString(sum[:])
}

// HasReceiver reports whether CI calls clusters after it moved this
// environment's tag of the app.
func (a *AppEnv) HasReceiver() bool { return a.Receiver != nil }

// ReceiverPath is Receiver.Path of the app's Receiver; "" when it has none.
func (a *AppEnv) ReceiverPath() string {
	if a.Receiver == nil {
		return ""
	}
	return a.Receiver.Path()
}

// ReceiverAudience is the audience of the tokens that CI calls Receivers with.
func (m *Model) ReceiverAudience() string { return "penstock-" + m.Name }

// Webhooks lists the clusters of an environment that CI calls, by name.
func (m *Model) Webhooks(e *Env) []*Cluster {
	if m.CI.Notify != "receiver" {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(e.Clusters), func(c *Cluster) bool { return c.Webhook == "" })
}

// PlatformWebhooks lists the clusters, by name, that CI calls when the platform
// repository changed: those whose environment Git pins.
func (m *Model) PlatformWebhooks() []*Cluster {
	var list []*Cluster
	for _, c := range m.Clusters {
		if c.Env.Pinned && slices.Contains(m.Webhooks(c.Env), c) {
			list = append(list, c)
		}
	}
	return list
}

// PlatformReceiver is the Receiver of the platform repository's own source on
// each of PlatformWebhooks.
func (m *Model) PlatformReceiver() *Receiver {
	const name = "flux-system" // of the source, whatever Flux's namespace is
	return &Receiver{
		Name: name, Namespace: m.Flux.Namespace, Kind: "GitRepository", Source: name,
		Issuer: m.TokenIssuer(), Audience: m.ReceiverAudience(), Validations: m.Forge.Tokened.Caller(m.Site, m.Platform.Git, nil),
	}
}

// receiver is the app's Receiver in an environment; nil where CI calls nobody.
func (m *Model) receiver(a *App, e *Env) *Receiver {
	if !a.OCI || e.Pinned || len(m.Webhooks(e)) == 0 || !m.Here(a) {
		return nil
	}
	return &Receiver{
		Name: a.Name, Namespace: a.Team.Name, Kind: "OCIRepository", Source: a.Name,
		Issuer: m.TokenIssuer(), Audience: m.ReceiverAudience(), Validations: m.Forge.Tokened.Caller(m.Site, a.Git, &e.Env),
	}
}

// TokenIssuer is who issues the tokens that CI jobs say who they are with.
func (m *Model) TokenIssuer() string { return m.Forge.Tokened.Issuer(m.Platform.Git.Root()) }
