// Package table lists the registry providers. It is the only place, but for
// their own folders, that names them.
package table

import (
	"slices"
	"sync"

	"github.com/penstock-dev/penstock/internal/registry"
	"github.com/penstock-dev/penstock/internal/registry/acr"
	"github.com/penstock-dev/penstock/internal/registry/ecr"
	"github.com/penstock-dev/penstock/internal/registry/gar"
	"github.com/penstock-dev/penstock/internal/registry/ghcr"
	"github.com/penstock-dev/penstock/internal/registry/gitlab"
	"github.com/penstock-dev/penstock/internal/registry/harbor"
	"github.com/penstock-dev/penstock/internal/registry/zot"
)

// All returns the providers in the order in which they are offered. Nobody
// changes the list.
func All() []registry.Provider { return providers() }

// providers are made once: they hold patterns, and every name in a contract asks.
var providers = sync.OnceValue(func() []registry.Provider { //nolint:gochecknoglobals // see above
	return []registry.Provider{
		zot.Provider(),
		ecr.Provider(),
		ghcr.Provider(),
		gar.Provider(),
		acr.Provider(),
		harbor.Provider(),
		gitlab.Provider(),
	}
})

// Of returns a provider by its name; its zero value where there is none.
func Of(name string) registry.Provider {
	for _, p := range All() {
		if p.Name == name {
			return p
		}
	}
	return registry.Provider{}
}

// Names lists the names of the providers that are so.
func Names(are func(registry.Provider) bool) []string {
	var names []string
	for _, p := range All() {
		if are(p) {
			names = append(names, p.Name)
		}
	}
	return names
}

// Takers names the providers that have a field.
func Takers(field string) []string {
	return Names(func(p registry.Provider) bool {
		return slices.ContainsFunc(p.Fields, func(f registry.Field) bool { return f.Name == field })
	})
}
