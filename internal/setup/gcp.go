package setup

import (
	"strings"

	"github.com/penstock-dev/penstock/internal/model"
)

// A repository of Artifact Registry holds all teams' bundles of one kind, and
// its rights are on the whole of it: identities are the platform's, one for
// publishing and one for each environment.
func gcpPlatform(m *model.Model) []Step {
	steps := []Step{gcpTrust(m)}
	if !m.HasOCI() {
		return steps
	}
	all := append([]identity{{Name: "publish", Workflow: "publish.yaml", Writes: []string{m.Registry.ReleasesPrefix("*")}}}, platformIdentities(m)...)
	for _, e := range m.Envs {
		if !e.Pinned {
			id := identity{Name: "promote-" + e.Name, Env: e, Workflow: e.PromoteWorkflow(), Writes: []string{m.Registry.TeamPrefix(e.Name, "*")}, Reads: []string{m.Registry.ReleasesPrefix("*")}}
			if e.From != nil {
				id.Reads = append(id.Reads, m.Registry.TeamPrefix(e.From.Name, "*"))
			}
			all = append(all, id)
		}
	}
	for _, id := range all {
		steps = append(steps, gcpIdentity(m, id))
	}
	return append(steps, gcpVariables(m, platformIdentities(m)))
}

func gcpPool(m *model.Model) string { return short(32, "penstock", m.Name) }

// gcpTrust lets the CI's tokens in, as what gcpMapping makes of them.
func gcpTrust(m *model.Model) Step {
	p, pool := m.Registry.Project, gcpPool(m)
	command, issuer := issuer(m)
	provider := func(verb string) string {
		return "gcloud iam workload-identity-pools providers " + verb + " ci --project " + p + " --location global --workload-identity-pool " + pool
	}
	says := " \\\n  --issuer-uri " + quoted("https://"+issuer) + " \\\n" +
		"  --attribute-mapping " + model.ShellQuote(gcpMapping(m)) + " \\\n" +
		"  --attribute-condition " + quoted(gcpCondition(m))
	if m.CI.Provider != "gitlab-ci" {
		command = append(command, "owner_id=\"$("+api(m, "gh")+" repos/"+m.Platform.Git.Slug+" --jq .owner.id)\"")
	}
	return Step{
		What: "Let the project trust tokens of the CI",
		Why:  "No service account key is stored in CI. The condition keeps out everybody else who uses the same CI.",
		Do: lines(append(command,
			"gcloud iam workload-identity-pools create "+pool+" --project "+p+" --location global",
			provider("create-oidc")+says)...),
		Again:  Again{provider("update-oidc") + says, "gcloud iam workload-identity-pools"},
		Proofs: []Proof{{provider("describe") + " --format='value(attributeCondition)'", "the condition from above"}},
	}
}

// gcpMapping names who a token is of. A subject has 127 characters at most, and
// those of GitHub may have more, so it is the repository alone there. A claim
// that a job does not have is an error, which keeps it out: one without an
// environment has none on either host.
func gcpMapping(m *model.Model) string {
	if m.CI.Provider == "gitlab-ci" {
		return "google.subject=assertion.sub,attribute.project_path=assertion.project_path,attribute.delivery=assertion.ref_protected + ':' + (has(assertion.environment) ? assertion.environment : '')"
	}
	return "google.subject='repository_id:' + assertion.repository_id,attribute.repository=assertion.repository,attribute.delivery=" + model.CallerClaim("assertion")
}

func gcpCondition(m *model.Model) string {
	if m.CI.Provider == "gitlab-ci" {
		owner, _, _ := strings.Cut(m.Platform.Git.Slug, "/")
		return "assertion.ref_protected == 'true' && assertion.project_path.startsWith('" + owner + "/')"
	}
	return "assertion.repository_owner_id == '" + mark("owner_id") + "'"
}

// gcpRepository is the repository, of Artifact Registry, that a bundle is in.
func gcpRepository(m *model.Model, place string) string {
	return strings.Split(path(m, place), "/")[1] // project/repository/team
}

func gcpAccount(m *model.Model, id identity) string {
	return short(30, "penstock", id.Name) + "@" + m.Registry.Project + ".iam.gserviceaccount.com"
}

// gcpIdentity is a service account that only one workflow may act as.
func gcpIdentity(m *model.Model, id identity) Step {
	r, mail := m.Registry, gcpAccount(m, id)
	bind := func(repo, role string) string {
		return "gcloud artifacts repositories add-iam-policy-binding " + repo + " --project " + r.Project + " --location " + r.Location + " --member serviceAccount:" + mail + " --role roles/artifactregistry." + role
	}
	proof := func(repo string) string {
		return "gcloud artifacts repositories get-iam-policy " + repo + " --project " + r.Project + " --location " + r.Location +
			" --flatten 'bindings[].members' --filter 'bindings.members:" + mail + "' --format 'value(bindings.role)'"
	}
	var do []string
	var proofs, denials []Proof
	written := map[string]bool{}
	account, _, _ := strings.Cut(mail, "@")
	for _, w := range id.Writes {
		repo := gcpRepository(m, w)
		written[repo] = true
		do = append(do, "gcloud artifacts repositories create "+repo+" --project "+r.Project+" --location "+r.Location+" --repository-format docker")
	}
	do = append(do, "gcloud iam service-accounts create "+account+" --project "+r.Project)
	for _, w := range id.Writes {
		do = append(do, bind(gcpRepository(m, w), "writer"))
		proofs = append(proofs, Proof{proof(gcpRepository(m, w)), "`roles/artifactregistry.writer`"})
	}
	read := map[string]bool{}
	for _, place := range id.Reads {
		if repo := gcpRepository(m, place); !written[repo] && !read[repo] {
			read[repo] = true
			do = append(do, bind(repo, "reader"))
			proofs = append(proofs, Proof{proof(repo), "`roles/artifactregistry.reader` and nothing else"})
		}
	}
	if id.Name == "publish" && r.PerEnvironment() {
		for _, e := range m.Envs {
			denials = append(denials, Proof{proof(gcpRepository(m, r.TeamPrefix(e.Name, "*"))), "nothing: no role at all on what `" + e.Name + "` reads"})
		}
	}
	if id.Slug != "" || m.CI.Provider == "gitlab-ci" {
		do = append(do, gcpBind(m, id)...)
	}
	return Step{What: "Create the identity of `" + id.Name + "`", Why: roleWhy(id), Do: lines(do...), Proofs: proofs, Denials: denials}
}

// gcpBind lets an identity's pipeline act as its service account. On GitHub that
// is the pipeline of one repository; one account takes 1,500 of them (Google's
// limit of principals in an allow policy).
func gcpBind(m *model.Model, id identity) []string {
	who := id.Caller
	if m.CI.Provider == "gitlab-ci" {
		who = "true:"
		if id.Env != nil {
			who += id.Env.Name
		}
	}
	return append(numbers(m, id),
		"project=\"$(gcloud projects describe "+m.Registry.Project+" --format='value(projectNumber)')\"",
		"gcloud iam service-accounts add-iam-policy-binding "+gcpAccount(m, id)+" --project "+m.Registry.Project+" --role roles/iam.workloadIdentityUser \\\n"+
			"  --member "+quoted("principalSet://iam.googleapis.com/projects/"+mark("project")+"/locations/global/workloadIdentityPools/"+gcpPool(m)+"/attribute.delivery/"+who))
}

func gcpApp(m *model.Model, app *model.App) []Step {
	steps := []Step{}
	if m.CI.Provider != "gitlab-ci" {
		steps = append(steps, gcpLetIn(m, identities(m, app)))
	}
	return append(steps, gcpVariables(m, identities(m, app)))
}

// gcpLetIn lets the pipelines of an app's repository act as the platform's
// service accounts. What an earlier version let in was a workflow, whatever
// repository called it; no token is mapped to that any more.
func gcpLetIn(m *model.Model, ids []identity) Step {
	var do []string
	for _, id := range ids {
		do = append(do, gcpBind(m, id)...)
	}
	first := gcpAccount(m, ids[0])
	return Step{
		What: "Let this repository's pipelines act as the platform's identities",
		Why:  "Only this repository, by its number, with the platform's workflow, and only from its branch or in the environment.",
		Do:   lines(without(do, "")...),
		Proofs: []Proof{{
			"gcloud iam service-accounts get-iam-policy " + first + " --project " + m.Registry.Project + " --format 'value(bindings.members)' | tr ';,' '\\n\\n' | grep -F \"attribute.delivery/" + fill(mark("repository_id"), nil, func(v string) string { return v }) + ":\"",
			"one line",
		}},
	}
}

// gcpVariables tells the pipelines of the identities who they are.
func gcpVariables(m *model.Model, ids []identity) Step {
	do := []string{"provider=\"$(gcloud iam workload-identity-pools providers describe ci --project " + m.Registry.Project +
		" --location global --workload-identity-pool " + gcpPool(m) + " --format 'value(name)')\""}
	slugs := map[string]bool{}
	for _, id := range ids {
		if !slugs[id.Slug] {
			slugs[id.Slug] = true
			do = append(do, setVariable(m, identity{Slug: id.Slug}, "REGISTRY_IDENTITY_PROVIDER", "$provider"))
		}
		do = append(do, setVariable(m, id, "REGISTRY_SERVICE_ACCOUNT", gcpAccount(m, id)))
	}
	return Step{
		What: "Tell CI who it is at the registry",
		Why:  "The identities are the platform's: Artifact Registry has no rights below a repository, so it does not keep one app's CI from another app's bundles. The signatures do.",
		Do:   lines(do...), Proofs: []Proof{{listVariables(m, ids[0]), "`REGISTRY_IDENTITY_PROVIDER` and `REGISTRY_SERVICE_ACCOUNT`"}},
	}
}
