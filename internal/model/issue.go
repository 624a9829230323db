package model

// TeamHandle is an example of a team's handle on the platform's Git host.
func (m *Model) TeamHandle() string {
	return "@" + m.Platform.Git.Owner() + "/ledger"
}
