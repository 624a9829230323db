package ghcr

import (
	"strings"

	"github.com/penstock-dev/penstock/internal/generate/step"
	"github.com/penstock-dev/penstock/internal/registry"
)

func platform(s registry.Site) []step.Step {
	return []step.Step{{
		What: "Give Flux a token that only reads packages",
		Why: "GHCR takes classic tokens only. Its owner's name and the token go into the Secret `" + s.PullSecret +
			"` of each team's namespace, see README.md. Public packages need none.",
		Page: "[New classic token](https://github.com/settings/tokens/new?scopes=read:packages), with the scope `read:packages` alone, owned by a machine account",
		Proofs: []step.Proof{step.Show(
			"curl --silent --head --header \"Authorization: token $REGISTRY_TOKEN\" https://api.github.com/user | grep -i '^x-oauth-scopes:'",
			"`read:packages` and nothing else",
		)},
	}}
}

func perApp(s registry.Site, app registry.App) []step.Step {
	pkg := strings.ReplaceAll(s.Path(app.Releases), "/", "%2F")
	owner, rest, _ := strings.Cut(pkg, "%2F")
	page := "https://github.com/orgs/" + owner + "/packages/container/" + rest + "/settings"
	return []step.Step{{
		What: "After the first release: let the promotions write to the package, and nobody else",
		Why:  "A promotion runs in the platform repository and adds the promotion tag and the signature. GHCR cannot tell tags apart: whoever may write can move any tag, which is why Git pins digests.",
		Page: "[Package settings](" + page + "): under **Manage Actions access** this repository and `" + s.Repository + "`, both with the role Write; under **Inherited access** remove the inheritance",
		Proofs: []step.Proof{step.Show(
			"gh api orgs/"+owner+"/packages/container/"+rest+" --jq '.repository.full_name + \" \" + .visibility'",
			"`"+app.Repository+" private`",
		)},
	}}
}
