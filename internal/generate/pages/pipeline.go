package pages

import (
	"github.com/penstock-dev/penstock/internal/forge"
	"github.com/penstock-dev/penstock/internal/generate/markdown"
	"github.com/penstock-dev/penstock/internal/model"
)

// Happens says, one Markdown sentence a step, what a push to the app's branch
// sets going; empty where CI does nothing for the app.
func (m Pages) Happens(a *model.App) []string {
	if !a.OCI || !m.Here(a) {
		return nil
	}
	words := m.Forge.Words
	build := "CI makes release `MAJOR.MINOR.N`: " + words.Version + " says the first two, " + words.Number + " is the last."
	if a.Image != "" {
		build += " It builds " + markdown.Code(a.Image) + " from the `Dockerfile` here and writes the image's digest into the bundle."
	}
	if m.Site.Signs() {
		build += " It signs the bundle and attests from which commit and by which job it was made."
	}
	list := []string{build}
	for _, e := range a.Route() {
		list = append(list, m.arrives(e))
	}
	return append(list, "On each cluster Flux sees that the reference moved, "+m.proof()+"applies the environment's overlay and waits until the rollout is healthy.")
}

// arrives says how a release gets to one environment.
func (m Pages) arrives(e *forge.Env) string {
	from := "the new release"
	if e.From != nil {
		from = "what " + e.From.Name + " runs"
	}
	switch {
	case e.Pinned && e.NeedsPerson:
		return "**" + e.Name + "**: a change of its pin in the platform repository proposes " + from + "; the merge, after " + markdown.Text(e.Gate()) + ", is the promotion."
	case e.Pinned:
		return "**" + e.Name + "**: the platform repository changes its pin to " + from + " and merges that by itself."
	case e.NeedsPerson:
		return "**" + e.Name + "**: waits for " + markdown.Text(e.Gate()) + ", then " + from + " is promoted."
	default:
		return "**" + e.Name + "**: " + from + " is promoted without asking."
	}
}

// proof is what Flux does with a bundle before it applies it.
func (m Pages) proof() string {
	if !m.Site.Signs() {
		return "fetches the bundle, "
	}
	return "fetches the bundle, checks its signature, "
}

// Operations lists how a person has CI go back, hold, let go and promote; empty
// where CI does nothing for the app.
func (m Pages) Operations(a *model.App) []Step {
	if !a.OCI || !m.Here(a) {
		return nil
	}
	last := a.LastEnv().Name
	run := func(action string, more ...[2]string) string {
		return m.Forge.Commands.Operate(a.Git.Branch, last, action, more)
	}
	because := [2]string{"reason", "what went wrong"}
	return []Step{
		{"to the release before in " + last + ", and hold there", run("rollback", because)},
		{"to one release or promotion tag, which penstock history names", run("rollback", [2]string{"to", "1.4.1"}, because)},
		{"when promotions to " + last + " may go on", run("lift")},
		{"no promotions for now", run("hold", because)},
	}
}

// OperationNote says what those operations wait for.
func (m Pages) OperationNote(a *model.App) string {
	e := a.LastEnv()
	switch {
	case !e.Pinned:
		return "CI does it, with its own rights. It waits for no promotion and for no approval."
	case e.NeedsPerson:
		return "CI changes the pin in the platform repository; it counts once that is approved and merged. Whoever may merge there has it done in a minute."
	default:
		return "CI changes the pin in the platform repository, and merges that by itself."
	}
}
