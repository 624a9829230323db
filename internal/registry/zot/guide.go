package zot

import "github.com/penstock-dev/penstock/internal/registry"

// guide is about zot's one configuration file: zot's documentation and source at
// 6d19b44 (2026-08-21).
func guide(registry.Retention) registry.Guide {
	return registry.Guide{
		Files: []registry.PolicyFile{{
			Name: retentionFile,
			What: "The part `storage` of zot's configuration: which tags its collection of garbage keeps. Everything that is neither candidate nor preview stays.",
			Preview: "# with the server stopped, or on a copy of its data\n" +
				"jq --slurp '.[0] * .[1]' /etc/zot/config.json " + retentionFile + " > /tmp/zot.json\nzot verify /tmp/zot.json\nzot verify-feature retention /tmp/zot.json",
			Apply: "jq --slurp '.[0] * .[1]' /etc/zot/config.json " + retentionFile + " > /tmp/zot.json\nzot verify /tmp/zot.json\nsudo cp /tmp/zot.json /etc/zot/config.json\nsudo systemctl restart zot",
		}},
		Audit:     "grep ENVIRONMENT /var/log/zot/audit.log | jq --raw-output 'select(.method == \"PUT\") | [.time, .subject, .object] | @tsv'",
		AuditNote: "Needs `log.audit` in zot's configuration; the file is the one that it names.",
		Cannot: []string{
			"zot knows when a digest was pushed, not when a tag moved to it: a new `ci-*` tag on an old build is as old as that build.",
			"A part of an index that has a `ci-*` or `pr-*` tag of its own may go with that tag while the index stays. Pipelines tag no such part.",
			"No zot has run these files here: they are checked against its documentation and source. `zot verify` and `zot verify-feature retention` are the live check.",
		},
	}
}
