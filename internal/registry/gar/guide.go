package gar

import (
	"path"

	"github.com/penstock-dev/penstock/internal/registry"
)

// guide has gcloud's own commands: "Configure cleanup policies", read 2026-11-22.
//
// [M] Method names of the audit log. Live: the command of Audit after a push.
func guide(r registry.Retention) registry.Guide {
	set := "gcloud artifacts repositories set-cleanup-policies " + path.Base(r.ReleasesRoot()) + " --project " + r.Project + " --location " + r.Location + " --policy=" + cleanupFile
	return registry.Guide{
		Files: []registry.PolicyFile{{
			Name: cleanupFile,
			What: "What goes from the repository `" + path.Base(r.ReleasesRoot()) + "`, which holds releases, `ci-*` and `pr-*`. Keep beats Delete. Repositories that environments read have no policy: nothing there goes.",
			Preview: set + " --dry-run\n" +
				"gcloud logging read 'protoPayload.serviceName=\"artifactregistry.googleapis.com\" AND protoPayload.request.parent:\"" + path.Base(r.ReleasesRoot()) + "\"' --project " + r.Project + " --freshness 2d --limit 50",
			Apply: set + " --no-dry-run",
		}},
		Audit:     "gcloud logging read 'protoPayload.serviceName=\"artifactregistry.googleapis.com\" AND protoPayload.methodName:\"PutManifest\"' --project " + r.Project + " --freshness 30d --format 'table(timestamp, protoPayload.authenticationInfo.principalEmail, protoPayload.resourceName)'",
		AuditNote: "Needs Data Access logs for Artifact Registry, which are off until somebody switches them on. Whether your project names the method so: run the command after a push.",
		Cannot: []string{
			"Immutable tags are for a whole repository, and cleanup passes what has one. So that of releases has none, or `ci-*` and `pr-*` would stay for ever; who may overwrite a tag is said by rights.",
			"A count of releases is refused: Delete goes by age and prefix only.",
			"Conditions of cleanup know prefixes only, never a pattern.",
		},
	}
}
