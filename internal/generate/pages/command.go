package pages

import (
	"strings"

	"github.com/penstock-dev/penstock/internal/generate/markdown"
	"github.com/penstock-dev/penstock/internal/generate/step"
	"github.com/penstock-dev/penstock/internal/model"
)

// where the reader puts in what is wrong.
const becauseFlag = ` --reason "what went wrong"`

// Histories lists the commands that say what should run, and who moved it.
func (m Pages) Histories() []Step {
	const one = "penstock history --app TEAM/APP --env ENVIRONMENT"
	steps := []Step{
		{"every app in every environment: what, since when, by whom, held or not", "penstock history"},
		{"every move, newest first, with its pipeline and reason", one},
	}
	if m.HasGit() {
		steps = append(steps, Step{"of an app delivered by Git: DIR is a clone of its repository", one + " --app-dir DIR"})
	}
	return steps
}

// Rollbacks lists the commands that go back and that let promotions go on.
func (m Pages) Rollbacks() []Step {
	const place = " --app TEAM/APP --env ENVIRONMENT"
	var steps []Step
	if m.HasOCI() && m.Floating() {
		tag := m.where("a tag decides")
		steps = append(steps,
			Step{tag + "to the release before, and hold there", "penstock rollback" + place + becauseFlag},
			Step{tag + "when promotions may go on", "penstock hold" + place + " --lift"})
	}
	if m.HasOCI() && m.pins() {
		pin := m.where("a pin decides")
		steps = append(steps,
			Step{pin + "to the release before, and hold there, as a commit on a new BRANCH; the command says how to get it merged", "penstock rollback" + place + " --branch BRANCH" + becauseFlag},
			Step{pin + "when promotions may go on", "penstock hold" + place + " --branch BRANCH --lift"})
	}
	if m.HasGit() {
		steps = append(steps, Step{"an app delivered by Git: DIR is a clone of its repository, BRANCH a new one there", "penstock rollback" + place + " --app-dir DIR --branch BRANCH" + becauseFlag})
	}
	return steps
}

// AppCommands lists, for a clone of an app's repository, the commands about
// what runs and about its last environment.
func (m Pages) AppCommands(a *model.App) []Step {
	last := a.Envs[len(a.Envs)-1]
	commit := ""
	if last.Pinned {
		commit = m.inPlatform() + " --branch BRANCH"
	} else if !a.OCI {
		commit = " --branch BRANCH"
	}
	some := ""
	steps := []Step{{"what should run, since when, by whom", "penstock history"}}
	for _, ae := range a.Envs {
		flag := ""
		if ae.Pinned {
			flag, some = m.inPlatform(), m.inPlatform()
		}
		steps = append(steps, Step{"who moved what runs in " + ae.Env.Name + ", when and why", "penstock history --env " + ae.Env.Name + flag})
	}
	steps[0].Command += some
	env := " --env " + last.Env.Name + commit
	switch {
	case a.OCI:
		steps = append(steps,
			Step{"to the release before in " + last.Env.Name + ", and hold there", "penstock rollback" + env + becauseFlag},
			Step{"when promotions to " + last.Env.Name + " may go on", "penstock hold" + env + " --lift"})
	case last.Env.From != nil:
		steps = append(steps, Step{"what " + last.Env.FromName() + " runs to " + last.Env.Name, "penstock promote --to " + last.Env.Name + commit})
		fallthrough
	default:
		steps = append(steps, Step{"to the release before in " + last.Env.Name, "penstock rollback" + env + becauseFlag})
	}
	return steps
}

// inPlatform names a clone of the platform repository beside the reader's.
func (m Pages) inPlatform() string {
	return " --platform-dir " + step.Quote("../"+m.Platform.Git.Name())
}

// CommandNote says what the capitals and folders in AppCommands are, as
// Markdown; "" when there are none.
func (m Pages) CommandNote(a *model.App) string {
	last := a.Envs[len(a.Envs)-1]
	note := ""
	for _, ae := range a.Envs {
		if ae.Pinned {
			note = markdown.Code("../"+m.Platform.Git.Name()) + " is a clone of the platform repository, fetched lately: Git pins there what runs. "
		}
	}
	if last.Pinned || !a.OCI {
		note += "`BRANCH` is a new one, on which the change is committed; the command says how to get it merged, and the merge is what counts."
	}
	return strings.TrimSpace(note)
}
