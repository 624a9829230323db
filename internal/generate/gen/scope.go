package gen

import (
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/generate/graph"
	"github.com/penstock-dev/penstock/internal/generate/pages"
	"github.com/penstock-dev/penstock/internal/model"
)

// scope is the root value of a template. Its key says which templates it is
// for; its vars are pairs of placeholder and value for their paths.
type scope interface {
	key() string
	vars() []string
	// From says where in the contract the content comes from.
	From() string
}

// Platform is the scope of the platform repository's templates that are
// rendered once.
type Platform struct {
	pages.Pages
	Readiness []Line
	// Version is Penstock's own, which CI installs; "dev" for a development build.
	Version string
}

func (Platform) key() string    { return "platform" }
func (Platform) vars() []string { return nil }

// From implements scope.
func (Platform) From() string { return ContractFile }

// Mermaid is the way of every app as a Mermaid flowchart.
func (s Platform) Mermaid() string { return strings.TrimSpace(graph.Pattern(s.Model)) }

// Lacks are what the readiness list lacks by name, each once.
func (s Platform) Lacks() []Lack {
	var list []Lack
	for _, line := range s.Readiness {
		for _, l := range line.Lacks {
			if !slices.ContainsFunc(list, func(other Lack) bool { return other.What == l.What }) {
				list = append(list, l)
			}
		}
	}
	return list
}

// Env is the scope of a path with _env_.
type Env struct {
	*model.Model
	Env *model.Env
}

func (Env) key() string      { return "platform _env_" }
func (s Env) vars() []string { return []string{"_env_", s.Env.Name} }

// From implements scope.
func (s Env) From() string { return ContractFile + ", environment " + s.Env.Name }

// Cluster is the scope of a path with _cluster_.
type Cluster struct {
	*model.Model
	Cluster *model.Cluster
	Env     *model.Env
}

func (Cluster) key() string      { return "platform _cluster_" }
func (s Cluster) vars() []string { return []string{"_cluster_", s.Cluster.Name} }

// From implements scope.
func (s Cluster) From() string {
	return ContractFile + ", environment " + s.Env.Name + ", cluster " + s.Cluster.Name
}

// HasReceiver reports whether CI calls this cluster when the platform
// repository changed.
func (s Cluster) HasReceiver() bool { return slices.Contains(s.PlatformWebhooks(), s.Cluster) }

// Team is the scope of a path with _team_.
type Team struct {
	*model.Model
	Team *model.Team
}

func (Team) key() string      { return "platform _team_" }
func (s Team) vars() []string { return []string{"_team_", s.Team.Name} }

// From implements scope.
func (s Team) From() string { return ContractFile + ", team " + s.Team.Name }

// TeamEnv is the scope of a path with _team_ and _env_.
type TeamEnv struct {
	Team
	Env  *model.Env
	Apps []*model.AppEnv // the team's apps in this environment, by name
	Pins []*model.AppEnv // those of them whose pin file says what runs
}

func newTeamEnv(m *model.Model, team *model.Team, env *model.Env) TeamEnv {
	s := TeamEnv{Team: Team{m, team}, Env: env}
	for _, a := range team.Apps {
		for _, ae := range a.Envs {
			if ae.Env != env {
				continue
			}
			s.Apps = append(s.Apps, ae)
			if ae.Pinned {
				s.Pins = append(s.Pins, ae)
			}
		}
	}
	return s
}

func (TeamEnv) key() string { return "platform _team_ _env_" }

func (s TeamEnv) vars() []string { return append(s.Team.vars(), "_env_", s.Env.Name) }

// OCISources is what the team's OCI sources may start with here.
func (s TeamEnv) OCISources() string { return s.Model.OCISources(s.Team.Team, s.Env) }

// GitSources lists the addresses that the team's Git sources may have here.
func (s TeamEnv) GitSources() []string {
	var urls []string
	for _, a := range s.Apps {
		if !a.OCI {
			urls = append(urls, a.Git.Flux)
		}
	}
	return urls
}

// AppEnv is the scope of a path with _team_, _env_ and _app_.
type AppEnv struct {
	*model.Model
	Team *model.Team
	App  *model.AppEnv
	Env  *model.Env
}

func newAppEnv(m *model.Model, a *model.AppEnv) AppEnv {
	return AppEnv{Model: m, Team: a.Team, App: a, Env: a.Env}
}

func (AppEnv) key() string { return "platform _team_ _env_ _app_" }

func (s AppEnv) vars() []string {
	return []string{"_team_", s.Team.Name, "_env_", s.Env.Name, "_app_", s.App.Name}
}

// From implements scope.
func (s AppEnv) From() string {
	return ContractFile + ", team " + s.Team.Name + ", app " + s.App.Name
}

// App is the scope of an app repository's templates that are rendered once.
type App struct {
	pages.Pages
	Team *model.Team
	App  *model.App
}

func (App) key() string      { return "app" }
func (s App) vars() []string { return []string{"_path_", s.App.Path} }

// From implements scope.
func (s App) From() string {
	return ContractFile + " of " + s.Platform.Git.Web + ", team " + s.Team.Name + ", app " + s.App.Name
}

// Overlay is the scope of an app repository's paths with _env_.
type Overlay struct{ AppEnv }

func (Overlay) key() string { return "app _env_" }

func (s Overlay) vars() []string { return []string{"_path_", s.App.Path, "_env_", s.Env.Name} }

// Replicas is the number of pods to start with: one where releases arrive
// first, two from there on.
func (s Overlay) Replicas() int {
	if s.Env.From == nil {
		return 1
	}
	return 2
}
