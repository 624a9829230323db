package acr

import (
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/forge"
	"github.com/penstock-dev/penstock/internal/generate/step"
	"github.com/penstock-dev/penstock/internal/registry"
)

// group is the --resource-group flag where the contract names the group.
func group(s registry.Site) string {
	if s.ResourceGroup == "" {
		return " --resource-group RESOURCE_GROUP"
	}
	return " --resource-group " + step.Quote(s.ResourceGroup)
}

func subscription(s registry.Site) string {
	if s.Subscription == "" {
		return ""
	}
	return " --subscription " + s.Subscription
}

func platform(s registry.Site) []step.Step {
	steps := []step.Step{{
		What: "Let the registry give rights on single repositories",
		Why:  "In this mode the old roles such as AcrPush no longer count: give whoever has them one of the new roles first.",
		Do:   "az acr update --name " + s.HostName() + subscription(s) + " --role-assignment-mode rbac-abac",
		Proofs: []step.Proof{step.Show(
			"az acr show --name "+s.HostName()+subscription(s)+" --query roleAssignmentMode --output tsv",
			"`AbacRepositoryPermissions`",
		)},
	}}
	for _, id := range s.Identities {
		steps = append(steps, create(s, id))
	}
	return steps
}

func perApp(s registry.Site, app registry.App) []step.Step {
	var steps []step.Step
	for _, id := range app.Identities {
		one := create(s, id)
		for _, ae := range app.Places {
			if !slices.Contains(id.Writes, ae.Repository) {
				one.Denials = append(one.Denials, step.Show(
					"az role assignment list --all --assignee \"$principal\" --output tsv \\\n  --query \"[?contains(roleDefinitionName, 'Writer') && contains(condition, '"+s.Path(ae.Repository)+"')]\"",
					"no line: "+id.Name+" must not write there",
				))
			}
		}
		steps = append(steps, one)
	}
	return steps
}

// create is a managed identity that only one workflow may act as, with a
// role on its repositories only.
func create(s registry.Site, id forge.Identity) step.Step {
	name := step.Short(64, append(append([]string{"penstock"}, id.For...), id.Name)...)
	assign := func(role string, repositories []string) string {
		return "az role assignment create --role \"Container Registry Repository " + role + "\" --assignee-object-id \"$principal\" --assignee-principal-type ServicePrincipal \\\n" +
			"  --scope \"$registry\" --condition-version 2.0 \\\n  --condition " + step.Quote(abac(s, role, repositories))
	}
	command, issuer := s.CI.IssuerCommand, s.CI.Issuer
	trust := func(verb string) string {
		return "az identity federated-credential " + verb + " --name ci --identity-name " + name + group(s) + subscription(s) + " \\\n" +
			"  --issuer " + step.Quoted("https://"+issuer) + " --subject " + step.Quoted(id.Subject) + " --audiences api://AzureADTokenExchange"
	}
	do := append(append(command, s.CI.Numbers(id)...),
		"az identity create --name "+name+group(s)+subscription(s),
		trust("create"),
		"principal=\"$(az identity show --name "+name+group(s)+subscription(s)+" --query principalId --output tsv)\"",
		"registry=\"$(az acr show --name "+s.HostName()+subscription(s)+" --query id --output tsv)\"")
	if len(id.Writes) > 0 {
		do = append(do, assign("Writer", id.Writes))
	}
	if len(id.Reads) > 0 {
		do = append(do, assign("Reader", id.Reads))
	}
	do = append(do, "client=\"$(az identity show --name "+name+group(s)+subscription(s)+" --query clientId --output tsv)\"",
		s.CI.SetVariable(id, "REGISTRY_CLIENT_ID", "$client"),
		s.CI.SetVariable(id, "REGISTRY_TENANT_ID", "$(az account show --query tenantId --output tsv)"))
	return step.Step{
		What: "Create the identity of `" + id.Name + "`", Why: id.Role(), Do: step.Lines(do...),
		Again:  s.CI.Again(trust("update"), "az identity federated-credential create"),
		Proofs: []step.Proof{step.Show("az role assignment list --all --assignee \"$principal\" --query '[].[roleDefinitionName, condition]' --output tsv", shows(s, id))},
	}
}

func shows(s registry.Site, id forge.Identity) string {
	if len(id.Writes) == 0 {
		return "no line with `Repository Writer`"
	}
	var names []string
	for _, r := range id.Writes {
		names = append(names, "`"+s.Path(r)+"`")
	}
	return "one line with `Repository Writer`, and in its condition nothing but " + strings.Join(names, " and ")
}

// abac is the condition under which a role counts: only for these repositories.
// Names and attribute: Azure's page on ABAC repository permissions.
func abac(s registry.Site, role string, repositories []string) string {
	actions := []string{"content/read", "metadata/read"}
	if role == "Writer" {
		actions = []string{"content/read", "content/write", "metadata/read", "metadata/write"}
	}
	var not, is []string
	for _, a := range actions {
		not = append(not, "!(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/"+a+"'})")
	}
	for _, r := range repositories {
		name, operator := s.Path(r), "StringEqualsIgnoreCase"
		if prefix, _, ok := strings.Cut(name, "*"); ok {
			name, operator = prefix, "StringStartsWith"
		}
		is = append(is, "@Request[Microsoft.ContainerRegistry/registries/repositories:name] "+operator+" '"+name+"'")
	}
	return "((" + strings.Join(not, " AND ") + ") OR (" + strings.Join(is, " OR ") + "))"
}
