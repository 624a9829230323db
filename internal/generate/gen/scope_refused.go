package gen

import (
	"github.com/penstock-dev/penstock/internal/model"
)

// refused is what a job prints when the registry's side did not let it in: what
// it compares, beside what the job's token says. Its fields are ready for YAML
// or for a shell's literal in single quotes.
type refused struct {
	*model.Model
	// Context and Workflow are what is trusted beside the repository's number.
	Context, Workflow string
}

// If is when a job says it. Where not the login
// is refused but what is done with it, every failure after it may be one.
func (r refused) If() string {
	if r.Registry.Late {
		return "failure() && steps.login.outcome == 'success'"
	}
	return "failure() && steps.login.outcome == 'failure'"
}

// Subject reports whether the token's subject is what is compared.
func (r refused) Subject() bool { return r.Registry.BySubject }

// Fix is the command for a subject that is made of something else.
func (r refused) Fix() string { return r.SetSubject("$GITHUB_REPOSITORY") }

// PublishRefused is it for the publishing job.
func (s Platform) PublishRefused() refused {
	context := s.PublishContext("${{ steps.app.outputs.release-ref }}")
	return refused{s.Model, context, s.Literal(s.WorkflowRef(model.PublishWorkflow))}
}

// HistoryRefused is it for the check of the histories.
func (s Platform) HistoryRefused() refused {
	return refused{s.Model, s.Literal(model.RefContext(s.Platform.Git.Ref())), s.Literal(s.WorkflowRef("history.yaml"))}
}

// PromoteRefused is it for the promotion to an environment.
func (s Env) PromoteRefused() refused {
	return refused{s.Model, model.EnvironmentContext(s.Env.Name), s.Literal(s.WorkflowRef(s.Env.PromoteWorkflow()))}
}
