package contract

import (
	"github.com/penstock-dev/penstock/internal/forge"
	forges "github.com/penstock-dev/penstock/internal/forge/table"

	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/registry"
	"github.com/penstock-dev/penstock/internal/registry/table"
)

// checkFields reports fields that are of another provider: what is written and
// does nothing is a mistake of the writer's.
func (k *checker) checkFields(p registry.Provider) {
	for _, name := range lookup("spec.registry").object.names() {
		takers := table.Takers(name)
		if len(takers) == 0 || slices.Contains(takers, p.Name) || !k.written("spec.registry.%s", name) {
			continue
		}
		fix := "remove it: it is a field of " + oneOf(takers)
		at := slices.IndexFunc(p.Fields, func(f registry.Field) bool { return slices.Contains(f.Instead, name) })
		switch {
		case at < 0:
		case k.written("spec.registry.%s", p.Fields[at].Name):
			fix = "remove it, " + p.Fields[at].Name + " is what counts"
		default:
			fix = "write " + p.Fields[at].Name + " instead"
		}
		k.add("is given, but "+p.Name+" has no "+name, fix, "spec.registry.%s", name)
	}
}

// strangers are hosts of registries and others that no provider is for.
func strangers() []registry.Hosts {
	list := []registry.Hosts{
		{Service: "Docker Hub", Own: regexp.MustCompile(`(^|\.)docker\.(io|com)$`)},
		{Service: "Quay", Own: regexp.MustCompile(`(^|\.)quay\.io$`)},
		{Service: "Google's Container Registry", Own: regexp.MustCompile(`(^|\.)gcr\.io$`)},
		{Service: "Amazon's public gallery", Own: regexp.MustCompile(`^public\.ecr\.aws$`)},
		{Service: "Artifactory", Own: regexp.MustCompile(`\.jfrog\.io$`)},
	}
	for _, f := range forges.All() {
		list = append(list, registry.Hosts{Service: f.Title + "'s web site", Own: regexp.MustCompile("^" + regexp.QuoteMeta(f.Hosts[0]) + "$")})
	}
	return list
}

// checkHost reports a host that cannot be one of the provider's. What runs on
// this machine may stand in for any.
func (k *checker) checkHost(r Registry, p registry.Provider) {
	host := withoutPort(r.Host)
	if what, _ := registryHost(r.Host); host == "" || what != "" || (address{host: host}).loopback() {
		return
	}
	own := "the host of your " + p.Name
	if p.Hosts.Form != "" {
		own += ": " + p.Hosts.Form
	}
	of := func(h registry.Hosts) bool { return h.Own != nil && h.Own.MatchString(host) }
	for _, other := range table.All() {
		if other.Name != p.Name && of(other.Hosts) {
			k.add("is "+quote(r.Host)+", of "+other.Hosts.Service+", but the provider is "+p.Name, "write \"provider: "+other.Name+"\", or "+own, "spec.registry.host")
			return
		}
	}
	for _, h := range strangers() {
		if of(h) {
			k.add("is "+quote(r.Host)+", of "+h.Service+", which is no registry that "+p.Name+" names", "write "+own, "spec.registry.host")
			return
		}
	}
	if p.Hosts.Only && !of(p.Hosts) && (p.Hosts.Also == nil || !p.Hosts.Also.MatchString(host)) {
		selfHosted := table.Names(func(p registry.Provider) bool { return !p.Hosts.Only })
		k.add("is "+quote(r.Host)+", but no host of "+p.Name+" looks so", "write "+p.Hosts.Form+", or the provider that it is: "+oneOf(selfHosted), "spec.registry.host")
	}
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
	if is := forges.Public(host); k.written("spec.platform.git.provider") && git.Provider != "" && is != "" && is != git.Provider {
		fix := "write " + is + ", or leave it out"
		if !lookup("spec.platform.git.provider").knows(is) {
			fix = "keep the platform repository on " + strings.Join(titles(), " or ") + ": nothing else is generated for"
		}
		k.add("is "+git.Provider+", which "+quote(host)+" is not", fix, "spec.platform.git.provider")
		return
	}
	runs := forges.Of(git.Provider).CI
	if runs != "" && ci != runs && forges.ByCI(ci).CI != "" {
		k.add("is "+ci+", which "+quote(cmp.Or(host, git.Provider))+" does not run", "write "+runs+", or leave it out", "spec.ci.provider")
	}
	for _, f := range forges.All() {
		key := k.c.Spec.SupplyChain.KeyRef
		if f.Keys != "" && strings.HasPrefix(key, f.Keys) && k.c.Spec.SupplyChain.Signing == "key" && ci != f.CI && forges.ByCI(ci).CI != "" {
			k.add("is a key in "+f.Title+", which jobs of "+ci+" have no token for", "write env://COSIGN_PRIVATE_KEY, or a key of a cloud", "spec.supplyChain.keyRef")
		}
	}
}

// titles are the forges' for people.
func titles() []string { return forges.Each(func(f forge.Forge) string { return f.Title }) }
