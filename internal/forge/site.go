package forge

import (
	"slices"
	"strings"
)

// Site is a platform as its forge sees it.
type Site struct {
	Name string
	Git  Git    // the platform repository
	Envs []*Env // in the order of the promotion path
	Apps []*App // by team and name
	// Registry is what CI's jobs log in to.
	Registry Registry
	// Signing is keyless, key or none; with a key KeyRef is where that is.
	Signing, KeyRef string
	// Bundles: releases travel so, of some apps at least.
	Bundles bool
	// Calls are the addresses of the clusters that CI calls when the platform
	// repository changed, which HasReceivers: CI calls some.
	Calls        []string
	HasReceivers bool
	// Variables begins names of variables that nobody else may set.
	Variables string
}

// Registry is where bundles are, as a job sees it.
type Registry struct {
	Login
	Host          string
	Insecure      bool // without TLS
	OldSignatures bool // signatures are in cosign's older form
}

// Env is one environment.
type Env struct {
	Name        string
	From        *Env     // nil for the first
	Next        []*Env   // environments promoted from this one, in path order
	Approvers   []string // sorted
	NeedsPerson bool     // a promotion waits for an approval
	Pinned      bool     // Git pins what runs
	// Calls are the addresses of the clusters that CI calls.
	Calls []string
}

// App is one application.
type App struct {
	TeamName, Name string
	Git            Git
	Path           string
	Image          string
	Delivery       string
	OCI            bool   // releases travel as bundles
	Places         []*Env // in path order
}

// PublishWorkflow and HistoryWorkflow are the platform's pipelines, or the
// files that they are in, that build, sign and attest releases and that check
// the histories.
const (
	PublishWorkflow = "publish.yaml"
	HistoryWorkflow = "history.yaml"
)

// PromoteWorkflow is the one whose certificate an environment trusts, where
// each has its own. The workflow and the trust are made from this one name.
func (e *Env) PromoteWorkflow() string { return "promote-" + e.Name + ".yaml" }

// AfterPin reports whether releases come here from an environment that Git
// pins, so that the platform repository says what may be promoted.
func (e *Env) AfterPin() bool { return !e.Pinned && e.From != nil && e.From.Pinned }

// Gate says in a few words what a promotion waits for.
func (e *Env) Gate() string {
	if !e.NeedsPerson {
		return "automatic"
	}
	return "approval by " + strings.Join(e.Approvers, " or ")
}

// DefaultRelease is what is promoted when nobody says, in words.
func (e *Env) DefaultRelease() string {
	if e.From == nil {
		return "the newest release"
	}
	return "what " + e.From.Name + " runs"
}

// Project is the repository's path in lower case, as hosts compare it.
func (a *App) Project() string { return strings.ToLower(a.Git.Slug) }

// ImageOrNone is the image that CI builds, or "-".
func (a *App) ImageOrNone() string {
	if a.Image == "" {
		return "-"
	}
	return a.Image
}

// EnvNames lists the app's environments in path order.
func (a *App) EnvNames() []string { return names(a.Places) }

func names(envs []*Env) []string {
	var list []string
	for _, e := range envs {
		list = append(list, e.Name)
	}
	return list
}

// Path lists the app's environments, each behind the one that it follows: the
// contract's list may have them the other way round.
func (a *App) Route() []*Env {
	var envs []*Env
	var add func(from *Env)
	add = func(from *Env) {
		for _, e := range a.Places {
			if e.From == from {
				envs = append(envs, e)
				add(e)
			}
		}
	}
	add(nil)
	return envs
}

// Here reports whether the app's repository is on the platform's Git host, so
// that its pipelines can use what the platform repository offers.
func (s Site) Here(a *App) bool { return a.Git.Root() == s.Git.Root() }

// Near lists the apps that are here, by repository.
func (s Site) Near() []*App {
	apps := slices.DeleteFunc(slices.Clone(s.Apps), func(a *App) bool { return !s.Here(a) })
	slices.SortStableFunc(apps, func(a, b *App) int { return strings.Compare(a.Project(), b.Project()) })
	return apps
}

// Far are the apps that no pipeline of this platform can serve.
func (s Site) Far(why string) Lack {
	l := Lack{What: "Apps on another Git host", Why: " than the platform" + why}
	for _, a := range s.Apps {
		if a.OCI && !s.Here(a) {
			l.Names = append(l.Names, a.TeamName+"/"+a.Name)
		}
	}
	return l
}

// Some reports whether an environment is so.
func (s Site) Some(is func(*Env) bool) bool { return slices.ContainsFunc(s.Envs, is) }

// Asks reports whether a pipeline waits for a person.
func (s Site) Asks() bool { return s.Some(func(e *Env) bool { return e.NeedsPerson && !e.Pinned }) }

// Pins lists the environments whose releases Git pins, in path order.
func (s Site) Pins() []*Env {
	return slices.DeleteFunc(slices.Clone(s.Envs), func(e *Env) bool { return !e.Pinned })
}

// PinNames lists their names.
func (s Site) PinNames() []string { return names(s.Pins()) }

// HasPins reports whether Git decides what runs of some app.
func (s Site) HasPins() bool {
	return s.has(func(a *App) bool {
		return a.OCI && slices.ContainsFunc(a.Places, func(e *Env) bool { return e.Pinned })
	})
}

func (s Site) has(is func(*App) bool) bool { return slices.ContainsFunc(s.Apps, is) }

// AutomaticPins are the names of environments that Git pins and that nobody
// approves, separated by "|" for a shell's case; "" when there are none.
func (s Site) AutomaticPins() string {
	return strings.Join(names(slices.DeleteFunc(s.Pins(), func(e *Env) bool { return e.NeedsPerson })), "|")
}

// PinSteps are pairs "from:to" of environments that Git pins: the promotions
// that the merge of a pin begins.
func (s Site) PinSteps() []string {
	var steps []string
	for _, e := range s.Pins() {
		if e.From != nil && e.From.Pinned {
			steps = append(steps, e.From.Name+":"+e.Name)
		}
	}
	return steps
}

// PinStepWords are they as words of a shell.
func (s Site) PinStepWords() string { return strings.Join(s.PinSteps(), " ") }

// HasImages reports whether CI builds an image at all.
func (s Site) HasImages() bool { return s.has(func(a *App) bool { return a.OCI && a.Image != "" }) }

// ImageHost is the host of the image that CI builds, as docker login names it;
// "-" where there is nothing to log in to: no image, or the bundles' host.
func (s Site) ImageHost(a *App) string {
	if a.Image == "" {
		return "-"
	}
	host, _, found := strings.Cut(a.Image, "/")
	switch {
	case !found || !strings.ContainsAny(host, ".:") && host != "localhost":
		host = "docker.io"
	case host == s.Registry.Host:
		host = "-"
	}
	return host
}
