package gar

import (
	"strings"

	"github.com/penstock-dev/penstock/internal/forge"
	"github.com/penstock-dev/penstock/internal/generate/step"
	"github.com/penstock-dev/penstock/internal/registry"
)

// A repository of Artifact Registry holds all teams' bundles of one kind, and
// its rights are on the whole of it: identities are the platform's, one for
// publishing and one for each environment.
func platform(s registry.Site) []step.Step {
	steps := []step.Step{trust(s)}
	if !s.Bundles {
		return steps
	}
	all := append([]forge.Identity{{Name: "publish", Workflow: "publish.yaml", Writes: []string{s.ReleasesPrefix("*")}}}, s.Identities...)
	for _, e := range s.Envs {
		if !e.Pinned {
			id := forge.Identity{Name: "promote-" + e.Name, Env: e.Name, Workflow: e.Workflow, Writes: []string{s.TeamPrefix(e.Name, "*")}, Reads: []string{s.ReleasesPrefix("*")}}
			if e.From != "" {
				id.Reads = append(id.Reads, s.TeamPrefix(e.From, "*"))
			}
			all = append(all, id)
		}
	}
	for _, id := range all {
		steps = append(steps, identity(s, id))
	}
	return append(steps, variables(s, s.Identities))
}

func pool(s registry.Site) string { return step.Short(32, "penstock", s.Name) }

// trust lets the CI's tokens in, as what mapping makes of them.
func trust(s registry.Site) step.Step {
	p, pool := s.Project, pool(s)
	command, issuer := s.CI.IssuerCommand, s.CI.Issuer
	provider := func(verb string) string {
		return "gcloud iam workload-identity-pools providers " + verb + " ci --project " + p + " --location global --workload-identity-pool " + pool
	}
	says := " \\\n  --issuer-uri " + step.Quoted("https://"+issuer) + " \\\n" +
		"  --attribute-mapping " + step.Quote(mapping(s)) + " \\\n" +
		"  --attribute-condition " + step.Quoted(s.CI.Ours(claims))
	if s.CI.OwnerNumber != "" {
		command = append(command, s.CI.OwnerNumber)
	}
	return step.Step{
		What: "Let the project trust tokens of the CI",
		Why:  "No service account key is stored in CI. The condition keeps out everybody else who uses the same CI.",
		Do: step.Lines(append(command,
			"gcloud iam workload-identity-pools create "+pool+" --project "+p+" --location global",
			provider("create-oidc")+says)...),
		Again:  step.Again{Command: provider("update-oidc") + says, Instead: "gcloud iam workload-identity-pools"},
		Proofs: []step.Proof{step.Show(provider("describe")+" --format='value(attributeCondition)'", "the condition from above")},
	}
}

// mapping names who a token is of. A subject has 127 characters at most. A claim
// that a job does not have is an error, which keeps it out: one without an
// environment has none on either host.
func mapping(s registry.Site) string {
	return "google.subject=" + s.CI.Subject(claims) + ",attribute." + s.CI.Project + "=" + claims + "." + s.CI.Project + ",attribute.delivery=" + s.CI.Caller(claims)
}

const claims = "assertion"

// repository is the repository, of Artifact Registry, that a bundle is in.
func repository(s registry.Site, place string) string {
	return strings.Split(s.Path(place), "/")[1] // project/repository/team
}

func account(s registry.Site, id forge.Identity) string {
	return step.Short(30, "penstock", id.Name) + "@" + s.Project + ".iam.gserviceaccount.com"
}

// identity is a service account that only one workflow may act as.
func identity(s registry.Site, id forge.Identity) step.Step {
	r, mail := s.Config, account(s, id)
	bind := func(repo, role string) string {
		return "gcloud artifacts repositories add-iam-policy-binding " + repo + " --project " + r.Project + " --location " + r.Location + " --member serviceAccount:" + mail + " --role roles/artifactregistry." + role
	}
	proof := func(repo string) string {
		return "gcloud artifacts repositories get-iam-policy " + repo + " --project " + r.Project + " --location " + r.Location +
			" --flatten 'bindings[].members' --filter 'bindings.members:" + mail + "' --format 'value(bindings.role)'"
	}
	var do []string
	var proofs, denials []step.Proof
	written := map[string]bool{}
	account, _, _ := strings.Cut(mail, "@")
	for _, w := range id.Writes {
		repo := repository(s, w)
		written[repo] = true
		do = append(do, "gcloud artifacts repositories create "+repo+" --project "+r.Project+" --location "+r.Location+" --repository-format docker")
	}
	do = append(do, "gcloud iam service-accounts create "+account+" --project "+r.Project)
	for _, w := range id.Writes {
		do = append(do, bind(repository(s, w), "writer"))
		proofs = append(proofs, step.Show(proof(repository(s, w)), "`roles/artifactregistry.writer`"))
	}
	read := map[string]bool{}
	for _, place := range id.Reads {
		if repo := repository(s, place); !written[repo] && !read[repo] {
			read[repo] = true
			do = append(do, bind(repo, "reader"))
			proofs = append(proofs, step.Show(proof(repo), "`roles/artifactregistry.reader` and nothing else"))
		}
	}
	if id.Name == "publish" && s.Layout == registry.PerEnvironment {
		for _, e := range s.Envs {
			denials = append(denials, step.Show(proof(repository(s, s.TeamPrefix(e.Name, "*"))), "nothing: no role at all on what `"+e.Name+"` reads"))
		}
	}
	if id.Slug != "" || s.CI.AnyCaller != nil {
		do = append(do, admit(s, id)...)
	}
	return step.Step{What: "Create the identity of `" + id.Name + "`", Why: id.Role(), Do: step.Lines(do...), Proofs: proofs, Denials: denials}
}

// admit lets an identity's pipeline act as its service account. That may
// be the pipeline of one repository only; one account takes 1,500 of them (Google's
// limit of principals in an allow policy).
func admit(s registry.Site, id forge.Identity) []string {
	who := id.Caller
	if s.CI.AnyCaller != nil {
		who = s.CI.AnyCaller(id.Env)
	}
	return append(s.CI.Numbers(id),
		"project=\"$(gcloud projects describe "+s.Project+" --format='value(projectNumber)')\"",
		"gcloud iam service-accounts add-iam-policy-binding "+account(s, id)+" --project "+s.Project+" --role roles/iam.workloadIdentityUser \\\n"+
			"  --member "+step.Quoted("principalSet://iam.googleapis.com/projects/"+step.Mark("project")+"/locations/global/workloadIdentityPools/"+pool(s)+"/attribute.delivery/"+who))
}

func perApp(s registry.Site, app registry.App) []step.Step {
	steps := []step.Step{}
	if s.CI.AnyCaller == nil {
		steps = append(steps, letIn(s, app.Identities))
	}
	return append(steps, variables(s, app.Identities))
}

// letIn lets the pipelines of an app's repository act as the platform's
// service accounts. What an earlier version let in was a workflow, whatever
// repository called it; no token is mapped to that any more.
func letIn(s registry.Site, ids []forge.Identity) step.Step {
	var do []string
	for _, id := range ids {
		do = append(do, admit(s, id)...)
	}
	first := account(s, ids[0])
	return step.Step{
		What: "Let this repository's pipelines act as the platform's identities",
		Why:  "Only this repository, by its number, with the platform's workflow, and only from its branch or in the environment.",
		Do:   step.Lines(step.Without(do, "")...),
		Proofs: []step.Proof{step.Show(
			"gcloud iam service-accounts get-iam-policy "+first+" --project "+s.Project+" --format 'value(bindings.members)' | tr ';,' '\\n\\n' | grep -F \"attribute.delivery/"+step.Fill(step.Mark("repository_id"), nil, func(v string) string { return v })+":\"",
			"one line",
		)},
	}
}

// variables tells the pipelines of the identities who they are.
func variables(s registry.Site, ids []forge.Identity) step.Step {
	do := []string{"provider=\"$(gcloud iam workload-identity-pools providers describe ci --project " + s.Project +
		" --location global --workload-identity-pool " + pool(s) + " --format 'value(name)')\""}
	slugs := map[string]bool{}
	for _, id := range ids {
		if !slugs[id.Slug] {
			slugs[id.Slug] = true
			do = append(do, s.CI.SetVariable(forge.Identity{Slug: id.Slug}, "REGISTRY_IDENTITY_PROVIDER", "$provider"))
		}
		do = append(do, s.CI.SetVariable(id, "REGISTRY_SERVICE_ACCOUNT", account(s, id)))
	}
	return step.Step{
		What: "Tell CI who it is at the registry",
		Why:  "The identities are the platform's: Artifact Registry has no rights below a repository, so it does not keep one app's CI from another app's bundles. The signatures do.",
		Do:   step.Lines(do...), Proofs: []step.Proof{step.Show(s.CI.ListVariables(ids[0]), "`REGISTRY_IDENTITY_PROVIDER` and `REGISTRY_SERVICE_ACCOUNT`")},
	}
}
