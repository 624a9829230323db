package model

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
)

// NotifyWorkflow is the file, below .github/workflows of the platform
// repository, that calls the Receivers of clusters whose releases Git pins.
const NotifyWorkflow = "notify.yaml"

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
	Validations []Validation // all must hold
}

// Validation is a CEL expression over a token's claims, and what is wrong when
// it does not hold.
type Validation struct{ Expression, Message string }

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

// Calls says, as Markdown, when CI calls clusters; "" where it calls nobody.
func (m *Model) Calls() string {
	if !m.HasOCI() || !slices.ContainsFunc(m.Envs, func(e *Env) bool { return len(m.Webhooks(e)) > 0 }) {
		return ""
	}
	after := "it has moved an environment's tag"
	switch {
	case m.pins() && m.Floating():
		after += ", or this repository's pins have changed"
	case m.pins():
		after = "this repository's pins have changed"
	}
	return "When " + after + ", CI calls the clusters there that have a `webhook`, and Flux looks at once. A call that fails loses nothing: Flux looks at each interval anyway."
}

// PlatformReceiver is the Receiver of the platform repository's own source on
// each of PlatformWebhooks.
func (m *Model) PlatformReceiver() *Receiver {
	const name = "flux-system" // of the source, whatever Flux's namespace is
	r := &Receiver{
		Name: name, Namespace: m.Flux.Namespace, Kind: "GitRepository", Source: name,
		Issuer: m.TokenIssuer(), Audience: m.ReceiverAudience(),
	}
	if m.CI.Provider == "github-actions" {
		r.Validations = m.githubCaller(m.Platform.Git, NotifyWorkflow)
	} else {
		r.Validations = gitlabCaller(m.Platform.Git)
	}
	return r
}

// receiver is the app's Receiver in an environment; nil where CI calls nobody.
func (m *Model) receiver(a *App, e *Env) *Receiver {
	if !a.OCI || e.Pinned || len(m.Webhooks(e)) == 0 || !m.Here(a) {
		return nil
	}
	r := &Receiver{
		Name: a.Name, Namespace: a.Team.Name, Kind: "OCIRepository", Source: a.Name,
		Issuer: m.TokenIssuer(), Audience: m.ReceiverAudience(),
	}
	if m.CI.Provider == "github-actions" {
		r.Validations = m.githubCaller(a.Git, e.PromoteWorkflow())
	} else {
		r.Validations = append(gitlabCaller(a.Git),
			Validation{"claims.environment == " + cel(e.Name), "the job's environment is not " + e.Name})
	}
	return r
}

// TokenIssuer is who issues the tokens that CI jobs say who they are with.
// docs.github.com/actions/reference/security/oidc has GitHub's, for Enterprise
// Server as well; a GitLab instance is its own issuer.
func (m *Model) TokenIssuer() string {
	host := m.Platform.Git.host()
	if m.CI.Provider != "github-actions" {
		return host
	}
	_, name, _ := strings.Cut(host, "://")
	switch {
	case name == "github.com":
		return "https://token.actions.githubusercontent.com"
	case strings.HasSuffix(name, ".ghe.com"):
		return "https://token.actions." + name
	default:
		return host + enterpriseIssuer
	}
}

// enterpriseIssuer is where an Enterprise Server has its issuer.
const enterpriseIssuer = "/_services/token"

// githubCaller pins a job of GitHub Actions: the repository that it runs for,
// its branch, and the platform's reusable workflow that it is a job of.
//
// Names are enough here, unlike where a registry gives rights (setup.trusted):
// this file is made without a network, so it cannot hold the repository's
// number, and who gets a name again that somebody gave up can only make Flux
// look at its own source earlier than it would by itself. None of the three
// claims changed with the immutable subjects of 2026-07-15; sub is not looked at.
func (m *Model) githubCaller(g Git, workflow string) []Validation {
	p := m.Platform.Git
	file := p.Slug + "/.github/workflows/" + workflow
	return []Validation{
		{"claims.repository == " + cel(g.Slug), "the repository is not " + g.Slug},
		{"claims.ref == " + cel("refs/heads/"+g.Branch), "the branch is not " + g.Branch},
		{"claims.job_workflow_ref == " + cel(m.WorkflowRef(workflow)), "the workflow is not " + file + " on " + p.Branch},
	}
}

// gitlabCaller pins a job of GitLab CI: its project, its branch, and that the
// branch is protected. GitLab gives claims as strings.
func gitlabCaller(g Git) []Validation {
	return []Validation{
		{"claims.project_path == " + cel(g.Slug), "the project is not " + g.Slug},
		{"claims.ref_type == 'branch' && claims.ref == " + cel(g.Branch), "the branch is not " + g.Branch},
		{"claims.ref_protected == 'true'", "the branch " + g.Branch + " is not protected"},
	}
}

// host is scheme and host of a repository's web address, without a slash.
func (g Git) host() string { return strings.TrimSuffix(g.Web, "/"+g.Slug) }

// cel writes a string as a literal of CEL, which knows Go's escapes.
func cel(s string) string {
	q := strconv.Quote(s)
	return "'" + strings.ReplaceAll(q[1:len(q)-1], "'", `\'`) + "'"
}
