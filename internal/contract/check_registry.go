package contract

import (
	forges "github.com/penstock-dev/penstock/internal/forge/table"

	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/registry"
)

func (k *checker) checkRegistry() {
	r := k.c.Spec.Registry
	p := r.Product()
	if p.Name == "" {
		return
	}
	for _, own := range p.Fields {
		if k.written("spec.registry.%s", own.Name) {
			continue
		}
		f := *lookup("spec.registry." + own.Name)
		f.example = cmp.Or(own.Example, f.example)
		k.add("is missing", p.Name+" needs it, "+f.sample(), "spec.registry.%s", own.Name)
	}
	k.checkFields(p)
	k.checkHost(r, p)
	k.checkLayout(r, p)
	k.checkReleases(r, p)
	if r.Insecure && p.Hosts.Only {
		k.add("is true, but "+p.Name+" speaks HTTPS only", "remove it", "spec.registry.insecure")
	}
	if p.Check == nil {
		return
	}
	var environments []string
	for _, e := range k.c.Spec.Environments {
		environments = append(environments, e.Name)
	}
	for _, found := range p.Check(r.Config(), environments) {
		var values []any
		for _, v := range found.Values {
			values = append(values, quote(v))
		}
		k.add(fmt.Sprintf(strings.ReplaceAll(found.What, "%q", "%s"), values...), found.Fix, "%s", found.Field)
	}
}

// knows reports whether value is one of the field's.
func (f *field) knows(value string) bool { return slices.Contains(f.enum, value) }

func (k *checker) checkLayout(r Registry, p registry.Provider) {
	if slices.Contains(p.Layouts, r.Layout) || !lookup("spec.registry.layout").knows(r.Layout) {
		return
	}
	why := map[string]string{
		"single":          "cannot say who may move which tag",
		"per-environment": "cannot give each environment a repository with rights of its own",
	}[r.Layout]
	k.add("is "+quote(r.Layout)+", but "+r.Provider+" "+why, "write "+oneOf(p.Layouts), "spec.registry.layout")
}

func (k *checker) checkReleases(r Registry, p registry.Provider) {
	if r.Retention.Releases == "forever" || p.Counts || !digitRE.MatchString(r.Retention.Releases) {
		return
	}
	k.add("is "+quote(r.Retention.Releases)+", but "+p.Name+" cannot delete old releases safely", "write forever; bundles are small", "spec.registry.retention.releases")
}

func (k *checker) checkSupplyChain() {
	s := k.c.Spec.SupplyChain
	switch s.Signing {
	case "key":
		for _, f := range []struct{ name, value string }{{"keyRef", s.KeyRef}, {"publicKey", s.PublicKey}} {
			if f.value == "" && !k.written("spec.supplyChain.%s", f.name) {
				k.add("is missing", "signing with a key needs keyRef and publicKey", "spec.supplyChain.%s", f.name)
			}
		}
		return
	case "keyless":
		k.checkKeyless()
	case "none":
	default:
		return
	}
	for _, f := range []struct{ name, value string }{{"keyRef", s.KeyRef}, {"publicKey", s.PublicKey}} {
		if f.value != "" {
			k.add("is given, but spec.supplyChain.signing is "+s.Signing, "write \"signing: key\" or remove it", "spec.supplyChain.%s", f.name)
		}
	}
}

// checkKeyless: public Sigstore trusts the issuers of public hosts.
func (k *checker) checkKeyless() {
	s := k.c.Spec
	runs, host := forges.ByCI(s.CI.Provider), hostOf(s.Platform.Git.URL)
	if runs.Hosts == nil || host == "" {
		return
	}
	trusted := runs.Hosts[0]
	why := "public Sigstore trusts " + s.CI.Provider + " on " + trusted + " only"
	const fix = "write \"signing: key\" with keyRef and publicKey, or \"signing: none\""
	if host != trusted {
		state := "is keyless"
		if !k.written("spec.supplyChain.signing") {
			state = "is left out and so keyless"
		}
		k.add(state+", but the platform repository is on "+quote(host)+" and "+why, fix, "spec.supplyChain.signing")
		return
	}
	for t, team := range s.Teams {
		for a, app := range team.Apps {
			if h := hostOf(app.Git.URL); app.Delivery == "oci" && h != "" && h != trusted {
				k.add("is on "+quote(h)+", but spec.supplyChain.signing is keyless and "+why, "move it to "+trusted+", or "+fix, "spec.teams[%d].apps[%d].git.url", t, a)
			}
		}
	}
}
