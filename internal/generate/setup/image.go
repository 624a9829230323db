package setup

import (
	"github.com/penstock-dev/penstock/internal/generate/markdown"
	"github.com/penstock-dev/penstock/internal/generate/step"
	"github.com/penstock-dev/penstock/internal/model"
)

// appImage is what an app needs before its first push where CI builds no image:
// what was written for it as a starting point names one without a digest.
func appImage(m *model.Model, app *model.App) []Step {
	if !app.OCI || app.Image != "" || m.SupplyChain.UnpinnedImages != "refuse" {
		return nil
	}
	file := model.ShellQuote(app.Path + "/base/deployment.yaml")
	return []Step{{
		What: "Before the first push: name an image with its digest",
		Why: "The contract has no `image` for this app, so CI builds none, and it publishes no bundle with an image that could change: " + markdown.Code(app.ImageName()) +
			" of the first deployment has no digest. If CI is to build the image, set `image` of this app in the platform's contract instead, and put a `Dockerfile` here.",
		Do: step.Lines(`digest="$(crane digest IMAGE:TAG)"`,
			`sed -i.bak "s|^\( *\)image: .*|\1image: IMAGE@$digest|" `+file+" && rm "+model.ShellQuote(app.Path+"/base/deployment.yaml.bak")),
		Proofs: []Proof{step.Show("kubectl kustomize "+model.ShellQuote(app.Path+"/overlays/"+app.Envs[0].Env.Name)+" | grep image:", "your image with `@sha256:` and its digest")},
	}}
}
