package gen

import "strings"

// optional says which outputs are made only for some contracts. The key is the
// template's output path, with its placeholders.
var optional = map[string]func(scope) bool{ //nolint:gochecknoglobals // a table
	".github/CODEOWNERS":                                func(s scope) bool { return s.(Platform).Platform.Git.Provider == "github" },
	".gitlab/CODEOWNERS":                                func(s scope) bool { return s.(Platform).Platform.Git.Provider == "gitlab" },
	"tenants/_team_/base/quota.yaml":                    func(s scope) bool { return s.(Team).Team.HasQuota() },
	"tenants/_team_/base/cosign-public-key.yaml":        func(s scope) bool { return s.(Team).SignsWithKey() },
	"tenants/_team_/_env_/_app_.pin.yaml":               func(s scope) bool { return s.(AppEnv).App.Pinned },
	"clusters/_cluster_/flux-system/flux-instance.yaml": func(s scope) bool { return s.(Cluster).Operator() },
	"clusters/_cluster_/tenants.yaml":                   func(s scope) bool { return len(s.(Cluster).Teams) > 0 },
	"platform/policies/tenant-signatures-key.yaml":      signsWith("key"),
	"platform/policies/tenant-signatures-keyless.yaml":  signsWith("keyless"),
	policyTests + "tenant-git-sources.yaml":             hasGit,
	policyTests + "tenant-namespaces.yaml":              hasTeams,
	policyTests + "tenant-pods.yaml":                    hasTeams,
	policyTests + "tenant-reach.yaml":                   hasTeams,
	policyTests + "tenant-references.yaml":              hasTeams,
	policyTests + "tenant-signatures-key.yaml":          func(s scope) bool { return hasOCI(s) && signsWith("key")(s) },
	policyTests + "tenant-signatures-keyless.yaml":      func(s scope) bool { return hasOCI(s) && signsWith("keyless")(s) },
	policyTests + "tenant-sources.yaml":                 hasOCI,
	policyTests + "tenant-writes.yaml":                  hasTeams,
}

// isSeeded reports whether an output is written once and then the user's own.
func isSeeded(top, path string) bool {
	return top == "app" && strings.HasPrefix(path, "_path_/") || strings.HasSuffix(path, ".pin.yaml")
}
