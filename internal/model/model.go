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
	"github.com/penstock-dev/penstock/internal/forge"
	"github.com/penstock-dev/penstock/internal/forge/table"
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
	// Forge is where the platform's repositories are, and Site this as it sees it.
	Forge forge.Forge
	Site  forge.Site
}

// Git is one repository and the branch that counts.
type Git = forge.Git

// Platform is the platform repository.
type Platform struct {
	Git     Git
	Owners  []string // sorted
	Contact string
}

// Env is one environment.
type Env struct {
	forge.Env
	From      *Env   // nil for the first
	Next      []*Env // environments promoted from this one, in path order
	Mode      string
	Freeze    []contract.Freeze // by start
	Reference string
	Interval  string
	Clusters  []*Cluster // by name
	Formerly  string
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
	forge.App
	Team     *Team
	Envs     []*AppEnv // in the order of the promotion path
	Formerly string
	// Releases is the repository, without scheme, that CI pushes bundles to;
	// empty for delivery git.
	Releases string
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
	host := table.Of(s.Platform.Git.Provider)
	m := &Model{
		Name: c.Metadata.Name, Forge: host,
		Platform: Platform{
			Git:     host.Git(s.Platform.Git.URL, s.Platform.Git.Branch),
			Owners:  sorted(s.Platform.Owners),
			Contact: strings.TrimSpace(s.Platform.Contact),
		},
		Flux: s.Flux, CI: s.CI, Registry: newRegistry(s.Registry, host, s.Flux.Line()), SupplyChain: s.SupplyChain,
		Observability: s.Observability, Decision: s.Decision,
	}
	m.Observability.Notifications = byName(s.Observability.Notifications, notificationName)
	m.addEnvs(s.Environments)
	m.addSite()
	for _, t := range byName(s.Teams, func(t contract.Team) string { return t.Name }) {
		m.Teams = append(m.Teams, m.newTeam(t))
	}
	for _, a := range m.Apps() {
		m.Site.Apps = append(m.Site.Apps, &a.App)
	}
	m.Site.Bundles = m.HasOCI()
	return m
}

// addSite begins what the forge sees, all but the apps.
func (m *Model) addSite() {
	r := m.Registry
	m.Site = forge.Site{
		Name: m.Name, Git: m.Platform.Git, Signing: m.SupplyChain.Signing, KeyRef: m.SupplyChain.KeyRef, Variables: m.Forge.Variables,
		Registry: forge.Registry{Login: r.Login, Host: r.Host, Insecure: r.Insecure, OldSignatures: r.Product.OldSignatures},
	}
	for _, e := range m.Envs {
		for _, c := range m.Webhooks(e) {
			e.Calls = append(e.Calls, c.WebhookBase())
		}
		m.Site.Envs = append(m.Site.Envs, &e.Env)
	}
	for _, c := range m.PlatformWebhooks() {
		m.Site.Calls = append(m.Site.Calls, c.WebhookBase())
	}
}

// WebhookBase is the cluster's webhook address without a slash at its end.
func (c *Cluster) WebhookBase() string { return strings.TrimSuffix(c.Webhook, "/") }

func (m *Model) addEnvs(envs []contract.Environment) {
	known := map[string]*Env{}
	for _, e := range envs {
		env := &Env{
			Env:  forge.Env{Name: e.Name, Approvers: sorted(e.Promotion.Approvers), NeedsPerson: e.Promotion.Mode == "approval", Pinned: e.Reference == "pinned"},
			Mode: e.Promotion.Mode, Freeze: ByStart(e.Promotion.Freeze), Reference: e.Reference, Interval: e.Interval, Formerly: e.Formerly,
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
			m.Envs[i].From, m.Envs[i].Env.From = from, &from.Env
			from.Next, from.Env.Next = append(from.Next, m.Envs[i]), append(from.Env.Next, &m.Envs[i].Env)
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
		App:  forge.App{TeamName: team.Name, Name: a.Name, Git: m.Forge.Git(a.Git.URL, a.Git.Branch), Path: a.Path, Image: a.Image, Delivery: a.Delivery, OCI: a.Delivery == "oci"},
		Team: team, Formerly: a.Formerly,
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
		app.Envs, app.Places = append(app.Envs, ae), append(app.Places, &env.Env)
	}
	return app
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

func byName[T any](list []T, name func(T) string) []T {
	return slices.SortedFunc(slices.Values(list), func(a, b T) int { return cmp.Compare(name(a), name(b)) })
}

func notificationName(n contract.Notification) string { return n.Name }

// Here reports whether the app's repository is on the platform's Git host, so
// that its pipelines can use what the platform repository offers.
func (m *Model) Here(a *App) bool { return m.Site.Here(&a.App) }

// LastEnv is the app's last environment along the promotion path.
func (a *App) LastEnv() *Env { return a.Envs[len(a.Envs)-1].Env }

func (m *Model) has(is func(*App) bool) bool { return slices.ContainsFunc(m.Apps(), is) }

// HasOCI reports whether apps are delivered as bundles: at least one is, or
// there is no app yet, since that is the default.
func (m *Model) HasOCI() bool { return m.has(func(a *App) bool { return a.OCI }) || !m.HasGit() }

// HasGit reports whether an app is delivered by Git.
func (m *Model) HasGit() bool { return m.has(func(a *App) bool { return !a.OCI }) }

// HasPins reports whether Git decides what runs in some environment.
func (m *Model) HasPins() bool {
	return m.has(func(a *App) bool {
		return slices.ContainsFunc(a.Envs, func(ae *AppEnv) bool { return ae.Pinned })
	})
}

// Apps lists the apps of all teams, by team and name.
func (m *Model) Apps() []*App {
	var apps []*App
	for _, t := range m.Teams {
		apps = append(apps, t.Apps...)
	}
	return apps
}

// Floating reports whether some environment follows a tag.
func (m *Model) Floating() bool {
	return slices.ContainsFunc(m.Envs, func(e *Env) bool { return !e.Pinned })
}
