package gen

import "strings"

// optional says which outputs, beside those of a forge, are made only for some
// contracts. The key is the
// template's output path, with its placeholders.
var optional = map[string]func(scope) bool{ //nolint:gochecknoglobals // a table
	"tenants/_team_/base/quota.yaml":                    func(s scope) bool { return s.(Team).Team.HasQuota() },
	"tenants/_team_/base/cosign-public-key.yaml":        func(s scope) bool { return s.(Team).SignsWithKey() },
	"tenants/_team_/base/registry-pull.yaml":            func(s scope) bool { return s.(Team).PullsByToken() },
	"tenants/_team_/_env_/_app_.pin.yaml":               func(s scope) bool { return s.(AppEnv).App.Pinned },
	"tenants/_team_/_env_/_app_.receiver.yaml":          func(s scope) bool { return s.(AppEnv).App.HasReceiver() },
	"clusters/_cluster_/receiver.yaml":                  func(s scope) bool { return s.(Cluster).HasReceiver() },
	"clusters/_cluster_/flux-system/flux-instance.yaml": func(s scope) bool { return s.(Cluster).Operator() },
	"platform/policies/tenant-signatures-key.yaml":      signsWith("key"),
	"platform/policies/tenant-signatures-keyless.yaml":  signsWith("keyless"),
	"registry/README.md":                                func(s scope) bool { return s.(Platform).HasOCI() && s.(Platform).Registry.Product.Sweep.Guide != nil },
	".prettierignore":                                   func(s scope) bool { return s.(Platform).Installs() },
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
	switch path {
	case ".markdownlint.yaml", ".prettierignore": // who has one has a style of his own
		return true
	}
	return top == "app" && strings.HasPrefix(path, "_path_/") || strings.HasSuffix(path, ".pin.yaml")
}
