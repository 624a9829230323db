package model

import (
	"slices"
	"strings"
)

// Permission is a right of a job's token.
type Permission struct{ Name, Access, Why string }

// Line is the permission as a workflow writes it, with its reason.
func (p Permission) Line() string { return p.Name + ": " + p.Access + " # " + p.Why }

// PublishPermissions are those of the publishing job. They depend on nothing
// but what each app's slice of the contract says: a caller must grant them all.
func (m *Model) PublishPermissions() []Permission {
	list := []Permission{{"contents", "read", "check the app out"}}
	list = append(list, m.idToken(m.SupplyChain.Signing == "keyless", false)...)
	switch {
	case m.Registry.ByJobToken():
		list = append(list, Permission{"packages", "write", "push bundle and image to " + m.Registry.Host})
	case !m.Enterprise():
		list = append(list, Permission{"packages", "write", "push the image of an app that has it on ghcr.io"})
	}
	return list
}

// PromotePermissions are those of the job that moves an environment: of the
// app's repository, or where Git pins of the platform's.
func (m *Model) PromotePermissions(e *Env) []Permission {
	var list []Permission
	if e.Pinned {
		list = append(list,
			Permission{"actions", "write", "start the check of the pull request, and what follows its merge"},
			Permission{"contents", "write", "push the branch with the changed pin"},
			Permission{"pull-requests", "write", "open the pull request"})
	} else if e.AfterPin() {
		list = append(list, Permission{"contents", "read", "read the pins of " + e.From.Name + " in a platform repository that is public"})
	}
	list = append(list, m.idToken(m.SupplyChain.Signing == "keyless", !e.Pinned && len(m.Webhooks(e)) > 0)...)
	if m.Registry.ByJobToken() {
		list = append(list, Permission{"packages", "write", "keep the promotion tag, the record and the signature in " + m.Registry.Host})
	}
	return list
}

// HistoryPermissions are those of the job that checks the histories.
func (m *Model) HistoryPermissions() []Permission {
	list := []Permission{{"contents", "read", "check this repository out"}}
	list = append(list, m.idToken(false, false)...)
	if m.Registry.ByJobToken() {
		list = append(list, Permission{"packages", "read", "read promotion tags and records in " + m.Registry.Host})
	}
	return list
}

// idToken is the right to a token about the job itself, where it has a use.
func (m *Model) idToken(signs, calls bool) []Permission {
	var uses []string
	if m.Registry.OIDC() {
		uses = append(uses, "log in to the registry")
	}
	if signs {
		uses = append(uses, "sign")
	}
	if calls {
		uses = append(uses, "call the clusters")
	}
	if len(uses) == 0 {
		return nil
	}
	return []Permission{{"id-token", "write", strings.Join(uses, ", ") + ", as this workflow and without a stored secret"}}
}

// WorkflowSecret is a stored secret that a reusable workflow takes.
type WorkflowSecret struct{ Name, Why string }

// PublishSecrets are the secrets that the publishing workflow declares. Like its
// permissions they depend on what each app's slice says.
func (m *Model) PublishSecrets() []WorkflowSecret {
	list := []WorkflowSecret{{imagePassword, "For an app with its image on a host of its own."}}
	if m.Registry.Password() {
		list = append(list, m.registryPassword("Publishes."))
	}
	if s := m.KeySecret(); s != "" {
		list = append(list, WorkflowSecret{s, "The private key that signs."}, WorkflowSecret{"COSIGN_PASSWORD", "What the private key is encrypted with."})
	}
	return list
}

const imagePassword = "IMAGE_REGISTRY_PASSWORD"

func (m *Model) registryPassword(why string) WorkflowSecret {
	return WorkflowSecret{"REGISTRY_PASSWORD", why + " For vars.REGISTRY_USERNAME at " + m.Registry.Host + "."}
}

// AppPublishSecrets are those of them that an app's caller passes.
func (m *Model) AppPublishSecrets(a *App) []WorkflowSecret {
	return slices.DeleteFunc(m.PublishSecrets(), func(s WorkflowSecret) bool { return s.Name == imagePassword && !m.imageElsewhere(a) })
}

// PromoteSecrets are the secrets that the workflow of an environment with a
// floating tag declares, and that each caller passes.
func (m *Model) PromoteSecrets(e *Env) []WorkflowSecret {
	var list []WorkflowSecret
	if e.AfterPin() {
		list = append(list, WorkflowSecret{"PLATFORM_READ_TOKEN", "Reads the platform repository, where that is private."})
	}
	if m.Registry.Password() {
		list = append(list, m.registryPassword("Moves "+e.Name+"."))
	}
	return list
}

// DefaultRelease is what is promoted when nobody says, in words.
func (e *Env) DefaultRelease() string {
	if e.From == nil {
		return "the newest release"
	}
	return "what " + e.From.Name + " runs"
}

// AfterPin reports whether releases come here from an environment that Git
// pins, so that the platform repository says what may be promoted.
func (e *Env) AfterPin() bool { return !e.Pinned && e.From != nil && e.From.Pinned }

// Approval is the deployment environment whose reviewers approve a promotion.
func (e *Env) Approval() string { return e.Name + "-approval" }

// Group is the concurrency group of the job that moves an environment: one for
// the promotions of an app, so that they run one after the other; one of its own
// for everything else, so that a rollback neither waits nor is replaced.
func (e *Env) Group() string {
	of := "github.repository"
	if e.Pinned {
		of = "inputs.app"
	}
	return "${{ inputs.action == 'promote' && format('promote-" + e.Name + "-{0}', " + of + ") || format('{0}-" + e.Name + "-{1}', inputs.action, github.run_id) }}"
}

// Call is a job of an app's repository that moves an environment, or that has
// the platform repository do it where Git pins.
type Call struct {
	*Model
	App   *App
	Env   *Env
	Job   string
	Needs []string // jobs
	If    string   // an expression; empty: always
	With  []Input
}

// Input is what a call says: a value of the workflow, an expression.
type Input struct{ Name, Value string }

// Variable is the environment variable that carries the input.
func (i Input) Variable() string { return strings.ToUpper(i.Name) }

// DeliveryCalls are the jobs that take a new release along the path. A pin ends
// it: the platform repository takes it on from there.
func (m *Model) DeliveryCalls(a *App) []Call {
	var calls []Call
	made := map[*Env]string{}
	for _, e := range m.path(a) {
		needs := []string{"publish"}
		if e.From != nil {
			job, ok := made[e.From]
			if !ok || e.From.Pinned {
				continue
			}
			needs = append(needs, job)
		}
		made[e] = e.job()
		calls = append(calls, Call{
			Model: m, App: a, Env: e, Job: e.job(), Needs: needs, If: "needs.publish.outputs.release != ''",
			With: []Input{{"release", "needs.publish.outputs.release"}},
		})
	}
	return calls
}

// OperateCalls are the jobs of the workflow that people run by hand.
func (m *Model) OperateCalls(a *App) []Call {
	var calls []Call
	for _, ae := range a.Envs {
		e := ae.Env
		var with []Input
		for _, name := range []string{"action", "release", "to", "reason"} {
			with = append(with, Input{name, "inputs." + name})
		}
		calls = append(calls, Call{Model: m, App: a, Env: e, Job: e.job(), If: "inputs.environment == '" + e.Name + "'", With: with})
	}
	return calls
}

func (e *Env) job() string {
	if e.Pinned {
		return "start-" + e.Name
	}
	return "promote-" + e.Name
}

// path lists the app's environments, each behind the one that it follows: the
// contract's list may have them the other way round.
func (m *Model) path(a *App) []*Env {
	var envs []*Env
	var add func(from *Env)
	add = func(from *Env) {
		for _, ae := range a.Envs {
			if ae.Env.From == from {
				envs = append(envs, ae.Env)
				add(ae.Env)
			}
		}
	}
	add(nil)
	return envs
}

// NextPins are pairs "from:to" of environments that Git pins, separated by
// blanks: when a promotion to the first is merged, that to the second starts.
func (m *Model) NextPins() string {
	var pairs []string
	for _, s := range m.PinSteps() {
		pairs = append(pairs, s.From+":"+s.To)
	}
	return strings.Join(pairs, " ")
}

// HasNextPins reports whether there are such pairs.
func (m *Model) HasNextPins() bool { return m.HasPins() && m.NextPins() != "" }

// HasNotify reports whether CI calls clusters when the platform repository
// changed.
func (m *Model) HasNotify() bool { return len(m.PlatformWebhooks()) > 0 }

// WebhookList lists the addresses of the environment's clusters that CI calls.
func (m *Model) WebhookList(e *Env) string { return webhooks(m.Webhooks(e)) }

// PlatformWebhookList lists those that it calls when this repository changed.
func (m *Model) PlatformWebhookList() string { return webhooks(m.PlatformWebhooks()) }

func webhooks(clusters []*Cluster) string {
	var list []string
	for _, c := range clusters {
		list = append(list, c.WebhookBase())
	}
	return strings.Join(list, " ")
}

// LastEnv is the app's last environment along the promotion path.
func (a *App) LastEnv() *Env { return a.Envs[len(a.Envs)-1].Env }
