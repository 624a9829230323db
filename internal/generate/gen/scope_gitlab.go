package gen

import (
	"strings"

	"github.com/penstock-dev/penstock/internal/model"
)

// onBranch is, in GitLab's rules, that a pipeline may move environments.
const onBranch = ` && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $CI_COMMIT_REF_PROTECTED == "true"`

// gitLab reports whether GitLab runs the pipelines of a scope's repository.
func gitLab(s scope) bool {
	switch s := s.(type) {
	case App:
		return s.GitLabCI() && s.App.OCI && s.Here(s.App)
	case Env:
		return s.GitLabCI()
	default:
		return s.(Platform).GitLabCI()
	}
}

func gitLabOCI(s scope) bool {
	if e, ok := s.(Env); ok {
		return e.GitLabCI() && e.HasOCI()
	}
	return gitLab(s) && s.(Platform).HasOCI()
}

// PromoteRules are GitLab's rules of the job that promotes to the environment.
func (s Env) PromoteRules() []string {
	rules := []string{`$PENSTOCK_ACTION == "promote" && $PENSTOCK_ENVIRONMENT == "` + s.Env.Name + `"` + onBranch}
	if s.Env.Follows() != "" {
		rules = append([]string{`$PENSTOCK_ACTION == "release" && $CI_PIPELINE_SOURCE != "schedule"` + onBranch}, rules...)
	}
	return rules
}

// OperateRule is GitLab's rule of the job that goes back, holds and lifts.
func (s Env) OperateRule() string {
	return `$PENSTOCK_ACTION =~ /^(rollback|hold|lift)$/ && $PENSTOCK_ENVIRONMENT == "` + s.Env.Name + `"` + onBranch
}

// PromoteNote says, in comments, what the promotion waits for.
func (s Env) PromoteNote() string {
	if !s.Env.NeedsPerson {
		return "# Promotes to " + s.Env.Name + " without asking."
	}
	return "# Promotes to " + s.Env.Name + " once somebody starts the job. That is a button and no approval: the protected environment\n" +
		"# " + s.Env.Name + ", with its approval rules, says who may."
}

// Webhooks lists the clusters of the environment that CI calls.
func (s Env) Webhooks() []*model.Cluster { return s.Model.Webhooks(s.Env) }

// WebhookWords are their addresses as words of a shell.
func (s Env) WebhookWords() string {
	var words []string
	for _, c := range s.Webhooks() {
		words = append(words, model.ShellQuote(c.WebhookBase()))
	}
	return strings.Join(words, " ")
}

// PlatformHooks are the addresses, as words of a shell, of the Receivers that
// are called when the platform repository changed.
func (s Platform) PlatformHooks() string {
	var words []string
	for _, c := range s.PlatformWebhooks() {
		words = append(words, model.ShellQuote(c.WebhookBase()+s.PlatformReceiver().Path()))
	}
	return strings.Join(words, " ")
}

// GitLabTasks lists what a person, or an app's pipeline, can start here.
func (s Platform) GitLabTasks() []string {
	if len(s.Pins()) == 0 {
		return []string{"none", "add-team"}
	}
	return []string{"none", "promote", "rollback", "hold", "lift", "add-team"}
}

// FirstPin is the first environment that Git pins.
func (s Platform) FirstPin() *model.Env { return s.Pins()[0] }

// PinStepWords are the PinSteps as words of a shell: FROM:TO.
func (s Platform) PinStepWords() string {
	var words []string
	for _, p := range s.PinSteps() {
		words = append(words, p.From+":"+p.To)
	}
	return strings.Join(words, " ")
}

// HistoryBase is the GitLab job that the check of the histories extends.
func (s Platform) HistoryBase() string {
	if s.HasOCI() {
		return ".with-registry"
	}
	return ".penstock"
}

// FirstOf and LastOf are the app in the first and the last of its environments.
func (s App) FirstOf() *model.AppEnv { return s.App.Envs[0] }

// LastOf see FirstOf.
func (s App) LastOf() *model.AppEnv { return s.App.Envs[len(s.App.Envs)-1] }

// PlatformOwners lists the platform's owners as Markdown.
func (s Platform) PlatformOwners() string {
	return model.MarkdownText(strings.Join(s.Platform.Owners, ", "))
}
