package contract

import (
	"regexp"
	"slices"
	"strings"
)

// needs names the fields that a provider's policy files cannot do without.
func needs(provider string) []string {
	return map[string][]string{
		"ecr":    {"account", "region"},
		"gar":    {"project", "location"},
		"acr":    {"subscription", "resourceGroup"},
		"harbor": {"project"},
		"gitlab": {"project"},
	}[provider]
}

// layouts names what a provider can do. In layout single the registry must be
// able to say who may move which tag; per-environment needs repositories with
// access control of their own; pins in Git need nothing.
func layouts(provider string) []string {
	switch provider {
	case "zot":
		return []string{"single", "per-environment", "git-digest"}
	case "gitlab":
		return []string{"single", "git-digest"}
	case "ecr", "acr", "gar", "harbor":
		return []string{"per-environment", "git-digest"}
	}
	return []string{"git-digest"}
}

func (k *checker) checkRegistry() {
	r := k.c.Spec.Registry
	if lookup("spec.registry.provider").knows(r.Provider) {
		for _, name := range needs(r.Provider) {
			if k.written("spec.registry.%s", name) {
				continue
			}
			f := *lookup("spec.registry." + name)
			if r.Provider == "gitlab" {
				f.example = "acme/delivery"
			}
			k.add("is missing", r.Provider+" needs it, "+f.sample(), "spec.registry.%s", name)
		}
		k.checkFields(r)
		k.checkHost(r)
		k.checkLayout(r)
		k.checkReleases(r)
		if r.Insecure && slices.Contains([]string{"ecr", "ghcr", "gar", "acr"}, r.Provider) {
			k.add("is true, but "+r.Provider+" speaks HTTPS only", "remove it", "spec.registry.insecure")
		}
	}
	switch r.Provider {
	case "ecr":
		k.checkECR(r)
	case "gar":
		k.checkGAR(r)
	case "harbor":
		if strings.Contains(r.Project, "/") {
			k.add("is "+quote(r.Project)+", but a Harbor project has no \"/\"", "write the project's name only", "spec.registry.project")
		}
	case "gitlab":
		if r.Project != "" && !strings.Contains(r.Project, "/") {
			k.add("is "+quote(r.Project)+", but a GitLab project is in a group", "write group/project", "spec.registry.project")
		}
	}
}

// knows reports whether value is one of the field's.
func (f *field) knows(value string) bool { return slices.Contains(f.enum, value) }

func (k *checker) checkLayout(r Registry) {
	can := layouts(r.Provider)
	if slices.Contains(can, r.Layout) || !lookup("spec.registry.layout").knows(r.Layout) {
		return
	}
	why := map[string]string{
		"single":          "cannot say who may move which tag",
		"per-environment": "cannot give each environment a repository with rights of its own",
	}[r.Layout]
	k.add("is "+quote(r.Layout)+", but "+r.Provider+" "+why, "write "+oneOf(can), "spec.registry.layout")
}

// checkReleases: a count is safe only where the registry deletes by tag class,
// keeps a digest that another tag holds and lets retention pass immutable tags.
func (k *checker) checkReleases(r Registry) {
	if r.Retention.Releases == "forever" || r.Provider == "zot" || r.Provider == "ecr" || !digitRE.MatchString(r.Retention.Releases) {
		return
	}
	k.add("is "+quote(r.Retention.Releases)+", but "+r.Provider+" cannot delete old releases safely", "write forever; bundles are small", "spec.registry.retention.releases")
}

var (
	ecrHost = regexp.MustCompile(`^([0-9]{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.(?:aws|amazonwebservices\.com\.cn))$`)
	garHost = regexp.MustCompile(`^([a-z0-9-]+)-docker\.pkg\.dev$`)
	garID   = regexp.MustCompile(`^[a-z]([a-z0-9-]*[a-z0-9])?$`)
)

func (k *checker) checkECR(r Registry) {
	m := ecrHost.FindStringSubmatch(r.Host)
	if m == nil {
		return
	}
	if r.Account != "" && r.Account != m[1] {
		k.add("is "+quote(r.Account)+", but the host is of account "+quote(m[1]), "make both the same", "spec.registry.account")
	}
	if r.Region != "" && r.Region != m[2] {
		k.add("is "+quote(r.Region)+", but the host is in region "+quote(m[2]), "make both the same", "spec.registry.region")
	}
}

// checkGAR: prefix becomes part of the names of Artifact Registry repositories.
func (k *checker) checkGAR(r Registry) {
	if m := garHost.FindStringSubmatch(r.Host); m != nil && r.Location != "" && r.Location != m[1] {
		k.add("is "+quote(r.Location)+", but the host is in "+quote(m[1]), "make both the same", "spec.registry.location")
	}
	if strings.Contains(r.Project, "/") {
		k.add("is "+quote(r.Project)+", but a Google Cloud project has no \"/\"", "write the project's ID only", "spec.registry.project")
	}
	if !garID.MatchString(r.Prefix) {
		k.add("is "+quote(r.Prefix)+", but it begins the names of Artifact Registry repositories", "use lower-case letters, digits and \"-\", beginning with a letter", "spec.registry.prefix")
		return
	}
	for i, e := range k.c.Spec.Environments {
		if name := r.Prefix + "-channels-" + e.Name; len(name) > 63 && r.Layout == "per-environment" {
			k.add("is "+quote(e.Name)+", which makes "+quote(name)+", longer than the 63 characters that Artifact Registry allows", "shorten it or spec.registry.prefix", "spec.environments[%d].name", i)
		}
	}
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

// checkKeyless: public Sigstore trusts the issuers of github.com and gitlab.com.
func (k *checker) checkKeyless() {
	s := k.c.Spec
	trusted := map[string]string{"github-actions": "github.com", "gitlab-ci": "gitlab.com"}[s.CI.Provider]
	host := hostOf(s.Platform.Git.URL)
	if trusted == "" || host == "" {
		return
	}
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
