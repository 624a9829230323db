package github

import (
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/forge"
)

// permission is a right of a job's token.
type permission struct{ Name, Access, Why string }

// Line is the permission as a workflow writes it, with its reason.
func (p permission) Line() string { return p.Name + ": " + p.Access + " # " + p.Why }

// PublishPermissions are those of the publishing job. They depend on nothing
// but what each app's slice of the contract says: a caller must grant them all.
func (p pipeline) PublishPermissions() []permission {
	list := []permission{{"contents", "read", "check the app out"}}
	list = append(list, p.idToken(p.Keyless(), false)...)
	switch {
	case p.Registry.ByJobToken():
		list = append(list, permission{"packages", "write", "push bundle and image to " + p.Registry.Host})
	case !p.Enterprise():
		list = append(list, permission{"packages", "write", "push the image of an app that has it on " + packages})
	}
	return list
}

// Permissions are those of the job that moves an environment: of the app's
// repository, or where Git pins of the platform's.
func (p ofEnv) Permissions() []permission {
	var list []permission
	e := p.Env
	if e.Pinned {
		list = append(list,
			permission{"actions", "write", "start the check of the pull request, and what follows its merge"},
			permission{"contents", "write", "push the branch with the changed pin"},
			permission{"pull-requests", "write", "open the pull request"})
	} else if e.AfterPin() {
		list = append(list, permission{"contents", "read", "read the pins of " + e.From.Name + " in a platform repository that is public"})
	}
	list = append(list, p.idToken(p.Keyless(), !e.Pinned && len(e.Calls) > 0)...)
	if p.Registry.ByJobToken() {
		list = append(list, permission{"packages", "write", "keep the promotion tag, the record and the signature in " + p.Registry.Host})
	}
	return list
}

// HistoryPermissions are those of the job that checks the histories.
func (p pipeline) HistoryPermissions() []permission {
	list := []permission{{"contents", "read", "check this repository out"}}
	list = append(list, p.idToken(false, false)...)
	if p.Registry.ByJobToken() {
		list = append(list, permission{"packages", "read", "read promotion tags and records in " + p.Registry.Host})
	}
	return list
}

// idToken is the right to a token about the job itself, where it has a use.
func (p pipeline) idToken(signs, calls bool) []permission {
	var uses []string
	if p.Registry.OIDC() {
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
	return []permission{{"id-token", "write", strings.Join(uses, ", ") + ", as this workflow and without a stored secret"}}
}

// secret is a stored secret that a reusable workflow takes.
type secret struct{ Name, Why string }

// PublishSecrets are the secrets that the publishing workflow declares. Like its
// permissions they depend on what each app's slice says.
func (p pipeline) PublishSecrets() []secret {
	list := []secret{{forge.ImagePassword, "For an app with its image on a host of its own."}}
	if p.Registry.Password() {
		list = append(list, p.registryPassword("Publishes."))
	}
	if key := p.KeySecret(); key != "" {
		list = append(list, secret{key, "The private key that signs."}, secret{"COSIGN_PASSWORD", "What the private key is encrypted with."})
	}
	return list
}

func (p pipeline) registryPassword(why string) secret {
	return secret{"REGISTRY_PASSWORD", why + " For vars.REGISTRY_USERNAME at " + p.Registry.Host + "."}
}

// PublishSecrets are those of them that the app's caller passes.
func (p ofApp) PublishSecrets() []secret {
	return slices.DeleteFunc(p.pipeline.PublishSecrets(), func(s secret) bool { return s.Name == forge.ImagePassword && !imageElsewhere(p.Site, p.App) })
}

// Secrets are the secrets that the workflow of an environment with a floating
// tag declares, and that each caller passes.
func (p ofEnv) Secrets() []secret {
	var list []secret
	if p.Env.AfterPin() {
		list = append(list, secret{"PLATFORM_READ_TOKEN", "Reads the platform repository, where that is private."})
	}
	if p.Registry.Password() {
		list = append(list, p.registryPassword("Moves "+p.Env.Name+"."))
	}
	return list
}

// Approval is the deployment environment whose reviewers approve a promotion.
func (p ofEnv) Approval() string { return p.Env.Name + "-approval" }

// CallList are the addresses, one a line, of the environment's clusters that CI calls.
func (p ofEnv) CallList() string { return strings.Join(p.Env.Calls, "\n") }

// Group is the concurrency group of the job that moves an environment: one for
// the promotions of an app, so that they run one after the other; one of its own
// for everything else, so that a rollback neither waits nor is replaced.
func (p ofEnv) Group() string {
	of := "github.repository"
	if p.Env.Pinned {
		of = "inputs.app"
	}
	return "${{ inputs.action == 'promote' && format('promote-" + p.Env.Name + "-{0}', " + of + ") || format('{0}-" + p.Env.Name + "-{1}', inputs.action, github.run_id) }}"
}

// PromoteUses is the reusable workflow that moves the environment. Its subject
// in a certificate, which Flux trusts, is made from the same name.
func (p ofEnv) PromoteUses() string { return p.Uses(files + "workflows/" + p.Env.PromoteWorkflow()) }

// call is a job of an app's repository that moves an environment, or that has
// the platform repository do it where Git pins.
type call struct {
	ofEnv
	App   *forge.App
	Job   string
	Needs []string // jobs
	If    string   // an expression; empty: always
	With  []input
}

// input is what a call says: a value of the workflow, an expression.
type input struct{ Name, Value string }

// Variable is the environment variable that carries the input.
func (i input) Variable() string { return strings.ToUpper(i.Name) }

// DeliveryCalls are the jobs that take a new release along the path. A pin ends
// it: the platform repository takes it on from there.
func (p ofApp) DeliveryCalls() []call {
	var calls []call
	made := map[*forge.Env]string{}
	for _, e := range p.App.Route() {
		needs := []string{"publish"}
		if e.From != nil {
			job, ok := made[e.From]
			if !ok || e.From.Pinned {
				continue
			}
			needs = append(needs, job)
		}
		made[e] = job(e)
		calls = append(calls, call{
			ofEnv: ofEnv{p.pipeline, e}, App: p.App, Job: job(e), Needs: needs, If: "needs.publish.outputs.release != ''",
			With: []input{{"release", "needs.publish.outputs.release"}},
		})
	}
	return calls
}

// OperateCalls are the jobs of the workflow that people run by hand.
func (p ofApp) OperateCalls() []call {
	var calls []call
	for _, e := range p.App.Places {
		var with []input
		for _, name := range []string{"action", "release", "to", "reason"} {
			with = append(with, input{name, "inputs." + name})
		}
		calls = append(calls, call{ofEnv: ofEnv{p.pipeline, e}, App: p.App, Job: job(e), If: "inputs.environment == '" + e.Name + "'", With: with})
	}
	return calls
}

func job(e *forge.Env) string {
	if e.Pinned {
		return "start-" + e.Name
	}
	return "promote-" + e.Name
}

// refused is what a job prints when the registry's side did not let it in: what
// it compares, beside what the job's token says. Its fields are ready for YAML
// or for a shell's literal in single quotes.
type refused struct {
	pipeline
	// Context and Workflow are what is trusted beside the repository's number.
	Context, Workflow string
}

func (p pipeline) refused(context, file string) refused {
	return refused{p, context, p.Literal(workflowRef(p.Site, file))}
}

// If is when a job says it. Where not the login is refused but what is done
// with it, every failure after it may be one.
func (r refused) If() string {
	if r.Registry.Late {
		return "failure() && steps.login.outcome == 'success'"
	}
	return "failure() && steps.login.outcome == 'failure'"
}

// Issuer is whose tokens are trusted.
func (r refused) Issuer() string { return issuer(r.Git.Root()) }

// Fix is the command for a subject that is made of something else.
func (r refused) Fix() string { return setSubject(r.Site, "$GITHUB_REPOSITORY") }

// PublishRefused is it for the publishing job.
func (p pipeline) PublishRefused() refused {
	return p.refused(publishContext(p.Site, "${{ steps.app.outputs.release-ref }}"), forge.PublishWorkflow)
}

// HistoryRefused is it for the check of the histories.
func (p pipeline) HistoryRefused() refused {
	return p.refused(p.Literal(onRef(p.Git.Ref())), forge.HistoryWorkflow)
}

// Refused is it for the promotion to an environment.
func (p ofEnv) Refused() refused {
	return p.refused(inEnvironment(p.Env.Name), p.Env.PromoteWorkflow())
}
