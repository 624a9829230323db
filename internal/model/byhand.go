package model

import "strings"

// Step is a shell command with what it is for. Words in capitals in the command
// are for the reader to replace.
type Step struct{ Why, Command string }

// Lookups lists commands that say what should run and what a rollback could
// go back to, one for each environment.
func (m *Model) Lookups() []Step {
	var steps []Step
	for _, e := range m.Envs {
		if m.HasOCI() {
			steps = append(steps, m.lookup(e))
		}
		if m.HasGit() {
			steps = append(steps, Step{
				"what " + e.Name + " should run of an app delivered by Git, in the app's repository",
				"git log --patch -- '*/overlays/" + e.Name + "/'",
			})
		}
	}
	return steps
}

func (m *Model) lookup(e *Env) Step {
	if e.Pinned {
		return Step{"what " + e.Name + " runs, and ran before", "git log --patch -- tenants/TEAM/" + e.Name + "/APP.pin.yaml"}
	}
	repo := m.Registry.TeamPrefix(e.Name, "TEAM") + "APP"
	return Step{
		"what " + e.Name + " should run, and what it could go back to",
		"crane digest " + repo + ":" + e.Name + "\ncrane ls " + repo + " | grep '^" + e.Name + "-'",
	}
}

// ByHand lists the commands of a rollback without CI and without Penstock.
func (m *Model) ByHand() []Step {
	steps := []Step{{"freeze the app on a cluster", m.eachSource("flux --context CLUSTER suspend source KIND APP --namespace TEAM")}}
	if m.HasOCI() {
		for _, e := range m.Envs {
			steps = append(steps, m.rollback(e))
		}
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
func (m *Model) eachSource(command string) string {
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

// rollback is, where a tag floats, the rollback's claim and then the tag: the
// order in which a crash in between does no harm.
func (m *Model) rollback(e *Env) Step {
	if e.Pinned {
		pin := "tenants/TEAM/" + e.Name + "/APP.pin.yaml"
		return Step{
			e.Name + ": revert the pin's last change, in this repository, and hold it there; merging that is the rollback",
			"git revert --no-commit \"$(git log --max-count=1 --format=%H -- " + pin + ")\"\n" +
				"echo '# hold: REASON' >> " + pin + "\n" +
				"git commit --message 'roll TEAM/APP back in " + e.Name + "' -- " + pin,
		}
	}
	repo := m.Registry.TeamPrefix(e.Name, "TEAM") + "APP"
	return Step{
		e.Name + ": N is one more than the day's highest number; RELEASE is the one to go back to, DIGEST its digest",
		"crane tag " + repo + "@DIGEST " + e.Name + "-\"$(date -u +%F)\".N-rollback-RELEASE\n" +
			"crane tag " + repo + "@DIGEST " + e.Name,
	}
}
