package setup

import (
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/generate/step"
	"github.com/penstock-dev/penstock/internal/model"
)

// trusted says who an identity's pipeline is in its own tokens. On GitHub: see
// model.SubjectClaims. GitLab's subject is always the same.
//
// For AWS and Azure it stands in the subject, which all issuers have in common.
// STS takes repository_id and others of GitHub's claims as condition keys of
// their own since 2026-02-02 (AWS: "STS supports validation of select identity
// provider specific claims"), but of https://token.actions.githubusercontent.com
// alone: not of an Enterprise Server, of ghe.com or of an issuer with a slug.
// Entra compares whole subjects; its flexible credentials know sub and
// job_workflow_ref only, and no number (read 2026-11-28).
func trusted(m *model.Model, id identity, g model.Git) identity {
	if m.CI.Provider == "gitlab-ci" {
		id.Subject = "project_path:" + id.Slug + ":ref_type:branch:ref:" + g.Branch
		return id
	}
	context := model.RefContext(g.Ref())
	switch {
	case id.Env != "":
		context = model.EnvironmentContext(id.Env)
	case id.Name == "publish":
		context = m.PublishContext(g.Ref())
	}
	id.Number = "repository_id"
	if id.Slug == m.Platform.Git.Slug {
		id.Number = "platform_id"
	}
	workflow := m.WorkflowRef(id.Workflow)
	id.Subject = "repository_id:" + step.Mark(id.Number) + ":" + context + ":job_workflow_ref:" + workflow
	id.Caller = step.Mark(id.Number) + ":" + context + ":" + workflow
	return id
}

// numbers has the shell ask for the numbers of identities' repositories, each
// once. GitLab's have none in what is trusted.
func numbers(m *model.Model, ids ...identity) []string {
	var list []string
	for _, id := range ids {
		if id.Number != "" {
			list = append(list, id.Number+"=\"$("+api(m, "gh")+" repos/"+id.Slug+" --jq .id)\"")
		}
	}
	return step.Without(list, "")
}

// issuer is the issuer of the CI's tokens, without scheme: where an enterprise
// may have its slug behind it, what a shell fills in, after the command that
// sets it.
func issuer(m *model.Model) (command []string, name string) {
	name = strings.TrimPrefix(m.TokenIssuer(), "https://")
	if !m.HasIssuerSlug() {
		return nil, name
	}
	return []string{"issuer=" + name}, step.Mark("issuer")
}

// afterNames says what to do where an earlier version was set up: it trusted a
// repository by its name.
func afterNames(m *model.Model, also string, ofApp bool) string {
	if !m.GitHubActions() || !m.Registry.OIDC() {
		return also
	}
	text := "Repositories are trusted by their number, which `gh` asks for: a name can come to belong to somebody else, and since 2026-07-15 the tokens of new, renamed and transferred repositories on github.com say more than the name. " +
		"What an earlier version of Penstock printed trusts names. Where that was done, go through this section again: a step says which command takes another's place, and what else it would create is there."
	bySubject := m.Registry.BySubject
	if bySubject {
		text += " Do \"" + subjectStep + "\" above right before it: between the two no pipeline gets in, and one that fell there is started again."
	}
	if m.HasIssuerSlug() && (bySubject || !ofApp) {
		text += "\n\nWhere your enterprise has its slug in the issuer of its tokens, put `/SLUG` behind it in " + strings.Join(slugPlaces(m), " and in ") + "."
	}
	if also != "" {
		text = also + "\n\n" + text
	}
	return text
}

// slugPlaces are where an issuer stands: in these steps, and in files that a
// person changes then.
func slugPlaces(m *model.Model) []string {
	places := []string{"each `issuer=`"}
	if slices.ContainsFunc(m.Envs, func(e *model.Env) bool { return len(m.Webhooks(e)) > 0 }) {
		places = append(places, "`issuerURL` of the platform's Receivers")
	}
	if m.SupplyChain.Signing == "keyless" {
		places = append(places, "`issuer` of its sources")
	}
	return places
}
