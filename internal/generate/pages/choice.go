package pages

import (
	"fmt"
	"slices"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/model"
)

// Choice is the decision for apps of one kind where one thing decides what
// runs, as Markdown.
type Choice struct{ Where, Delivery, Reference, Why string }

// Verdict sums the decision up.
func (m Pages) Verdict() string {
	switch {
	case m.HasOCI() && m.HasGit():
		return "The platform is in Git. Apps travel as bundles through the registry, but for those that are delivered by Git."
	case m.HasGit():
		return "Everything is in Git: the platform here, each app's releases in its own repository."
	default:
		return "The platform is in Git; the apps' releases travel as bundles through the registry."
	}
}

// Choices lists the decision for each way in which apps are delivered; none
// where there is no app.
func (m Pages) Choices() []Choice {
	if len(m.Apps()) == 0 {
		return nil
	}
	var list []Choice
	if m.HasOCI() && m.Floating() {
		list = append(list, Choice{
			"bundles, where a tag decides what runs", "oci", "floating",
			"going forward and back is one move of a tag, which waits for a person only where the gate is an approval",
		})
	}
	if m.HasOCI() && m.pins() {
		why := "a promotion is a reviewed commit of the pin; the bytes still come from the registry"
		if m.Registry.GitDigest() {
			why = "this registry cannot protect a tag, so Git holds the digest"
		}
		list = append(list, Choice{"bundles, where a pin decides what runs", "oci", "pinned", why})
	}
	if m.HasGit() {
		list = append(list, Choice{
			"apps delivered by Git", "git", "branch",
			"chosen for these apps: their review and their history are the commits of their own repository",
		})
	}
	return list
}

// FloatingStance says which school the platform follows at the end of its path.
func (m Pages) FloatingStance() string {
	ends := func(pinned bool) bool {
		return slices.ContainsFunc(m.Envs, func(e *model.Env) bool { return e.Pinned == pinned && len(e.Next) == 0 })
	}
	switch {
	case !ends(false):
		return "This platform follows the first at the end of its path: Git pins the digest there."
	case !ends(true):
		return "This platform follows the second: the end of its path follows a tag, on the conditions below. `reference: pinned` in the contract changes that for an environment."
	default:
		return "This platform does both at the ends of its path: Git pins the digest in one, another follows a tag, on the conditions below."
	}
}

// FloatingAnswers lists what is said against floating tags, and what holds
// against it on this platform.
func (m Pages) FloatingAnswers() []Weighing {
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

func (m Pages) answerMoved() string {
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
	case m.SupplyChain.Signing == "keyless" && m.SignsPerEnv():
		return held + "; and Flux runs only what the promotion workflow of that very environment has signed"
	default:
		return held + "; and Flux runs only what the publishing pipeline has signed"
	}
}

// Risks lists what is accepted with the decision, as Markdown.
func (m Pages) Risks() []string {
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
	add(m.SupplyChain.Signing == "key", "One key signs for all environments: it does not tell a promotion to one from one to another. The registry and the approvals do.")
	add(m.SupplyChain.UnpinnedImages == "allow", "Bundles may name images without a digest: the same bundle can run different code later.")
	add(m.Registry.Insecure, "The registry is reached over plain HTTP: meant for one machine, never for a network.")
	add(m.Registry.GitDigest(), "Tags of this registry can be moved by anyone who can push; they mean nothing here, only the digests in Git do.")
	add(m.HasOCI(), "A cluster that CI does not call after a promotion gets it within the environment's interval.")
	return risks
}
