// Package table lists the forges. It is the only place, but for their own
// folders, that names them.
package table

import (
	"slices"
	"strings"
	"sync"

	"github.com/penstock-dev/penstock/internal/forge"
	"github.com/penstock-dev/penstock/internal/forge/github"
	"github.com/penstock-dev/penstock/internal/forge/gitlab"
)

// All returns the forges in the order in which they are offered. Nobody changes
// the list.
func All() []forge.Forge { return forges() }

var forges = sync.OnceValue(func() []forge.Forge { //nolint:gochecknoglobals // see All
	return []forge.Forge{
		github.Forge(),
		gitlab.Forge(),
	}
})

// strangers are public Git hosts that nothing is generated for.
func strangers() []string {
	return []string{"bitbucket.org", "dev.azure.com", "ssh.dev.azure.com", "codeberg.org", "gitea.com"}
}

// Of returns a forge by its name; its zero value where there is none.
func Of(name string) forge.Forge {
	return first(func(f forge.Forge) bool { return f.Name == name })
}

// ByCI returns a forge by the name of its CI; its zero value where there is
// none.
func ByCI(name string) forge.Forge {
	return first(func(f forge.Forge) bool { return f.CI == name })
}

func first(is func(forge.Forge) bool) forge.Forge {
	if i := slices.IndexFunc(All(), is); i >= 0 {
		return All()[i]
	}
	return forge.Forge{}
}

// SelfHosted is what a host likely runs whose name says nothing.
func SelfHosted() forge.Forge { return first(func(f forge.Forge) bool { return f.SelfHosted }) }

// Public returns the name of the forge of a public host, "other" where that is
// none of them, and "" where it is no public host.
func Public(host string) string {
	if slices.Contains(strangers(), host) {
		return "other"
	}
	return first(func(f forge.Forge) bool { return slices.Contains(f.Hosts, host) }).Name
}

// Guess returns the name of the forge that a host's name holds; "" for none.
func Guess(host string) string {
	for _, f := range slices.Backward(All()) {
		if strings.Contains(host, f.Name) {
			return f.Name
		}
	}
	return ""
}

// Each lists something of all forges.
func Each[T any](of func(forge.Forge) T) []T {
	var list []T
	for _, f := range All() {
		list = append(list, of(f))
	}
	return list
}

// Names and CIs list theirs.
func Names() []string { return Each(func(f forge.Forge) string { return f.Name }) }

// CIs see Names.
func CIs() []string { return Each(func(f forge.Forge) string { return f.CI }) }
