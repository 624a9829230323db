package model

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

// FluxSeries is the range of Flux versions that Flux Operator may install:
// all patches of the contract's minor version.
func (m *Model) FluxSeries() string { return m.Flux.Version + ".x" }

// PlatformRef is the full name of the branch that the clusters follow.
func (m *Model) PlatformRef() string { return "refs/heads/" + m.Platform.Git.Branch }
