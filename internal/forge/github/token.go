package github

import (
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/forge"
	"github.com/penstock-dev/penstock/internal/generate/step"
)

// What a registry's side trusts of a GitHub token is the same in all forms that
// the token's subject has: a repository that was created, renamed or transferred
// on github.com after 2026-07-15, or that opted in, has numbers behind the names
// in it (docs.github.com/actions/reference/security/oidc, read 2026-11-28); an
// older one, and every one on Enterprise Server, has none. A number is never
// used again, a name may be. So it is the repository's number, then where the
// job runs, then the workflow that it is a job of.

// subjectClaims are the keys of a repository's customisation template for the
// subject. "repo" is none of them: its part holds what the form decides. Nobody
// but GitHub can write what begins with repository_id: a colon in another claim
// comes out as %3A.
func subjectClaims() []string { return []string{"repository_id", "context", "job_workflow_ref"} }

// setSubject is the command that has the subjects of a repository's tokens made
// of them.
func setSubject(s forge.Site, slug string) string {
	command := api(s) + " --method PUT repos/" + slug + "/actions/oidc/customization/sub -F use_default=false"
	for _, key := range subjectClaims() {
		command += " -f 'include_claim_keys[]=" + key + "'"
	}
	return command
}

// inEnvironment is where a job with a deployment environment runs, as the key
// "context" has it. The environment's own rules say for which branch.
func inEnvironment(name string) string { return "environment:" + name }

// onRef is where a job without an environment runs.
func onRef(ref string) string { return "ref:" + ref }

// publishContext is where the publishing job runs, given the only ref that
// releases come from.
func publishContext(s forge.Site, ref string) string {
	if PublishNeedsSecrets(s) {
		return inEnvironment("publish")
	}
	return onRef(ref)
}

// callerClaim is the same three, as a CEL expression over a token's claims for
// those who do not look at its subject. A job without an environment has no
// such claim.
func callerClaim(claims string) string {
	c := claims + "."
	return c + "repository_id + ':' + (has(" + c + "environment) ? 'environment:' + " + c + "environment : 'ref:' + " + c + "ref) + ':' + " + c + "job_workflow_ref"
}

// workflowRef is the job_workflow_ref claim of a workflow of the platform. It
// holds a name, as the apps' own "uses:" does: GitHub has no number there.
func workflowRef(s forge.Site, file string) string { return workflowFile(s, file) + "@" + s.Git.Ref() }

func workflowFile(s forge.Site, file string) string { return s.Git.Slug + "/.github/workflows/" + file }

// issuer is GitHub's as docs.github.com/actions/reference/security/oidc has it,
// for Enterprise Server as well.
func issuer(root string) string {
	_, name, _ := strings.Cut(root, "://")
	switch {
	case name == "github.com":
		return "https://token.actions.githubusercontent.com"
	case strings.HasSuffix(name, ".ghe.com"):
		return "https://token.actions." + name
	default:
		return root + serverIssuer
	}
}

// serverIssuer is where an Enterprise Server has its issuer.
const serverIssuer = "/_services/token"

// HasIssuerSlug reports whether an enterprise may have had its slug put behind
// the issuer of its tokens, which GitHub offers on its own hosts only.
func HasIssuerSlug(s forge.Site) bool { return !strings.HasSuffix(issuer(s.Git.Root()), serverIssuer) }

// workflow is the identity of a reusable workflow of the platform repository.
// The subject is the called workflow, whoever calls it: see
// docs.sigstore.dev/certificate_authority/oidc-in-fulcio.
func workflow(s forge.Site, file string) forge.Signer {
	return forge.Signer{Issuer: issuer(s.Git.Root()), Subject: s.Git.Web + "/.github/workflows/" + file + "@" + s.Git.Ref()}
}

// publisher is one workflow for all apps; the certificate also names the
// repository that it ran for.
func publisher(s forge.Site, g forge.Git) forge.Signer {
	id := workflow(s, forge.PublishWorkflow)
	id.For = g.Slug + " at " + g.Ref()
	id.More = []string{"--certificate-github-workflow-repository=" + g.Slug, "--certificate-github-workflow-ref=" + g.Ref()}
	return id
}

func promoter(s forge.Site, e *forge.Env) forge.Signer { return workflow(s, e.PromoteWorkflow()) }

// caller pins a job of GitHub Actions: the repository that it runs for, its
// branch, and the platform's reusable workflow that it is a job of.
//
// Names are enough here, unlike where a registry gives rights (trusted): this
// file is made without a network, so it cannot hold the repository's number,
// and who gets a name again that somebody gave up can only make Flux look at its
// own source earlier than it would by itself. None of the three claims changed
// with the immutable subjects of 2026-07-15; sub is not looked at.
func caller(s forge.Site, g forge.Git, e *forge.Env) []forge.Validation {
	file := notifyWorkflow
	if e != nil {
		file = e.PromoteWorkflow()
	}
	return []forge.Validation{
		{Expression: "claims.repository == " + forge.CEL(g.Slug), Message: "the repository is not " + g.Slug},
		{Expression: "claims.ref == " + forge.CEL(g.Ref()), Message: "the branch is not " + g.Branch},
		{Expression: "claims.job_workflow_ref == " + forge.CEL(workflowRef(s, file)), Message: "the workflow is not " + workflowFile(s, file) + " on " + s.Git.Branch},
	}
}

// notifyWorkflow is the file, below .github/workflows of the platform
// repository, that calls the Receivers of clusters whose releases Git pins.
const notifyWorkflow = "notify.yaml"

// trusted says who an identity's pipeline is in its own tokens: see
// subjectClaims.
//
// For AWS and Azure it stands in the subject, which all issuers have in common.
// STS takes repository_id and others of GitHub's claims as condition keys of
// their own since 2026-02-02 (AWS: "STS supports validation of select identity
// provider specific claims"), but of https://token.actions.githubusercontent.com
// alone: not of an Enterprise Server, of ghe.com or of an issuer with a slug.
// Entra compares whole subjects; its flexible credentials know sub and
// job_workflow_ref only, and no number (read 2026-11-28).
func trusted(s forge.Site, id forge.Identity, g forge.Git) forge.Identity {
	context := onRef(g.Ref())
	switch {
	case id.Env != "":
		context = inEnvironment(id.Env)
	case id.Name == "publish":
		context = publishContext(s, g.Ref())
	}
	id.Number = "repository_id"
	if id.Slug == s.Git.Slug {
		id.Number = "platform_id"
	}
	workflow := workflowRef(s, id.Workflow)
	id.Subject = "repository_id:" + step.Mark(id.Number) + ":" + context + ":job_workflow_ref:" + workflow
	id.Caller = step.Mark(id.Number) + ":" + context + ":" + workflow
	return id
}

func ci(s forge.Site) forge.CI {
	c := forge.CI{
		Provider: CI, Caller: callerClaim, ByNumber: true, Issuer: strings.TrimPrefix(issuer(s.Git.Root()), "https://"), Project: "repository",
		Subject:       func(claims string) string { return "'repository_id:' + " + claims + ".repository_id" },
		Ours:          func(claims string) string { return claims + ".repository_owner_id == '" + step.Mark("owner_id") + "'" },
		OwnerNumber:   "owner_id=\"$(" + api(s) + " repos/" + s.Git.Slug + " --jq .owner.id)\"",
		Numbers:       func(ids ...forge.Identity) []string { return numbers(s, ids) },
		SetVariable:   func(id forge.Identity, name, value string) string { return store(s, id, "variable", name, value) },
		SetSecret:     func(id forge.Identity, name, value string) string { return store(s, id, "secret", name, value) },
		ListVariables: func(id forge.Identity) string { return list(s, id) },
	}
	// Where an enterprise may have its slug behind the issuer, a shell fills it in.
	if HasIssuerSlug(s) {
		c.IssuerCommand, c.Issuer = []string{"issuer=" + c.Issuer}, step.Mark("issuer")
	}
	return c
}

// numbers has the shell ask for the numbers of identities' repositories, each
// once.
func numbers(s forge.Site, ids []forge.Identity) []string {
	var list []string
	for _, id := range ids {
		if id.Number != "" {
			list = append(list, id.Number+"=\"$("+api(s)+" repos/"+id.Slug+" --jq .id)\"")
		}
	}
	return step.Without(list, "")
}

// again says what to do where an earlier version was set up: it trusted a
// repository by its name.
func again(s forge.Site, ofApp bool) string {
	if !s.Registry.OIDC() {
		return ""
	}
	text := "Repositories are trusted by their number, which `gh` asks for: a name can come to belong to somebody else, and since 2026-07-15 the tokens of new, renamed and transferred repositories on github.com say more than the name. " +
		"What an earlier version of Penstock printed trusts names. Where that was done, go through this section again: a step says which command takes another's place, and what else it would create is there."
	bySubject := s.Registry.BySubject
	if bySubject {
		text += " Do \"" + subjectStep + "\" above right before it: between the two no pipeline gets in, and one that fell there is started again."
	}
	if HasIssuerSlug(s) && (bySubject || !ofApp) {
		text += "\n\nWhere your enterprise has its slug in the issuer of its tokens, put `/SLUG` behind it in " + strings.Join(slugPlaces(s), " and in ") + "."
	}
	return text
}

// slugPlaces are where an issuer stands: in these steps, and in files that a
// person changes then.
func slugPlaces(s forge.Site) []string {
	places := []string{"each `issuer=`"}
	if slices.ContainsFunc(s.Envs, func(e *forge.Env) bool { return len(e.Calls) > 0 }) {
		places = append(places, "`issuerURL` of the platform's Receivers")
	}
	if s.Keyless() {
		places = append(places, "`issuer` of its sources")
	}
	return places
}
