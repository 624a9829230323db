package setup

import (
	"strings"

	"github.com/penstock-dev/penstock/internal/model"
)

// A repository of Artifact Registry holds all teams' bundles of one kind, and
// its rights are on the whole of it: identities are the platform's, one for
// publishing and one for each environment.
func gcpPlatform(m *model.Model) []Step {
	p, pool := m.Registry.Project, short(32, "penstock", m.Name)
	number := "\"$(gcloud projects describe " + p + " --format='value(projectNumber)')\""
	steps := []Step{{
		What: "Let the project trust tokens of the CI",
		Why:  "No service account key is stored in CI. The condition keeps out everybody else who uses the same CI.",
		Do: lines(
			"gcloud iam workload-identity-pools create "+pool+" --project "+p+" --location global",
			"gcloud iam workload-identity-pools providers create-oidc ci --project "+p+" --location global --workload-identity-pool "+pool+" \\",
			"  --issuer-uri "+issuer(m)+" \\",
			"  --attribute-mapping "+model.ShellQuote(gcpMapping(m))+" \\",
			"  --attribute-condition "+model.ShellQuote(gcpCondition(m))),
		Proofs: []Proof{{
			"gcloud iam workload-identity-pools providers describe ci --project " + p + " --location global --workload-identity-pool " + pool + " --format='value(attributeCondition)'",
			"the condition from above",
		}},
	}}
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
		steps = append(steps, gcpIdentity(m, id, pool, number))
	}
	return append(steps, gcpVariables(m, platformIdentities(m)))
}

func gcpMapping(m *model.Model) string {
	if m.CI.Provider == "gitlab-ci" {
		return "google.subject=assertion.sub,attribute.project_path=assertion.project_path,attribute.delivery=assertion.ref_protected + ':' + assertion.environment"
	}
	return "google.subject=assertion.sub,attribute.repository=assertion.repository,attribute.delivery=assertion.job_workflow_ref"
}

func gcpCondition(m *model.Model) string {
	owner, _, _ := strings.Cut(m.Platform.Git.Slug, "/")
	if m.CI.Provider == "gitlab-ci" {
		return "assertion.ref_protected == 'true' && assertion.project_path.startsWith('" + owner + "/')"
	}
	return "assertion.repository_owner == '" + owner + "'"
}

// gcpRepository is the repository, of Artifact Registry, that a bundle is in.
func gcpRepository(m *model.Model, place string) string {
	return strings.Split(path(m, place), "/")[1] // project/repository/team
}

func gcpAccount(m *model.Model, id identity) string {
	return short(30, "penstock", id.Name) + "@" + m.Registry.Project + ".iam.gserviceaccount.com"
}

// gcpIdentity is a service account that only one workflow may act as.
func gcpIdentity(m *model.Model, id identity, pool, number string) Step {
	r, mail := m.Registry, gcpAccount(m, id)
	delivery := workflowRef(m, id.Workflow)
	if m.CI.Provider == "gitlab-ci" {
		delivery = "true:"
		if id.Env != nil {
			delivery += id.Env.Name
		}
	}
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
	do = append(do, "gcloud iam service-accounts add-iam-policy-binding "+mail+" --project "+r.Project+" --role roles/iam.workloadIdentityUser \\",
		"  --member "+model.ShellQuote("principalSet://iam.googleapis.com/projects/")+number+model.ShellQuote("/locations/global/workloadIdentityPools/"+pool+"/attribute.delivery/"+delivery))
	return Step{What: "Create the identity of `" + id.Name + "`", Why: roleWhy(id), Do: lines(do...), Proofs: proofs, Denials: denials}
}

func gcpApp(m *model.Model, app *model.App) []Step {
	return []Step{gcpVariables(m, identities(m, app))}
}

// gcpVariables tells the pipelines of the identities who they are.
func gcpVariables(m *model.Model, ids []identity) Step {
	do := []string{"provider=\"$(gcloud iam workload-identity-pools providers describe ci --project " + m.Registry.Project +
		" --location global --workload-identity-pool " + short(32, "penstock", m.Name) + " --format 'value(name)')\""}
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
