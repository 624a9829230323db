package model

// What a registry's side trusts of a GitHub token is the same in all forms that
// the token's subject has: a repository that was created, renamed or transferred
// on github.com after 2026-07-15, or that opted in, has numbers behind the names
// in it (docs.github.com/actions/reference/security/oidc, read 2026-11-28); an
// older one, and every one on Enterprise Server, has none. A number is never
// used again, a name may be. So it is the repository's number, then where the
// job runs, then the workflow that it is a job of.

// SubjectClaims are the keys of a repository's customisation template for the
// subject. "repo" is none of them: its part holds what the form decides. Nobody
// but GitHub can write what begins with repository_id: a colon in another claim
// comes out as %3A.
func SubjectClaims() []string { return []string{"repository_id", "context", "job_workflow_ref"} }

// SetSubject is the command that has the subjects of a repository's tokens made
// of them.
func (m *Model) SetSubject(slug string) string {
	gh := "gh api"
	if m.Enterprise() {
		gh += " --hostname " + m.GitHubHost()
	}
	command := gh + " --method PUT repos/" + slug + "/actions/oidc/customization/sub -F use_default=false"
	for _, key := range SubjectClaims() {
		command += " -f 'include_claim_keys[]=" + key + "'"
	}
	return command
}

// EnvironmentContext is where a job with a deployment environment runs, as the
// key "context" has it. The environment's own rules say for which branch.
func EnvironmentContext(name string) string { return "environment:" + name }

// RefContext is where a job without an environment runs.
func RefContext(ref string) string { return "ref:" + ref }

// PublishContext is where the publishing job runs, given the only ref that
// releases come from.
func (m *Model) PublishContext(ref string) string {
	if m.PublishNeedsSecrets() {
		return EnvironmentContext("publish")
	}
	return RefContext(ref)
}

// CallerClaim is the same three, as a CEL expression over a token's claims for
// those who do not look at its subject. A job without an environment has no
// such claim.
func CallerClaim(claims string) string {
	c := claims + "."
	return c + "repository_id + ':' + (has(" + c + "environment) ? 'environment:' + " + c + "environment : 'ref:' + " + c + "ref) + ':' + " + c + "job_workflow_ref"
}

// WorkflowRef is the job_workflow_ref claim of a workflow of the platform. It
// holds a name, as the apps' own "uses:" does: GitHub has no number there.
func (m *Model) WorkflowRef(file string) string {
	p := m.Platform.Git
	return p.Slug + "/.github/workflows/" + file + "@" + p.Ref()
}

// HasIssuerSlug reports whether an enterprise may have had its slug put behind
// the issuer of its tokens, which GitHub offers on its own hosts only.
func (m *Model) HasIssuerSlug() bool {
	return m.GitHubActions() && m.TokenIssuer() != m.Platform.Git.host()+enterpriseIssuer
}
