package ghcr

import "github.com/penstock-dev/penstock/internal/registry"

// guide says what GitHub's registry leaves to others: GitHub's documentation, read
// 2026-11-22.
func guide(registry.Retention) registry.Guide {
	return registry.Guide{
		Files: []registry.PolicyFile{{
			Name: pruneFile,
			What: "What may go and what must not, for a pruner: GitHub's registry has no retention of its own, so nothing goes until somebody deletes it. Whatever deletes here has to know what belongs together: `actions/delete-package-versions` does not, and takes parts of images and signatures.",
		}},
		AuditNote: "The audit log of the organisation has `packages.package_version_published` with the actor; a tag that moves is such an event. What runs stands in Git: `penstock history` shows who pinned it.",
		Cannot: []string{
			"Nothing is protected: whoever may write a package may move and delete any tag of it. So Git pins what runs by digest, and Flux checks the signature.",
			"It has no retention and no way to take one tag off a digest: a version goes with all of its tags.",
			"It has no list of what is about a digest: tags `sha256-*` hold signatures, and must stay.",
			"A count of releases is refused.",
		},
	}
}
