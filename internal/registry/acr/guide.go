package acr

import "github.com/penstock-dev/penstock/internal/registry"

// guide has the commands of Azure's CLI: "Automatically purge images from a
// registry", read 2026-11-22.
func guide(r registry.Retention) registry.Guide {
	name := r.HostName()
	return registry.Guide{
		Files: []registry.PolicyFile{{
			Name:    purgeFile,
			What:    "The task that takes tags of old candidates and previews from the repositories of releases, every night. It deletes tags, never a digest.",
			Preview: "sed 's/acr purge/acr purge --dry-run/' " + purgeFile + " | az acr run --registry " + name + " --file - /dev/null",
			Apply: "az acr task create --registry " + name + " --name penstock-purge --file " + purgeFile + " --context /dev/null --schedule '0 3 * * *' \\\n" +
				"  --assign-identity '[system]' --source-acr-auth-id '[system]'",
		}},
		AuditNote: "Switch on the diagnostic setting `ContainerRegistryRepositoryEvents` of the registry. Then, in its Logs: `ContainerRegistryRepositoryEvents | where Repository endswith 'TEAM/APP' | project TimeGenerated, Identity, OperationName, Tag, Digest`.",
		Cannot: []string{
			"There is no write-once: a tag can be locked after its push only, and who may write metadata can take the lock away (Azure/acr#890, open in 2026-06). So rights are on repositories, and each environment reads one of its own.",
			"A count of releases is refused: `acr purge --keep` counts what all filters of a command match.",
			"In the mode that `docs/setup.md` asks for, the task has no rights until its identity has the roles Container Registry Repository Contributor and Container Registry Repository Catalog Lister. `az acr task run --registry " + name + " --name penstock-purge` shows whether it can.",
		},
	}
}
