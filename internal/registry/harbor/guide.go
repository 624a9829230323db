package harbor

import (
	"strings"

	"github.com/penstock-dev/penstock/internal/registry"
)

// guide has the calls of Harbor's API: its swagger file at c50c7dd (2026-08-21).
func guide(r registry.Retention) registry.Guide {
	project := strings.Split(r.ReleasesRoot(), "/")[1]
	api := r.URL() + "/api/v2.0"
	call := "curl --silent --show-error --fail --user \"$HARBOR_ADMIN\" "
	id := "project=\"$(" + call + api + "/projects/" + project + " | jq .project_id)\"\n"
	return registry.Guide{
		Files: []registry.PolicyFile{
			{
				Name:  immutableFile,
				What:  "Which tags of the project `" + project + "` nobody may move or delete, not even by retention.",
				Apply: "jq --compact-output '.[]' " + immutableFile + " | while read -r rule; do\n  " + call + "--json \"$rule\" " + api + "/projects/" + project + "/immutabletagrules\ndone",
			},
			{
				Name: retentionFile,
				What: "What stays in the project `" + project + "`: Harbor deletes whatever no rule retains, so one rule retains all that is neither candidate nor preview. Projects that environments read have no policy: nothing there goes.",
				Preview: "# after it is applied, without its schedule having run: a dry run, and its log\n" + id +
					"policy=\"$(" + call + api + "/projects/$project | jq --raw-output .metadata.retention_id)\"\n" +
					call + "--json '{\"dry_run\": true}' \"" + api + "/retentions/$policy/executions\"\n" +
					call + "\"" + api + "/retentions/$policy/executions\"",
				Apply: id + "jq --argjson id \"$project\" '.scope.ref = $id' " + retentionFile + " > /tmp/retention.json\n" +
					call + "--json @/tmp/retention.json " + api + "/retentions",
			},
		},
		Audit:     call + "\"" + api + "/projects/" + project + "-ENVIRONMENT/auditlog-exts?q=resource=~TEAM/APP\" | jq --raw-output '.[] | [.op_time, .username, .operation, .resource] | @tsv'",
		AuditNote: "`HARBOR_ADMIN` is `name:password` of an administrator. The log of a project is also on its page \"Logs\".",
		Cannot: []string{
			"A robot's rights are on a project. So each environment reads a project of its own.",
			"Retention passes whatever has an immutable tag, and releases have: a count of releases is refused.",
			"The collection of garbage with \"delete untagged artifacts\" takes untagged ones whatever retention says: leave it off (`GET /system/gc/schedule` shows it).",
		},
	}
}
