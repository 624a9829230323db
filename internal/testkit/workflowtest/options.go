package workflowtest

import (
	"context"
	"io"
	"strings"
	"time"
)

// Options are one run of one workflow.
type Options struct {
	// Repositories are all that the run can reach, by "owner/name".
	Repositories map[string]*Repository
	// Repository is where the event happens, Workflow the path of the file in it.
	Repository, Workflow string
	Event                Event
	// RunID, RunNumber and RunAttempt are what the runner says; 0 stands for 1.
	RunID, RunNumber, RunAttempt int
	// Actions are third-party actions by "owner/name", without a version; nil
	// stands for StandardActions.
	Actions map[string]Action
	// Programs are what is on the PATH beside the runner's own tools, by name;
	// one of the same name replaces such a tool.
	Programs map[string]string
	// Env is set for each step, as an image of the runner would.
	Env map[string]string
	// Approve answers for a job whose environment has reviewers; nil approves.
	Approve func(Approval) Verdict
	// Issuer gives OIDC tokens; nil stands for one that ends with the run.
	Issuer *Issuer
	// Clock dates OIDC tokens. It must not be nil.
	Clock func() time.Time
	// Log receives what the steps say while they run; nil for nobody.
	Log io.Writer
}

// Repository is a repository on the Git host.
type Repository struct {
	// Dir is its folder. Where that is a Git repository, a workflow's pushes
	// arrive in it and only what is committed is seen. Else it is copied.
	Dir string
	// Branch is the default branch; "" stands for main.
	Branch string
	// Vars and Secrets are those of the repository.
	Vars, Secrets map[string]string
	Environments  map[string]Environment
	// ID and OwnerID are the numbers of the repository and of its owner; "" stands
	// for one made of the name.
	ID, OwnerID string
	// Immutable: created, renamed or transferred on github.com after 2026-07-15,
	// or opted in. The repository's names in the "sub" of its tokens then have
	// their numbers behind them, whatever Subject says.
	Immutable bool
	// Subject are the claims that the "sub" of a token is made of, as in GitHub's
	// customisation: repo, context, job_workflow_ref. nil is GitHub's default.
	Subject []string
}

func (r *Repository) numbers(slug string) (repository, owner string) {
	name, _, _ := strings.Cut(slug, "/")
	return or(r.ID, id(slug)), or(r.OwnerID, id(name))
}

func (r *Repository) branch() string {
	if r.Branch == "" {
		return "main"
	}
	return r.Branch
}

// Environment is a deployment environment of a repository.
type Environment struct {
	Vars, Secrets map[string]string
	// Branches may deploy; nil: every ref.
	Branches []string
	// Reviewers: where there are any, a job waits for Options.Approve.
	Reviewers []string
}

// Event is what starts a workflow.
type Event struct {
	Name string // push, pull_request, workflow_dispatch, schedule, issues
	// Action is the kind of activity, as "labeled"; "" matches any.
	Action string
	Ref    string // "" stands for the default branch
	// Actor started it; "" stands for "ada".
	Actor string
	// Inputs are those of a workflow_dispatch.
	Inputs map[string]string
	// Changed are the files of a push, for workflows with paths; nil matches any.
	Changed []string
	// Number is that of a pull_request.
	Number int
	// Payload is added to the event's document.
	Payload map[string]any
}

// Approval is a job that waits.
type Approval struct {
	Repository, Environment, Job string
	Reviewers                    []string
}

// Verdict is what becomes of a job that waits.
type Verdict int

// The verdicts. A job that nobody answers for stays "waiting", and what needs
// it too.
const (
	Approved Verdict = iota
	Refused
	Unanswered
)

// Action stands in for a third-party action. An error fails the step.
type Action func(ctx context.Context, c *Call) error

// Call is one use of an action.
type Call struct {
	Uses, Version string
	With          map[string]string
	// Env is the environment of the step, which must not be changed.
	Env         map[string]string
	Permissions map[string]string
	// Outputs, Export and Path are filled in by the action: its outputs,
	// variables of the steps after it, and folders before their PATH.
	Outputs, Export map[string]string
	Path            []string
	Log             io.Writer

	job *job
}
