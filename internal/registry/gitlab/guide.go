package gitlab

import (
	"fmt"
	"net/url"

	"github.com/penstock-dev/penstock/internal/registry"
)

// guide has the calls of GitLab's API: "Container registry cleanup policies" and
// "Protected container tags", read 2026-11-22.
func guide(r registry.Retention) registry.Guide {
	project := "projects/" + url.PathEscape(r.Project)
	age := "Both classes go at the same age"
	if days := Age(r.Candidates, r.Previews); days > 0 {
		age += fmt.Sprintf(": %d days, the next that GitLab has.", days)
	} else {
		age = "GitLab has no age above 90 days, and the contract asks for more: nothing is deleted."
	}
	return registry.Guide{
		Files: []registry.PolicyFile{
			{
				Name:  cleanupFile,
				What:  "The project's one cleanup policy, for all of its repositories. " + age + " The newest of these tags stays in each repository.",
				Apply: "glab api --method PUT " + project + " --header 'Content-Type: application/json' --input " + cleanupFile,
			},
			{
				Name:    protectionFile,
				What:    "Who may move and delete environments' tags, promotion tags, records and releases. Cleanup passes protected tags.",
				Preview: "glab api " + project + "/registry/protection/tag/rules",
				Apply:   "jq --compact-output '.[]' " + protectionFile + " | while read -r rule; do\n  printf '%s' \"$rule\" | glab api --method POST " + project + "/registry/protection/tag/rules --header 'Content-Type: application/json' --input -\ndone",
			},
		},
		AuditNote: "GitLab records no move of a tag: promotion tags and their records, which no pipeline overwrites, are the log. `penstock history --check` finds a tag that was moved by hand.",
		Cannot: []string{
			"There is no dry run of the cleanup: `penstock registry simulate` is one.",
			"Roles count, not pipelines: whoever is Maintainer may move an environment's tag from a shell.",
			"A count of releases is refused: the policy keeps the newest of what it would delete, not of releases.",
			"There is no list of what is about a digest, and untagged signatures are collected soon. So signatures are tags, in cosign's older form.",
			"Immutable tags need GitLab Ultimate (beta since 18.2) and are not used; five rules a project are all there are.",
		},
	}
}
