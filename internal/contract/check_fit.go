package contract

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// takers names the providers that have a use for a field. The others are
// refused it: what is written and does nothing is a mistake of the writer's.
func takers() map[string][]string {
	return map[string][]string{
		"account":       {"ecr"},
		"region":        {"ecr"},
		"project":       {"gar", "harbor", "gitlab"},
		"location":      {"gar"},
		"subscription":  {"acr"},
		"resourceGroup": {"acr"},
	}
}

// meant is the field that a provider has in place of another's.
func meant(field, provider string) string {
	return map[string]map[string]string{
		"ecr": {"location": "region", "project": "account", "subscription": "account"},
		"gar": {"region": "location", "account": "project", "subscription": "project"},
		"acr": {"account": "subscription", "project": "resourceGroup"},
	}[provider][field]
}

// checkFields reports fields that are of another provider.
func (k *checker) checkFields(r Registry) {
	all := takers()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if !k.written("spec.registry.%s", name) || slices.Contains(all[name], r.Provider) {
			continue
		}
		fix := "remove it: it is a field of " + oneOf(all[name])
		if other := meant(name, r.Provider); other != "" && !k.written("spec.registry.%s", other) {
			fix = "write " + other + " instead"
		} else if other != "" {
			fix = "remove it, " + other + " is what counts"
		}
		k.add("is given, but "+r.Provider+" has no "+name, fix, "spec.registry.%s", name)
	}
}

// home is where the registries of one service are.
type home struct {
	// provider is the service's value of spec.registry.provider; "" where
	// Penstock does not know it.
	provider, service string
	re                *regexp.Regexp
	// write is how its hosts look.
	write string
}

// homes are the hosts that belong to a service. Hosts of one's own, which zot,
// harbor and gitlab have, can be anything else. Forms read in the services'
// documentation on 2026-11-28.
func homes() []home {
	return []home{
		{"ecr", "ECR", regexp.MustCompile(`^[0-9]{12}\.dkr[.-]ecr(-fips)?\.[a-z0-9-]+\.[a-z0-9.-]+$|\.vpce\.amazonaws\.com(\.cn)?$`), "ACCOUNT.dkr.ecr.REGION.amazonaws.com"},
		{"gar", "Artifact Registry", regexp.MustCompile(`(^|[.-])pkg\.dev$`), "LOCATION-docker.pkg.dev"},
		{"acr", "Azure Container Registry", regexp.MustCompile(`\.azurecr\.(io|cn|us)$`), "NAME.azurecr.io"},
		// containers.HOST is the Container registry of a GitHub of one's own.
		{"ghcr", "GitHub", regexp.MustCompile(`^ghcr\.io$|^containers\.[a-z0-9-]+\.ghe\.com$`), "ghcr.io, or containers.HOST of your own GitHub"},
		{"gitlab", "GitLab", regexp.MustCompile(`^registry\.gitlab\.com$`), "registry.gitlab.com"},
		{"", "Docker Hub", regexp.MustCompile(`(^|\.)docker\.(io|com)$`), ""},
		{"", "Quay", regexp.MustCompile(`(^|\.)quay\.io$`), ""},
		{"", "Google's Container Registry", regexp.MustCompile(`(^|\.)gcr\.io$`), ""},
		{"", "Amazon's public gallery", regexp.MustCompile(`^public\.ecr\.aws$`), ""},
		{"", "Artifactory", regexp.MustCompile(`\.jfrog\.io$`), ""},
		{"", "GitHub's web site", regexp.MustCompile(`^github\.com$`), ""},
		{"", "GitLab's web site", regexp.MustCompile(`^gitlab\.com$`), ""},
	}
}

// checkHost reports a host that cannot be one of the provider's. What runs on
// this machine may stand in for any.
func (k *checker) checkHost(r Registry) {
	host := withoutPort(r.Host)
	if what, _ := registryHost(r.Host); host == "" || what != "" || (address{host: host}).loopback() {
		return
	}
	var own home
	for _, h := range homes() {
		if h.provider == r.Provider {
			own = h
		}
	}
	for _, h := range homes() {
		switch {
		case !h.re.MatchString(host) || h.provider != "" && h.provider == r.Provider:
		case h.provider != "":
			k.add("is "+quote(r.Host)+", of "+h.service+", but the provider is "+r.Provider, "write \"provider: "+h.provider+"\", or the host of your "+r.Provider+example(own), "spec.registry.host")
			return
		default:
			k.add("is "+quote(r.Host)+", of "+h.service+", which is no registry that "+r.Provider+" names", "write the host of your "+r.Provider+example(own), "spec.registry.host")
			return
		}
	}
	if k.elsewhere(r.Provider, host, own) {
		k.add("is "+quote(r.Host)+", but no host of "+r.Provider+" looks so", "write "+own.write+", or the provider that it is: "+oneOf(selfHosted()), "spec.registry.host")
	}
}

// elsewhere reports a host that is not one of a service that has only its own.
func (k *checker) elsewhere(provider, host string, own home) bool {
	switch provider {
	case "ecr", "gar", "acr":
		return !own.re.MatchString(host)
	case "ghcr":
		return !own.re.MatchString(host) && !strings.HasPrefix(host, "containers.")
	}
	return false
}

// selfHosted names the providers whose hosts can have any name.
func selfHosted() []string { return []string{"zot", "harbor", "gitlab"} }

func example(h home) string {
	if h.write == "" {
		return ""
	}
	return ": " + h.write
}

func withoutPort(host string) string {
	if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') {
		host = host[:i]
	}
	return strings.Trim(host, "[]")
}

// checkForge reports a Git provider that the host contradicts, and a CI system
// that does not run on it.
func (k *checker) checkForge() {
	git, ci := k.c.Spec.Platform.Git, k.c.Spec.CI.Provider
	host := hostOf(git.URL)
	if is := forges()[host]; k.written("spec.platform.git.provider") && git.Provider != "" && is != "" && is != git.Provider {
		fix := "write " + is + ", or leave it out"
		if !lookup("spec.platform.git.provider").knows(is) {
			fix = "keep the platform repository on GitHub or GitLab: nothing else is generated for"
		}
		k.add("is "+git.Provider+", which "+quote(host)+" is not", fix, "spec.platform.git.provider")
		return
	}
	runs := defaultCI(git.Provider)
	if runs != "" && ci != runs && slices.Contains([]string{"github-actions", "gitlab-ci"}, ci) {
		k.add("is "+ci+", which "+quote(cmp.Or(host, git.Provider))+" does not run", "write "+runs+", or leave it out", "spec.ci.provider")
	}
	if ci == "github-actions" && k.c.Spec.SupplyChain.Signing == "key" && strings.HasPrefix(k.c.Spec.SupplyChain.KeyRef, "gitlab://") {
		k.add("is a key in GitLab, which jobs of github-actions have no token for", "write env://COSIGN_PRIVATE_KEY, or a key of a cloud", "spec.supplyChain.keyRef")
	}
}

// forges says what the public Git hosts are.
func forges() map[string]string {
	return map[string]string{
		"github.com": "github", "ssh.github.com": "github", "gitlab.com": "gitlab", "altssh.gitlab.com": "gitlab",
		"bitbucket.org": "other", "dev.azure.com": "other", "ssh.dev.azure.com": "other", "codeberg.org": "other", "gitea.com": "other",
	}
}
