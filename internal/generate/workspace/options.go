package workspace

import (
	"time"

	"github.com/penstock-dev/penstock/internal/generate/site"
)

// Options say what is generated where.
type Options struct {
	ContractFile string   // "" for the first default place
	Workspace    string   // the folder with platform/ and apps/<team>/<app>/; "" for the nearest
	Only         []string // names of targets; none for all
	PlatformDir  string
	AppDirs      []string
	// FluxManifests is a release archive of Flux or a mirror's URL.
	FluxManifests string
	// AllowPrune accepts that Flux deletes what runs.
	AllowPrune bool
	// Markers writes an edit and a change of the same lines between markers.
	Markers bool
	// Added is the app, as <team>/<app>, that an app's folder without one means.
	Added string

	Version string    // of Penstock
	Command string    // that a lock names for people
	Now     time.Time // for locks and commits; no file depends on it

	// Site is where the command works, once Locate has found it.
	Site site.Site
	// named is set where nothing but what the options name is meant.
	named bool
}
