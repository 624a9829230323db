package pages

import (
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/model"
)

// Step is a shell command with what it is for. Words in capitals in the command
// are for the reader to replace.
type Step struct{ Why, Command string }

// anyEnv stands for the environment in commands that are the same for all.
const anyEnv = "ENVIRONMENT"

// Lookups lists commands that say what should run and what a rollback could
// go back to, one for each way in which that is decided.
func (m Pages) Lookups() []Step {
	var steps []Step
	if m.HasOCI() && m.Floating() {
		repo := m.Registry.TeamPrefix(anyEnv, "TEAM") + "APP"
		steps = append(steps, Step{
			m.where("a tag decides") + "what should run, and what it could go back to",
			"crane digest " + repo + ":" + anyEnv + "\ncrane ls " + repo + " | grep '^" + anyEnv + "-'",
		})
	}
	if m.HasOCI() && m.pins() {
		steps = append(steps, Step{m.where("a pin decides") + "what runs, and ran before", "git log --patch -- " + anyPin})
	}
	if m.HasGit() {
		steps = append(steps, Step{"what should run of an app delivered by Git, in the app's repository", "git log --patch -- '*/overlays/" + anyEnv + "/'"})
	}
	return steps
}

const anyPin = "tenants/TEAM/" + anyEnv + "/APP.pin.yaml"

// pins reports whether Git pins an environment.
func (m Pages) pins() bool {
	return slices.ContainsFunc(m.Envs, func(e *model.Env) bool { return e.Pinned })
}

// where begins a step that is not for all environments.
func (m Pages) where(text string) string {
	if m.Floating() && m.pins() {
		return "where " + text + ": "
	}
	return ""
}

// ByHand lists the commands of a rollback without CI and without Penstock.
func (m Pages) ByHand() []Step {
	steps := []Step{{"freeze the app on a cluster", m.eachSource("flux --context CLUSTER suspend source KIND APP --namespace TEAM")}}
	if m.HasOCI() {
		steps = append(steps, m.rollbacks()...)
	}
	if m.HasGit() {
		steps = append(steps, Step{"an app delivered by Git: revert the commit of the release, in the app's repository, and push", "git revert COMMIT && git push"})
	}
	return append(steps, Step{
		"let go, look at once, and watch",
		m.eachSource("flux --context CLUSTER resume source KIND APP --namespace TEAM") +
			"\nflux --context CLUSTER reconcile kustomization APP --namespace TEAM --with-source",
	})
}

// eachSource writes a command for the kinds of sources that there are.
func (m Pages) eachSource(command string) string {
	var lines []string
	if m.HasOCI() {
		lines = append(lines, strings.Replace(command, "KIND", "oci", 1))
	}
	if m.HasGit() {
		line := strings.Replace(command, "KIND", "git", 1)
		if m.HasOCI() {
			line += " # delivered by Git"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// rollbacks are, where a tag floats, the rollback's claim and then the tag: the
// order in which a crash in between does no harm.
func (m Pages) rollbacks() []Step {
	var steps []Step
	if m.Floating() {
		repo := m.Registry.TeamPrefix(anyEnv, "TEAM") + "APP"
		steps = append(steps, Step{
			m.where("a tag decides") + "N is one more than the day's highest number; RELEASE is the one to go back to, DIGEST its digest",
			"crane tag " + repo + "@DIGEST " + anyEnv + "-\"$(date -u +%F)\".N-rollback-RELEASE\n" +
				"crane tag " + repo + "@DIGEST " + anyEnv,
		})
	}
	if m.pins() {
		steps = append(steps, Step{
			m.where("a pin decides") + "revert the pin's last change, in this repository, and hold it there; merging that is the rollback",
			"git revert --no-commit \"$(git log --max-count=1 --format=%H -- " + anyPin + ")\"\n" +
				"echo '# hold: REASON' >> " + anyPin + "\n" +
				"git commit --message 'roll TEAM/APP back in " + anyEnv + "' -- " + anyPin,
		})
	}
	return steps
}
