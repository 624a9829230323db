package contract

import (
	forges "github.com/penstock-dev/penstock/internal/forge/table"

	"cmp"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/registry/table"
)

// complete fills in the defaults that depend on other fields and reports what
// was written where only the default can be.
func (k *checker) complete() {
	k.completeProviders()
	k.completeRegistry()
	for i := range k.c.Spec.Environments {
		k.completeEnvironment(i)
	}
	k.completeApps()
}

func (k *checker) completeProviders() {
	s := &k.c.Spec
	git := &s.Platform.Git
	if git.Provider == "" {
		git.Provider = forges.Guess(hostOf(git.URL))
	}
	if git.Provider == "" && hostOf(git.URL) != "" && !k.c.source.has("spec.platform.git.provider") {
		k.add("is neither a "+strings.Join(titles(), " nor a ")+" host by its name", "set spec.platform.git.provider to "+oneOf(forges.Names()), "spec.platform.git.url")
	}
	if s.CI.Provider == "" {
		s.CI.Provider = forges.Of(git.Provider).CI
	}
	k.completeNotify()
}

// completeNotify: a call that CI makes without a shared secret needs a Receiver
// that checks its token.
func (k *checker) completeNotify() {
	ci, flux := &k.c.Spec.CI, k.c.Spec.Flux
	switch {
	case fluxMinor(flux.Version) < 0, flux.Line().CallsByToken, ci.Notify != "receiver": // a wrong version was reported already
	case !k.written("spec.ci.notify"):
		ci.Notify = "none"
	default:
		k.add("is receiver, but Flux "+flux.Version+" has no Receiver that checks the token of a CI job", "write none, or use Flux 2.9 or newer", "spec.ci.notify")
	}
}

func (k *checker) completeRegistry() {
	r := &k.c.Spec.Registry
	r.Layout = cmp.Or(r.Layout, defaultLayout(r.Provider))
	p := r.Product()
	if p.NoPrefix == "" {
		return
	}
	old := p.HadPrefix && r.Prefix == lookup("spec.registry.prefix").def
	if k.c.source.has("spec.registry.prefix") && !old {
		fix := "leave it out; the project is spec.registry.project"
		if r.Project != "" {
			fix = "leave it out; bundles are in " + r.Host + "/" + r.Project + "/<team>/<app>"
		}
		k.add("is "+quote(r.Prefix)+", but "+p.NoPrefix, fix, "spec.registry.prefix")
	}
	r.Prefix = ""
}

func defaultLayout(provider string) string {
	if can := table.Of(provider).Layouts; len(can) > 0 {
		return can[0]
	}
	return ""
}

func (k *checker) completeEnvironment(i int) {
	e := &k.c.Spec.Environments[i]
	switch {
	case i == 0 && e.Promotion.From != "":
		k.add("is "+quote(e.Promotion.From)+", but the first environment takes new releases and follows none", "leave it out, or move this environment down the list", "spec.environments[0].promotion.from")
	case i > 0 && !k.written("spec.environments[%d].promotion.from", i):
		e.Promotion.From = k.c.Spec.Environments[i-1].Name
	}
	if k.c.Spec.Registry.Layout == "git-digest" {
		if e.Reference == "floating" && k.written("spec.environments[%d].reference", i) {
			k.add("is \"floating\", but in layout git-digest Git pins every environment", "leave it out or write \"pinned\"", "spec.environments[%d].reference", i)
		}
		e.Reference = "pinned"
	}
	if len(e.Clusters) == 0 && e.Name != "" && !k.written("spec.environments[%d].clusters", i) {
		e.Clusters = []Cluster{{Name: e.Name, Formerly: k.formerCluster(e.Formerly)}}
	}
}

// formerCluster is the former name of the cluster that is named after a renamed
// environment: the environment's own, unless that names another cluster today.
func (k *checker) formerCluster(formerly string) string {
	for _, e := range k.c.Spec.Environments {
		if e.Name == formerly && len(e.Clusters) == 0 {
			return ""
		}
		for _, c := range e.Clusters {
			if formerly == c.Name || formerly == c.Formerly {
				return ""
			}
		}
	}
	return formerly
}

// completeApps gives each app its environments in the order of the path.
func (k *checker) completeApps() {
	envs := k.c.Spec.Environments
	all := make([]string, 0, len(envs))
	order := make(map[string]int, len(envs))
	for i, e := range envs {
		if e.Name != "" {
			all = append(all, e.Name)
			order[e.Name] = i
		}
	}
	for t := range k.c.Spec.Teams {
		for a := range k.c.Spec.Teams[t].Apps {
			app := &k.c.Spec.Teams[t].Apps[a]
			if len(app.Environments) > 0 {
				k.checkAppEnvironments(t, a)
				slices.SortStableFunc(app.Environments, func(x, y string) int { return cmp.Compare(order[x], order[y]) })
			} else {
				app.Environments = slices.Clone(all)
			}
		}
	}
}
