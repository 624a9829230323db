// Package acr is what is special about Azure's Container Registry.
package acr

import (
	"regexp"
	"strings"

	"github.com/penstock-dev/penstock/internal/forge"
	"github.com/penstock-dev/penstock/internal/forge/github"
	"github.com/penstock-dev/penstock/internal/forge/gitlab"
	"github.com/penstock-dev/penstock/internal/registry"
)

// Provider describes it.
func Provider() registry.Provider {
	return registry.Provider{
		Name:  "acr",
		Words: "Azure",
		Fields: []registry.Field{
			{Name: "subscription", Asks: "Azure subscription", Instead: []string{"account"}},
			{Name: "resourceGroup", Asks: "Azure resource group", Instead: []string{"project"}},
		},
		Layouts: []string{registry.PerEnvironment, registry.GitDigest},
		Hosts: registry.Hosts{
			Service: "Azure Container Registry", Form: "NAME.azurecr.io", Only: true,
			Propose: func(_ registry.Config, a registry.Around) (string, registry.Guess) {
				return strings.ReplaceAll(a.Platform, "-", "") + ".azurecr.io", registry.MadeUp
			},
			Own: regexp.MustCompile(`\.azurecr\.(io|cn|us)$`),
		},
		Root: registry.Apart,
		Flux: "azure",
		Logins: map[string]forge.Login{
			github.CI: {By: forge.CloudToken, BySubject: true},
			gitlab.CI: {
				By: forge.CloudToken, BySubject: true, Audience: "api://AzureADTokenExchange",
				Variables: []string{"REGISTRY_CLIENT_ID", "REGISTRY_TENANT_ID"},
			},
		},
		Sweep: registry.Sweep{Guide: guide, Files: files, Read: read},
		Setup: registry.Setup{Platform: platform, App: perApp},
	}
}
