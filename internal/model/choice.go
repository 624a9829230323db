package model

import (
	"fmt"
	"strings"

	"github.com/penstock-dev/penstock/internal/contract"
)

// Choice is the decision for some apps in some environments, as Markdown.
type Choice struct{ Envs, Apps, Delivery, Reference, Why string }

// Verdict sums the decision up.
func (m *Model) Verdict() string {
	switch {
	case m.HasOCI() && m.HasGit():
		return "The platform is in Git. Apps travel as bundles through the registry, but for those that are delivered by Git."
	case m.HasGit():
		return "Everything is in Git: the platform here, each app's releases in its own repository."
	default:
		return "The platform is in Git; the apps' releases travel as bundles through the registry."
	}
}

// Choices lists the decision for each app in each environment, apps that share
// it together.
func (m *Model) Choices() []Choice {
	var list []Choice
	for _, oci := range []bool{true, false} {
		for _, e := range m.Envs {
			var apps []string
			for _, a := range m.Apps() {
				for _, ae := range a.Envs {
					if ae.Env == e && a.OCI == oci {
						apps = append(apps, a.Team.Name+"/"+a.Name)
					}
				}
			}
			if len(apps) > 0 {
				c := m.choice(e, oci)
				c.Apps = strings.Join(apps, ", ")
				list = append(list, c)
			}
		}
	}
	return list
}

func (m *Model) choice(e *Env, oci bool) Choice {
	switch {
	case !oci:
		return Choice{
			Envs: e.Name, Delivery: "git", Reference: "branch",
			Why: "chosen for these apps: their review and their history are the commits of their own repository",
		}
	case m.Registry.GitDigest():
		return Choice{
			Envs: e.Name, Delivery: "oci", Reference: "pinned",
			Why: "this registry cannot protect a tag, so Git holds the digest",
		}
	case e.Pinned:
		return Choice{
			Envs: e.Name, Delivery: "oci", Reference: "pinned",
			Why: "a promotion is a reviewed commit of the pin; the bytes still come from the registry",
		}
	default:
		return Choice{
			Envs: e.Name, Delivery: "oci", Reference: "floating",
			Why: "going forward and back is one move of a tag, " + e.gateClause(),
		}
	}
}

// gateClause is the gate as the end of a sentence, as Markdown.
func (e *Env) gateClause() string {
	if e.NeedsPerson {
		return "after " + MarkdownText(e.Gate())
	}
	return "without waiting for a person"
}

// FloatingStance says which school the platform follows at the end of its path.
func (m *Model) FloatingStance() string {
	floating := m.envNames(func(e *Env) bool { return !e.Pinned && len(e.Next) == 0 })
	pinned := m.envNames(func(e *Env) bool { return e.Pinned && len(e.Next) == 0 })
	switch {
	case floating == "":
		return "This platform follows the first at the end of its path: Git pins the digest in " + pinned + "."
	case pinned == "":
		return "This platform follows the second: " + floating + " follows a tag, on the conditions below. `reference: pinned` in the contract changes that for an environment."
	default:
		return "This platform does both: Git pins the digest in " + pinned + "; " + floating + " follows a tag, on the conditions below."
	}
}

// Floating reports whether some environment follows a tag.
func (m *Model) Floating() bool { return m.envNames(func(e *Env) bool { return !e.Pinned }) != "" }

// FloatingAnswers lists what is said against floating tags, and what holds
// against it on this platform.
func (m *Model) FloatingAnswers() []Weighing {
	list := []Weighing{
		{Question: "A tag can be moved by mistake or by an attacker", Answer: m.answerMoved()},
		{Question: "Nobody can tell what ran last Tuesday", Answer: "each move leaves a promotion tag on the digest and a record: who, from which pipeline, from which digest to which, when, why. Flux reports the digest it applied"},
		{Question: "Two pipelines move it against each other", Answer: "what counts is computed from all promotion tags, in their order, and never from who wrote last"},
		{Question: "The next pipeline run undoes a rollback", Answer: "a rollback holds the environment; promotions are void until someone lifts the hold"},
		{Question: "What one would go back to is gone", Answer: fmt.Sprintf("promotion tags keep the last %d digests of each environment; only `ci-*` and `pr-*` tags are ever deleted by age", m.Registry.Retention.Promotions)},
	}
	if m.HasPins() {
		list = append(list, Weighing{Question: "It should not be possible at all", Answer: "where Git pins, the cluster follows a digest in a reviewed file, and no tag"})
	}
	return list
}

func (m *Model) answerMoved() string {
	held := "not held by the registry; the digest in Git decides"
	switch m.Registry.Layout {
	case contract.LayoutSingle:
		held = "only the promotion's identity may move an environment's tag"
	case contract.LayoutPerEnvironment:
		held = "only the promotion's identity may write to an environment's repository"
	}
	switch {
	case m.SupplyChain.Signing == "none":
		return held + ". Nothing is signed: whoever may write to the registry may deploy"
	case m.SupplyChain.Signing == "keyless" && m.CI.Provider == "github-actions":
		return held + "; and Flux runs only what the promotion workflow of that very environment has signed"
	default:
		return held + "; and Flux runs only what the publishing pipeline has signed"
	}
}

// Risks lists what is accepted with the decision, as Markdown.
func (m *Model) Risks() []string {
	var risks []string
	add := func(when bool, text string) {
		if when {
			risks = append(risks, text)
		}
	}
	add(m.HasOCI(), "Two kinds of source, Git and registry: runbooks and alerts must cover both.")
	add(m.HasOCI(), "While `"+m.Registry.Host+"` is down nothing new is deployed, and new nodes may not get their images. What runs goes on.")
	add(true, "The border must be kept by people as well as by policies; without that, nobody knows which source counts.")
	add(m.SupplyChain.Signing == "none", "Bundles are not signed: write access to the registry is enough to deploy.")
	add(m.HasGit(), "Apps delivered by Git are outside of the signatures: whoever may push to their branch may deploy them.")
	add(m.SupplyChain.Signing == "keyless", "Signing needs the public Sigstore services, which also publish the names of repositories and workflows.")
	add(m.SupplyChain.Signing == "key", "One key signs for all environments: it does not tell a promotion to "+m.LastEnv().Name+" from one to "+m.FirstEnv().Name+". The registry and the approvals do.")
	add(m.SupplyChain.UnpinnedImages == "allow", "Bundles may name images without a digest: the same bundle can run different code later.")
	add(m.Registry.Insecure, "The registry is reached over plain HTTP: meant for one machine, never for a network.")
	add(m.Registry.GitDigest(), "Tags of this registry can be moved by anyone who can push; they mean nothing here, only the digests in Git do.")
	add(m.HasOCI(), "A cluster that CI does not call after a promotion gets it within the environment's interval.")
	return risks
}
