package registry

import (
	"strings"

	"github.com/penstock-dev/penstock/internal/forge"
	"github.com/penstock-dev/penstock/internal/generate/step"
)

// Setup is what is set up at a provider, once and for each app. The steps do not
// look at the model: what they need of it is a Site.
type Setup struct {
	Platform func(Site) []step.Step
	App      func(Site, App) []step.Step
}

// Site is a platform as its registry sees it.
type Site struct {
	Config
	Name       string // the platform's
	Repository string // of the platform, on its Git host
	Envs       []Env  // in the order of the promotion path
	Clusters   []Cluster
	// Identities are who of the platform repository's CI comes to the registry. In
	// their repositories "*" stands for any team and any app.
	Identities []forge.Identity
	// Images are those of all apps.
	Images []string
	// Bundles: there is an app whose releases travel as bundles.
	Bundles bool
	// ByToken: Flux logs in with tokens of the ServiceAccount PullAccount, and not
	// with the Secret PullSecret.
	ByToken                 bool
	PullSecret, PullAccount string
	CI                      forge.CI
	provider                Provider
}

// At returns the site at a provider.
func (s Site) At(p Provider) Site { s.provider = p; return s }

// Env is one environment.
type Env struct {
	Name     string
	From     string // the environment before; "" for the first
	Workflow string // that promotes to it
	Pinned   bool   // Git says what runs, and the platform's CI changes it
}

// Cluster is one cluster and its environment.
type Cluster struct{ Name, Env string }

// App is one app that travels as bundles.
type App struct {
	Team, Name string
	Repository string // on its Git host
	Releases   string // where its bundles go, without scheme
	Image      string // that CI builds; "" for none
	Places     []Place
	Identities []forge.Identity // who of its own CI comes to the registry
}

// Place is where one environment, with these clusters, reads an app's bundles.
type Place struct {
	Env, Repository string
	Clusters        []string
}

// TeamPrefix is Provider.TeamPrefix.
func (s Site) TeamPrefix(environment, team string) string {
	return s.provider.TeamPrefix(s.Config, environment, team)
}

// ReleasesPrefix is the same for the releases.
func (s Site) ReleasesPrefix(team string) string { return s.TeamPrefix("", team) }

// Path is a repository without its host.
func (s Site) Path(repository string) string { return strings.TrimPrefix(repository, s.Host+"/") }

// HostName is the first part of the host, by which some products know it.
func (c Config) HostName() string {
	name, _, _ := strings.Cut(c.Host, ".")
	return name
}

// URL is the registry's address.
func (c Config) URL() string {
	if c.Insecure {
		return "http://" + c.Host
	}
	return "https://" + c.Host
}

// Password reports whether CI logs in with a stored name and password.
func (s Site) Password() bool { return s.provider.Logins[s.CI.Provider].Password() }
