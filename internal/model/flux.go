package model

import (
	"slices"
	"strings"
)

// Operator reports whether Flux Operator installs Flux and makes the sync
// objects itself.
func (m *Model) Operator() bool { return m.Flux.Install == "operator" }

// Installs reports whether the controllers' manifests are in the repository.
func (m *Model) Installs() bool { return m.Flux.Install == "manifests" }

// FluxFiles lists what is in clusters/<cluster>/flux-system, besides the
// kustomization.yaml that names them.
func (m *Model) FluxFiles() []string {
	switch m.Flux.Install {
	case "operator":
		return []string{"flux-instance.yaml"}
	case "manifests":
		return []string{"gotk-components.yaml", "gotk-sync.yaml"}
	default:
		return []string{"gotk-sync.yaml"}
	}
}

// Gates are the feature gates of kustomize-controller, as its flag has them.
func (m *Model) Gates() string {
	gates := slices.Clone(m.Flux.Line().Gates)
	for i := range gates {
		gates[i] += "=true"
	}
	return strings.Join(gates, ",")
}

// Lockdown are the flags, beyond those of every version, that lock
// kustomize-controller down.
func (m *Model) Lockdown() []string { return m.Flux.Line().Lockdown }

// MintsPullTokens reports whether source-controller must be given the right to
// make tokens of PullAccount.
func (m *Model) MintsPullTokens() bool { return m.PullsByToken() && !m.Flux.Line().MintsTokens }

// PullsByToken reports whether there are bundles to pull with tokens.
func (m *Model) PullsByToken() bool { return m.Registry.ByToken && m.HasOCI() }

// FluxSeries is the range of Flux versions that Flux Operator may install:
// all patches of the contract's minor version.
func (m *Model) FluxSeries() string { return m.Flux.Version + ".x" }

// PlatformRef is the full name of the branch that the clusters follow.
func (m *Model) PlatformRef() string { return "refs/heads/" + m.Platform.Git.Branch }
