package gitlab

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/forge"
	"github.com/penstock-dev/penstock/internal/generate/step"
)

// Versions of what jobs run in, besides Penstock itself. Renovate changes them
// in the generated file.
const image = "golang:1.26.8-trixie"

// cosign is its release for Linux by the machine of uname -m:
// version and SHA-256, as cosign_checksums.txt of the release and
// cosign-installer v4.1.2 have them (read 2026-12-01). The version is the one
// that cosign-installer installs on GitHub. Renovate moves both in the
// generated file (datasource github-release-attachments).
var cosign = []program{ //nolint:gochecknoglobals // a table
	{"x86_64", "v3.0.6", "c956e5dfcac53d52bcf058360d579472f0c1d2d9b69f55209e256fe7783f4c74"},
	{"aarch64", "v3.0.6", "bedac92e8c3729864e13d4a17048007cfafa79d5deca993a43a90ffe018ef2b8"},
}

// program is a released program for one kind of machine.
type program struct{ Machine, Version, SHA256 string }

// onBranch is, in rules, that a pipeline may move environments.
const onBranch = ` && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $CI_COMMIT_REF_PROTECTED == "true"`

// outputs are the files that pipelines are made of, with which they are made.
func outputs() map[string]func(forge.Site, *forge.App) bool {
	always := func(forge.Site, *forge.App) bool { return true }
	bundles := func(s forge.Site, _ *forge.App) bool { return s.Bundles }
	return map[string]func(forge.Site, *forge.App) bool{
		file:                                  func(s forge.Site, a *forge.App) bool { return a == nil || a.OCI && s.Here(a) },
		".gitlab/CODEOWNERS":                  always,
		".gitlab/issue_templates/new-team.md": always,
		"ci/apps.txt":                         always,
		"ci/penstock.yml":                     always,
		"ci/registry.yml":                     bundles,
		"ci/delivery.yml":                     bundles,
		"ci/image.yml":                        func(s forge.Site, _ *forge.App) bool { return s.Bundles && s.HasImages() },
		"ci/promote-_env_.yml":                bundles,
		"renovate.json":                       always,
	}
}

// pipeline is what the templates of pipelines see.
type pipeline struct{ forge.Site }

// ofEnv and ofApp are it for an environment and for an app.
type ofEnv struct {
	pipeline
	Env *forge.Env
}

type ofApp struct {
	pipeline
	App *forge.App
}

func viewPlatform(s forge.Site) any            { return pipeline{s} }
func viewEnv(s forge.Site, e *forge.Env) any   { return ofEnv{pipeline{s}, e} }
func viewApp(s forge.Site, app *forge.App) any { return ofApp{pipeline{s}, app} }

// Image is what jobs run in, Cosign what they install cosign from.
func (pipeline) Image() string { return image }

// Cosign see Image.
func (pipeline) Cosign() []program { return cosign }

// Flags are those of cosign's sign and attest.
func (p pipeline) Flags() string { return p.SignFlags(step.Quote(p.Key()), "$DOCKER_CONFIG") }

// Shell is a value as one word of a POSIX shell.
func (pipeline) Shell(s string) string { return step.Quote(s) }

// ProjectID is the platform's project as the API names it, for a shell.
func (p pipeline) ProjectID() string { return step.Quote(url.PathEscape(p.Git.Slug)) }

// TLSVerify is the flag of skopeo and buildah for the registry.
func (p pipeline) TLSVerify() string { return fmt.Sprintf("--tls-verify=%t", !p.Registry.Insecure) }

// Tasks lists what a person, or an app's pipeline, can start in the platform's
// project.
func (p pipeline) Tasks() []string {
	if len(p.Pins()) == 0 {
		return []string{"none", "add-team"}
	}
	return []string{"none", "promote", "rollback", "hold", "lift", "add-team"}
}

// FirstPin is the first environment that Git pins.
func (p pipeline) FirstPin() *forge.Env { return p.Pins()[0] }

// HistoryBase is the job that the check of the histories extends.
func (p pipeline) HistoryBase() string {
	if p.Bundles {
		return ".with-registry"
	}
	return ".penstock"
}

// token is a token about itself that a job gets.
type token struct{ Name, Audience string }

// RegistryTokens lists the tokens that a job needs to log in to the registry.
func (p pipeline) RegistryTokens() []token {
	if p.Registry.Audience == "" {
		return nil
	}
	return []token{{"REGISTRY_ID_TOKEN", p.Registry.Audience}}
}

// PublishTokens lists the tokens of the job that publishes.
func (p pipeline) PublishTokens() []token {
	list := p.RegistryTokens()
	if p.Keyless() {
		return append(list, token{"SIGSTORE_ID_TOKEN", "sigstore"})
	}
	if login, ok := logins()[p.KeyScheme()]; ok && login.audience != "" {
		list = append(list, token{"SIGNING_ID_TOKEN", login.audience})
	}
	return list
}

// login is how a job gets to the signing key.
type login struct {
	audience  string // of the job's token; "" for none
	variables []string
}

// logins are those that have a partial, by the key's scheme.
func logins() map[string]login {
	return map[string]login{
		"awskms":     {"sts.amazonaws.com", []string{"SIGNING_ROLE"}},
		"azurekms":   {"api://AzureADTokenExchange", []string{"SIGNING_CLIENT_ID", "SIGNING_TENANT_ID"}},
		"gcpkms":     {"https://iam.googleapis.com/$SIGNING_IDENTITY_PROVIDER", []string{"SIGNING_IDENTITY_PROVIDER", "SIGNING_SERVICE_ACCOUNT"}},
		"hashivault": {"$VAULT_ADDR", []string{"VAULT_ADDR", "VAULT_ROLE"}},
		"gitlab":     {"", []string{"GITLAB_TOKEN"}},
	}
}

// SigningLogin is the name of the partial that gets a job to the signing key;
// "" where nothing is to do.
func (p pipeline) SigningLogin() string {
	scheme := p.KeyScheme()
	if _, ok := logins()[scheme]; !ok {
		return ""
	}
	return "gitlab/signing-" + scheme
}

// Variables lists what jobs read from a project's CI/CD variables: of the
// identity that publishes, or of one that promotes.
func Variables(s forge.Site, promotes bool) []string {
	list := slices.Clip(s.Registry.Variables)
	if scheme := s.KeyScheme(); promotes || scheme == "" {
		return list
	} else if scheme == "env" {
		return append(list, s.KeySecret(), "COSIGN_PASSWORD")
	} else {
		return append(list, logins()[scheme].variables...)
	}
}

// Files lists the files of the platform project that the app's pipeline is made
// of.
func (p ofApp) Files() []string {
	files := []string{"ci/penstock.yml", "ci/registry.yml", "ci/delivery.yml"}
	if p.App.Image != "" {
		files = append(files, "ci/image.yml")
	}
	for _, e := range p.App.Places {
		files = append(files, "ci/promote-"+e.Name+".yml")
	}
	return files
}

// PromoteRules are the rules of the job that promotes to the environment.
func (p ofEnv) PromoteRules() []string {
	rules := []string{`$PENSTOCK_ACTION == "promote" && $PENSTOCK_ENVIRONMENT == "` + p.Env.Name + `"` + onBranch}
	if p.Follows() != "" {
		rules = append([]string{`$PENSTOCK_ACTION == "release" && $CI_PIPELINE_SOURCE != "schedule"` + onBranch}, rules...)
	}
	return rules
}

// OperateRule is the rule of the job that goes back, holds and lifts.
func (p ofEnv) OperateRule() string {
	return `$PENSTOCK_ACTION =~ /^(rollback|hold|lift)$/ && $PENSTOCK_ENVIRONMENT == "` + p.Env.Name + `"` + onBranch
}

// Note says, in comments, what the promotion waits for.
func (p ofEnv) Note() string {
	if !p.Env.NeedsPerson {
		return "# Promotes to " + p.Env.Name + " without asking."
	}
	return "# Promotes to " + p.Env.Name + " once somebody starts the job. That is a button and no approval: the protected environment\n" +
		"# " + p.Env.Name + ", with its approval rules, says who may."
}

// CallWords are the addresses of clusters that CI calls, as words of a shell.
func (p ofEnv) CallWords() string {
	var words []string
	for _, c := range p.Env.Calls {
		words = append(words, step.Quote(c))
	}
	return strings.Join(words, "\n")
}

// Tier is what GitLab calls the environment's kind.
func (p ofEnv) Tier() string {
	switch {
	case len(p.Env.Next) == 0:
		return "production"
	case p.Env.From == nil:
		return "development"
	default:
		return "staging"
	}
}

// Follows is the job, in the app's pipeline, that must succeed before a release
// is promoted here; "" where the pipeline cannot bring it here, because Git
// pins an environment on the way.
func (p ofEnv) Follows() string {
	if p.Env.From == nil {
		return "publish"
	}
	for f := p.Env.From; f != nil; f = f.From {
		if f.Pinned {
			return ""
		}
	}
	return "promote-" + p.Env.From.Name
}

// processMode is the order in which GitLab should let promotions of one app to
// the environment run. Oldest first keeps them in order, but makes them wait
// for every older pipeline that has not come this far: for ever, where one of
// them waits for a person on the way.
func processMode(e *forge.Env) string {
	for f := e.From; f != nil; f = f.From {
		if f.NeedsPerson {
			return "newest_ready_first"
		}
	}
	return "oldest_first"
}
