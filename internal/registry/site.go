package registry

import (
	"strings"

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
	Identities []Identity
	// Images are those of all apps.
	Images []string
	// Bundles: there is an app whose releases travel as bundles.
	Bundles bool
	// ByToken: Flux logs in with tokens of the ServiceAccount PullAccount, and not
	// with the Secret PullSecret.
	ByToken                 bool
	PullSecret, PullAccount string
	CI                      CI
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
	Identities []Identity // who of its own CI comes to the registry
}

// Place is where one environment, with these clusters, reads an app's bundles.
type Place struct {
	Env, Repository string
	Clusters        []string
}

// Identity is who CI is at the registry: publish, the promotion to one
// environment, or who reads the history.
type Identity struct {
	Name string // "publish", "promote-<environment>" or "history"
	Env  string // "" for those that promote nothing
	// For is what the identity is for, as parts of its name at the registry.
	For []string
	// Slug is the repository whose pipeline it is.
	Slug string
	// Subject is the sub claim of the pipeline's OIDC token, and Caller who it is
	// for those that look at other claims (CI.Caller). In both, the repository's
	// number is what a shell fills in (step.Mark).
	Subject, Caller string
	// Number is the shell variable that holds the repository's number.
	Number string
	// Workflow is the file, below .github/workflows, that the token must come from.
	Workflow string
	// Writes and Reads are repositories without scheme.
	Writes []string
	Reads  []string
}

// CI is the CI system as steps at a registry need it.
type CI struct {
	Provider string
	// Issuer is that of its tokens, without scheme, after a command that sets what
	// in it a shell fills in.
	IssuerCommand []string
	Issuer        string
	// Caller is who a token is of, as a CEL expression over its claims.
	Caller func(claims string) string
	// OwnerNumber is the command that sets owner_id to the number of who owns the
	// platform repository.
	OwnerNumber string
	// ByNumber: repositories are trusted by their number; earlier versions trusted
	// their names.
	ByNumber bool
	// Numbers has the shell ask for the numbers of identities' repositories.
	Numbers func(...Identity) []string
	// SetVariable and SetSecret store a value where the identity's pipeline sees it,
	// and ListVariables shows what is there.
	SetVariable, SetSecret func(id Identity, name, value string) string
	ListVariables          func(Identity) string
}

// Again is what takes a command's place where an earlier version trusted a
// repository by its name.
func (c CI) Again(command, instead string) step.Again {
	if !c.ByNumber {
		return step.Again{}
	}
	return step.Again{Command: command, Instead: instead}
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

// Role says what an identity is for.
func (id Identity) Role() string {
	switch {
	case id.Name == "history":
		return "It checks every night whether what runs is what should run, and may only read."
	case id.Env == "":
		return "It builds: it may write releases, and no environment."
	default:
		return "It promotes to `" + id.Env + "`: it may read releases, and write what `" + id.Env + "` reads."
	}
}
