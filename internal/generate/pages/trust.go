package pages

import (
	"slices"

	"github.com/penstock-dev/penstock/internal/forge"
	"github.com/penstock-dev/penstock/internal/generate/markdown"
	"github.com/penstock-dev/penstock/internal/model"
)

// Signatures says, as Markdown, what is signed by whom; "" when nothing is.
func (m Pages) Signatures() string {
	const attests = ", and attests from which commit and by which job it was built. A promotion checks that before it copies anything"
	switch {
	case !m.HasOCI() || m.SupplyChain.Signing == "none":
		return ""
	case m.SupplyChain.Signing == "key":
		return "CI signs each release once, with " + markdown.Code(m.SupplyChain.KeyRef) + attests + ". Flux checks the signature with the same key in each environment."
	case m.SignsPerEnv():
		return "CI signs each release once, as `" + forge.PublishWorkflow + "` of the platform repository" + attests +
			", and signs what it copied as `promote-<environment>.yaml`. Flux in that environment trusts this one alone."
	default:
		return "CI signs each release once, as the pipeline of the app's own branch" + attests + ". Flux trusts the same signature in each environment."
	}
}

// Calls says, as Markdown, when CI calls clusters; "" where it calls nobody.
func (m Pages) Calls() string {
	if !m.HasOCI() || !slices.ContainsFunc(m.Envs, func(e *model.Env) bool { return len(m.Webhooks(e)) > 0 }) {
		return ""
	}
	after := "it has moved an environment's tag"
	switch {
	case m.pins() && m.Floating():
		after += ", or this repository's pins have changed"
	case m.pins():
		after = "this repository's pins have changed"
	}
	return "When " + after + ", CI calls the clusters there that have a `webhook`, and Flux looks at once. A call that fails loses nothing: Flux looks at each interval anyway."
}
