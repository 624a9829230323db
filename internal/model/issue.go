package model

import "strings"

// TeamHandle is an example of a team's handle on the platform's Git host.
func (m *Model) TeamHandle() string {
	owner, _, _ := strings.Cut(m.Platform.Git.Slug, "/")
	return "@" + owner + "/ledger"
}
