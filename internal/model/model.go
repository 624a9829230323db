// Package model turns a complete contract into what the templates need: every
// derived name, path and reference, with lists sorted where the contract's
// order has no meaning.
//
// It decides nothing that a person could decide in the contract, and does no
// I/O. The Model is read-only after Build; its parts point at each other.
package model

import (
	"cmp"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/contract"
)

// Model is the whole platform.
type Model struct {
	Name          string
	Platform      Platform
	Flux          contract.Flux
	CI            contract.CI
	Registry      Registry
	SupplyChain   contract.SupplyChain
	Observability contract.Observability
	Decision      contract.Decision
	Envs          []*Env     // in the order of the promotion path
	Clusters      []*Cluster // by name
	Teams         []*Team    // by name
}

// Platform is the platform repository.
type Platform struct {
	Git     Git
	Owners  []string // sorted
	Contact string
}

// Env is one environment.
type Env struct {
	Name        string
	From        *Env   // nil for the first
	Next        []*Env // environments promoted from this one, in path order
	Mode        string
	Approvers   []string          // sorted
	Freeze      []contract.Freeze // by start
	Reference   string
	Interval    string
	Clusters    []*Cluster // by name
	Formerly    string
	NeedsPerson bool // a promotion waits for an approval
	Pinned      bool // Git pins what runs
}

// Cluster is one cluster.
type Cluster struct {
	Name     string
	Webhook  string
	Formerly string
	Env      *Env
}

// Team is one team.
type Team struct {
	Name          string
	Owners        []string // sorted
	Contact       string
	Quota         *contract.Quota
	Notifications []contract.Notification // by name
	Apps          []*App                  // by name
	Formerly      string
}

// App is one application.
type App struct {
	Team     *Team
	Name     string
	Git      Git
	Delivery string
	Path     string
	Image    string
	Envs     []*AppEnv // in the order of the promotion path
	Formerly string
	// Releases is the repository, without scheme, that CI pushes bundles to;
	// empty for delivery git.
	Releases string
	OCI      bool // releases travel as bundles
}

// AppEnv is an app in one of its environments.
type AppEnv struct {
	*App
	Env *Env
	// Repository is where the environment reads bundles from, without scheme;
	// empty for delivery git.
	Repository string
	// Pinned: the pin file in the platform repository says what runs.
	Pinned bool
	Verify *Verify // nil where nothing is verified
	// Receiver is what CI calls after it moved the environment's tag; nil where
	// it calls nobody.
	Receiver *Receiver
}

// Build derives the Model of a contract that Parse returned without problems.
func Build(c contract.Contract) *Model {
	s := c.Spec
	m := &Model{
		Name: c.Metadata.Name,
		Platform: Platform{
			Git:     newGit(s.Platform.Git.URL, s.Platform.Git.Branch, s.Platform.Git.Provider),
			Owners:  sorted(s.Platform.Owners),
			Contact: strings.TrimSpace(s.Platform.Contact),
		},
		Flux: s.Flux, CI: s.CI, Registry: newRegistry(s.Registry, s.CI.Provider, s.Flux.Line()), SupplyChain: s.SupplyChain,
		Observability: s.Observability, Decision: s.Decision,
	}
	m.Observability.Notifications = byName(s.Observability.Notifications, notificationName)
	m.addEnvs(s.Environments)
	for _, t := range byName(s.Teams, func(t contract.Team) string { return t.Name }) {
		m.Teams = append(m.Teams, m.newTeam(t))
	}
	return m
}

func (m *Model) addEnvs(envs []contract.Environment) {
	known := map[string]*Env{}
	for _, e := range envs {
		env := &Env{
			Name: e.Name, Mode: e.Promotion.Mode, Approvers: sorted(e.Promotion.Approvers),
			Freeze: ByStart(e.Promotion.Freeze), Reference: e.Reference, Interval: e.Interval, Formerly: e.Formerly,
			NeedsPerson: e.Promotion.Mode == "approval", Pinned: e.Reference == "pinned",
		}
		for _, c := range byName(e.Clusters, func(c contract.Cluster) string { return c.Name }) {
			env.Clusters = append(env.Clusters, &Cluster{Name: c.Name, Webhook: c.Webhook, Formerly: c.Formerly, Env: env})
		}
		known[e.Name] = env
		m.Envs = append(m.Envs, env)
		m.Clusters = append(m.Clusters, env.Clusters...)
	}
	for i, e := range envs {
		if from := known[e.Promotion.From]; from != nil {
			m.Envs[i].From = from
			from.Next = append(from.Next, m.Envs[i])
		}
	}
	slices.SortFunc(m.Clusters, func(a, b *Cluster) int { return cmp.Compare(a.Name, b.Name) })
}

func (m *Model) newTeam(t contract.Team) *Team {
	team := &Team{
		Name: t.Name, Owners: sorted(t.Owners), Contact: strings.TrimSpace(t.Contact), Quota: t.Quota,
		Notifications: byName(t.Notifications, notificationName), Formerly: t.Formerly,
	}
	for _, a := range byName(t.Apps, func(a contract.App) string { return a.Name }) {
		team.Apps = append(team.Apps, m.newApp(team, a))
	}
	return team
}

func (m *Model) newApp(team *Team, a contract.App) *App {
	app := &App{
		Team: team, Name: a.Name, Git: newGit(a.Git.URL, a.Git.Branch, m.Platform.Git.Provider),
		Delivery: a.Delivery, Path: a.Path, Image: a.Image, Formerly: a.Formerly, OCI: a.Delivery == "oci",
	}
	if app.OCI {
		app.Releases = m.Registry.releases(team.Name, a.Name)
	}
	for _, env := range m.Envs {
		if !slices.Contains(a.Environments, env.Name) {
			continue
		}
		ae := &AppEnv{App: app, Env: env, Pinned: env.Pinned && app.OCI}
		if app.OCI {
			ae.Repository = m.Registry.environment(env.Name, team.Name, a.Name)
			ae.Verify = m.verify(app, env)
			ae.Receiver = m.receiver(app, env)
		}
		app.Envs = append(app.Envs, ae)
	}
	return app
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

func byName[T any](list []T, name func(T) string) []T {
	return slices.SortedFunc(slices.Values(list), func(a, b T) int { return cmp.Compare(name(a), name(b)) })
}

func notificationName(n contract.Notification) string { return n.Name }
