package model

import "github.com/penstock-dev/penstock/internal/contract"

// Advice is how the apps' releases should reach the clusters, after the
// answers in spec.decision.
type Advice struct {
	Delivery  string // of apps: "oci" or "git"
	Reference string // of environments that a person guards: "floating" or "pinned"
	Why       string // one sentence
}

// Advise weighs the answers. What was not answered speaks for nothing.
func Advise(d contract.Decision, layout string) Advice {
	audit := d.GitNativeAudit != nil && *d.GitNativeAudit
	loose := d.BoundariesWritten != nil && !*d.BoundariesWritten
	switch {
	case d.RegistryMaturity == "low":
		return Advice{"git", "floating", "a registry that is not run well should not be on the release path: deliver by Git until it is"}
	case loose:
		return Advice{"git", "floating", "two kinds of source confuse people while the border between platform and apps is not written down: deliver by Git until it is"}
	case layout == contract.LayoutGitDigest:
		return Advice{"oci", "pinned", "this registry cannot protect a tag, so Git pins the digest of each bundle, and a promotion is a reviewed commit"}
	case audit:
		return Advice{"oci", "pinned", "audit wants each change reviewed in Git: let Git pin the digest where a person approves, and keep bundles for everything else"}
	default:
		return Advice{"oci", "floating", "nothing asks for a Git review of each release: bundles with a floating tag go forward and back in one move, and each move leaves a record"}
	}
}
