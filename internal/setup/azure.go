package setup

import (
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/model"
)

func acrName(m *model.Model) string { name, _, _ := strings.Cut(m.Registry.Host, "."); return name }

// group is the --resource-group flag where the contract names the group.
func group(m *model.Model) string {
	if m.Registry.ResourceGroup == "" {
		return " --resource-group RESOURCE_GROUP"
	}
	return " --resource-group " + model.ShellQuote(m.Registry.ResourceGroup)
}

func subscription(m *model.Model) string {
	if m.Registry.Subscription == "" {
		return ""
	}
	return " --subscription " + m.Registry.Subscription
}

func azurePlatform(m *model.Model) []Step {
	steps := []Step{{
		What: "Let the registry give rights on single repositories",
		Why:  "In this mode the old roles such as AcrPush no longer count: give whoever has them one of the new roles first.",
		Do:   "az acr update --name " + acrName(m) + subscription(m) + " --role-assignment-mode rbac-abac",
		Proofs: []Proof{{
			"az acr show --name " + acrName(m) + subscription(m) + " --query roleAssignmentMode --output tsv",
			"`AbacRepositoryPermissions`",
		}},
	}}
	for _, id := range platformIdentities(m) {
		steps = append(steps, azureIdentity(m, id))
	}
	return steps
}

func azureApp(m *model.Model, app *model.App) []Step {
	var steps []Step
	for _, id := range identities(m, app) {
		step := azureIdentity(m, id)
		for _, ae := range app.Envs {
			if !slices.Contains(id.Writes, ae.Repository) {
				step.Denials = append(step.Denials, Proof{
					"az role assignment list --all --assignee \"$principal\" --output tsv \\\n  --query \"[?contains(roleDefinitionName, 'Writer') && contains(condition, '" + path(m, ae.Repository) + "')]\"",
					"no line: " + id.Name + " must not write there",
				})
			}
		}
		steps = append(steps, step)
	}
	return steps
}

// azureIdentity is a managed identity that only one workflow may act as, with a
// role on its repositories only.
func azureIdentity(m *model.Model, id identity) Step {
	name := short(64, append(append([]string{"penstock"}, id.For...), id.Name)...)
	assign := func(role string, repositories []string) string {
		return "az role assignment create --role \"Container Registry Repository " + role + "\" --assignee-object-id \"$principal\" --assignee-principal-type ServicePrincipal \\\n" +
			"  --scope \"$registry\" --condition-version 2.0 \\\n  --condition " + model.ShellQuote(abac(m, role, repositories))
	}
	command, issuer := issuer(m)
	trust := func(verb string) string {
		return "az identity federated-credential " + verb + " --name ci --identity-name " + name + group(m) + subscription(m) + " \\\n" +
			"  --issuer " + quoted("https://"+issuer) + " --subject " + quoted(id.Subject) + " --audiences api://AzureADTokenExchange"
	}
	do := append(append(command, numbers(m, id)...),
		"az identity create --name "+name+group(m)+subscription(m),
		trust("create"),
		"principal=\"$(az identity show --name "+name+group(m)+subscription(m)+" --query principalId --output tsv)\"",
		"registry=\"$(az acr show --name "+acrName(m)+subscription(m)+" --query id --output tsv)\"")
	if len(id.Writes) > 0 {
		do = append(do, assign("Writer", id.Writes))
	}
	if len(id.Reads) > 0 {
		do = append(do, assign("Reader", id.Reads))
	}
	do = append(do, "client=\"$(az identity show --name "+name+group(m)+subscription(m)+" --query clientId --output tsv)\"",
		setVariable(m, id, "REGISTRY_CLIENT_ID", "$client"),
		setVariable(m, id, "REGISTRY_TENANT_ID", "$(az account show --query tenantId --output tsv)"))
	return Step{
		What: "Create the identity of `" + id.Name + "`", Why: roleWhy(id), Do: lines(do...),
		Again:  againWhereNamed(m, trust("update"), "az identity federated-credential create"),
		Proofs: []Proof{{"az role assignment list --all --assignee \"$principal\" --query '[].[roleDefinitionName, condition]' --output tsv", azureShows(m, id)}},
	}
}

func azureShows(m *model.Model, id identity) string {
	if len(id.Writes) == 0 {
		return "no line with `Repository Writer`"
	}
	var names []string
	for _, r := range id.Writes {
		names = append(names, "`"+path(m, r)+"`")
	}
	return "one line with `Repository Writer`, and in its condition nothing but " + strings.Join(names, " and ")
}

// abac is the condition under which a role counts: only for these repositories.
// Names and attribute: Azure's page on ABAC repository permissions.
func abac(m *model.Model, role string, repositories []string) string {
	actions := []string{"content/read", "metadata/read"}
	if role == "Writer" {
		actions = []string{"content/read", "content/write", "metadata/read", "metadata/write"}
	}
	var not, is []string
	for _, a := range actions {
		not = append(not, "!(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/"+a+"'})")
	}
	for _, r := range repositories {
		name, operator := path(m, r), "StringEqualsIgnoreCase"
		if prefix, _, ok := strings.Cut(name, "*"); ok {
			name, operator = prefix, "StringStartsWith"
		}
		is = append(is, "@Request[Microsoft.ContainerRegistry/registries/repositories:name] "+operator+" '"+name+"'")
	}
	return "((" + strings.Join(not, " AND ") + ") OR (" + strings.Join(is, " OR ") + "))"
}
