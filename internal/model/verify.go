package model

import "regexp"

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

	issuer, identity string // what the expressions match
}

// PromoteWorkflow is the file, below .github/workflows of the platform
// repository, whose certificate an environment trusts. The workflow and the
// trust are made from this one name.
func (e *Env) PromoteWorkflow() string { return "promote-" + e.Name + ".yaml" }

func (m *Model) verify(app *App, env *Env) *Verify {
	switch m.SupplyChain.Signing {
	case "none":
		return nil
	case "key":
		return &Verify{}
	}
	issuer, subject := "https://gitlab.com", app.Git.Web+"//.gitlab-ci.yml@refs/heads/"+app.Git.Branch
	if m.CI.Provider == "github-actions" {
		// With a reusable workflow the subject is the called workflow:
		// facts on Fulcio's certificates, docs.sigstore.dev/certificate_authority/oidc-in-fulcio.
		issuer = "https://token.actions.githubusercontent.com"
		p := m.Platform.Git
		subject = p.Web + "/.github/workflows/" + env.PromoteWorkflow() + "@refs/heads/" + p.Branch
	}
	return &Verify{Keyless: true, Issuer: exactly(issuer), Subject: exactly(subject), issuer: issuer, identity: subject}
}

func exactly(s string) string { return "^" + regexp.QuoteMeta(s) + "$" }
