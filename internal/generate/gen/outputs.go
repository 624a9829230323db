package gen

import "strings"

// optional says which outputs are made only for some contracts. The key is the
// template's output path, with its placeholders.
var optional = map[string]func(scope) bool{ //nolint:gochecknoglobals // a table
	".github/CODEOWNERS":                                func(s scope) bool { return s.(Platform).Platform.Git.Provider == "github" },
	".gitlab/CODEOWNERS":                                func(s scope) bool { return s.(Platform).Platform.Git.Provider == "gitlab" },
	githubFiles + "actions/app/action.yaml":             publishes,
	githubFiles + "actions/app/apps.txt":                publishes,
	githubFiles + "actions/penstock/action.yaml":        onGitHub,
	githubFiles + "dependabot.yaml":                     onGitHub,
	githubFiles + "workflows/check.yaml":                onGitHub,
	githubFiles + "workflows/delivery.yaml":             called,
	githubFiles + "workflows/history.yaml":              publishes,
	githubFiles + "ISSUE_TEMPLATE/new-team.yml":         onGitHub,
	githubFiles + "workflows/new-team.yaml":             onGitHub,
	githubFiles + "workflows/notify.yaml":               func(s scope) bool { return onGitHub(s) && s.(Platform).HasNotify() },
	githubFiles + "workflows/operate.yaml":              called,
	githubFiles + "workflows/pins.yaml":                 func(s scope) bool { return onGitHub(s) && s.(Platform).HasNextPins() },
	githubFiles + "workflows/promote-_env_.yaml":        func(s scope) bool { return s.(Env).GitHubActions() && s.(Env).HasOCI() },
	githubFiles + "workflows/publish.yaml":              publishes,
	githubFiles + "workflows/refresh.yaml":              onGitHub,
	githubFiles + "workflows/regenerate.yaml":           onGitHub,
	"tenants/_team_/base/quota.yaml":                    func(s scope) bool { return s.(Team).Team.HasQuota() },
	"tenants/_team_/base/cosign-public-key.yaml":        func(s scope) bool { return s.(Team).SignsWithKey() },
	"tenants/_team_/base/registry-pull.yaml":            func(s scope) bool { return s.(Team).PullsByToken() },
	"tenants/_team_/_env_/_app_.pin.yaml":               func(s scope) bool { return s.(AppEnv).App.Pinned },
	"tenants/_team_/_env_/_app_.receiver.yaml":          func(s scope) bool { return s.(AppEnv).App.HasReceiver() },
	"clusters/_cluster_/receiver.yaml":                  func(s scope) bool { return s.(Cluster).HasReceiver() },
	"clusters/_cluster_/flux-system/flux-instance.yaml": func(s scope) bool { return s.(Cluster).Operator() },
	"platform/policies/tenant-signatures-key.yaml":      signsWith("key"),
	"platform/policies/tenant-signatures-keyless.yaml":  signsWith("keyless"),
	".gitlab-ci.yml":                                    gitLab,
	".gitlab/issue_templates/new-team.md":               gitLab,
	"ci/apps.txt":                                       gitLab,
	"ci/penstock.yml":                                   gitLab,
	"ci/registry.yml":                                   gitLabOCI,
	"ci/delivery.yml":                                   gitLabOCI,
	"ci/image.yml":                                      func(s scope) bool { return gitLabOCI(s) && s.(Platform).HasImages() },
	"ci/promote-_env_.yml":                              gitLabOCI,
	".prettierignore":                                   func(s scope) bool { return s.(Platform).Installs() },
	"renovate.json":                                     gitLab,
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

// githubFiles is where GitHub looks for what it runs.
const githubFiles = ".github/"

func onGitHub(s scope) bool { return s.(Platform).GitHubActions() }

func publishes(s scope) bool { return onGitHub(s) && s.(Platform).HasOCI() }

// called reports whether the app's repository can use the platform's workflows.
func called(s scope) bool { return s.(App).GitHubActions() && s.(App).Here(s.(App).App) }

// isSeeded reports whether an output is written once and then the user's own.
func isSeeded(top, path string) bool {
	switch path {
	case ".markdownlint.yaml", ".prettierignore": // who has one has a style of his own
		return true
	}
	return top == "app" && strings.HasPrefix(path, "_path_/") || strings.HasSuffix(path, ".pin.yaml")
}
