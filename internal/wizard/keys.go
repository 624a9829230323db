package wizard

import (
	"slices"
	"strings"
)

// Keys lists the questions' keys in the order of the questions; "[]" stands
// for each item of a list.
func Keys() []string {
	return []string{
		"name", "platform.git.url", "platform.git.provider", "platform.git.branch", "platform.owners[]", "platform.contact", "flux.install",
		"registry.provider", "registry.account", "registry.region", "registry.project", "registry.location", "registry.subscription",
		"registry.resourceGroup", "registry.host", "registry.prefix",
		"ci.provider", "ci.notify",
		"environments[].name", "environments[].promotion.mode", "environments[].promotion.approvers[]", "environments[].clusters[].name",
		"teams[].name", "teams[].owners[]", "teams[].contact", "teams[].apps[].name", "teams[].apps[].git.url", "teams[].apps[].image",
		"supplyChain.signing", "supplyChain.keyRef", "supplyChain.publicKey", "supplyChain.unpinnedImages",
		"decision.gitNativeAudit", "decision.registryMaturity", "decision.boundariesWritten", "delivery.git[]", "delivery.pinned[]", "decision.reviewBy",
	}
}

// below lists the names that may stand below a key.
func below(key string) []string {
	var names []string
	for _, k := range Keys() {
		rest, ok := k, true
		if key != "" {
			rest, ok = strings.CutPrefix(k, key+".")
		}
		if !ok {
			continue
		}
		name, _, _ := strings.Cut(rest, ".")
		if name = strings.TrimRight(name, "[]"); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}
