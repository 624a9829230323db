package model

import (
	"regexp"
	"strings"
)

// PublicKeySecret is the name of the Secret, in each team's namespace, with
// the public key that signatures are verified with.
const PublicKeySecret = "cosign-public-key"

// PublishWorkflow is the file, below .github/workflows of the platform
// repository, that builds, signs and attests releases.
const PublishWorkflow = "publish.yaml"

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

// Identity is who signs: one certificate identity, or one key.
type Identity struct {
	// Issuer and Subject are a certificate's, exactly; empty with a key.
	Issuer, Subject string
	// Repository and Ref are what a reusable workflow of GitHub ran for:
	// "owner/name" and "refs/heads/main". Empty where the subject says it all.
	Repository, Ref string
	// PublicKey is PEM; empty without a key.
	PublicKey string
}

// Flags are the flags that make cosign accept this identity and no other; key
// is where cosign finds the public key, if there is one.
func (i Identity) Flags(key string) []string {
	if i.PublicKey != "" {
		// The key is all the trust there is, as in Flux: no transparency log is
		// asked, so that it works where nothing reaches Sigstore.
		return []string{"--key=" + key, "--private-infrastructure"}
	}
	flags := []string{"--certificate-oidc-issuer=" + i.Issuer, "--certificate-identity=" + i.Subject}
	if i.Repository != "" {
		flags = append(flags, "--certificate-github-workflow-repository="+i.Repository, "--certificate-github-workflow-ref="+i.Ref)
	}
	return flags
}

// String names the identity for people.
func (i Identity) String() string {
	switch {
	case i.PublicKey != "":
		return "the key in spec.supplyChain.publicKey"
	case i.Repository != "":
		return i.Subject + " for " + i.Repository + " at " + i.Ref
	default:
		return i.Subject
	}
}

// PromoteWorkflow is the file, below .github/workflows of the platform
// repository, whose certificate an environment trusts. The workflow and the
// trust are made from this one name.
func (e *Env) PromoteWorkflow() string { return "promote-" + e.Name + ".yaml" }

// PublishIdentity is who signs and attests an app's releases; nil when nobody
// does. On GitHub all apps share one workflow, and the certificate also names
// the repository that it ran for.
func (m *Model) PublishIdentity(a *App) *Identity {
	switch {
	case m.SupplyChain.Signing == "none":
		return nil
	case m.SupplyChain.Signing == "key":
		return &Identity{PublicKey: m.SupplyChain.PublicKey}
	case !m.SignsPerEnv():
		return &Identity{Issuer: m.TokenIssuer(), Subject: a.Git.Web + "//.gitlab-ci.yml@refs/heads/" + a.Git.Branch}
	}
	id := m.workflow(PublishWorkflow)
	id.Repository, id.Ref = a.Git.Slug, "refs/heads/"+a.Git.Branch
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

// Signatures says, as Markdown, what is signed by whom; "" when nothing is.
func (m *Model) Signatures() string {
	const attests = ", and attests from which commit and by which job it was built. A promotion checks that before it copies anything"
	switch {
	case !m.HasOCI() || m.SupplyChain.Signing == "none":
		return ""
	case m.SupplyChain.Signing == "key":
		return "CI signs each release once, with " + MarkdownCode(m.SupplyChain.KeyRef) + attests + ". Flux checks the signature with the same key in each environment."
	case m.SignsPerEnv():
		return "CI signs each release once, as `" + PublishWorkflow + "` of the platform repository" + attests +
			", and signs what it copied as `promote-<environment>.yaml`. Flux in that environment trusts this one alone."
	default:
		return "CI signs each release once, as the pipeline of the app's own branch" + attests + ". Flux trusts the same signature in each environment."
	}
}

// PublicKey is the PEM that signatures are verified with; "" without a key.
func (m *Model) PublicKey() string { return strings.TrimSpace(m.SupplyChain.PublicKey) }

// workflow is the identity of a reusable workflow of the platform repository.
// The subject is the called workflow, whoever calls it: see
// docs.sigstore.dev/certificate_authority/oidc-in-fulcio.
func (m *Model) workflow(file string) Identity {
	p := m.Platform.Git
	return Identity{Issuer: m.TokenIssuer(), Subject: p.Web + "/.github/workflows/" + file + "@refs/heads/" + p.Branch}
}

func (m *Model) verify(app *App, env *Env) *Verify {
	id := m.PublishIdentity(app)
	if id == nil {
		return nil
	}
	if id.PublicKey != "" {
		return &Verify{by: *id, http: m.Registry.Insecure}
	}
	if m.SignsPerEnv() {
		*id = m.workflow(env.PromoteWorkflow())
	}
	return &Verify{Keyless: true, Issuer: exactly(id.Issuer), Subject: exactly(id.Subject), by: *id, http: m.Registry.Insecure}
}

func exactly(s string) string { return "^" + regexp.QuoteMeta(s) + "$" }
