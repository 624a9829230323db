package gen_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/internal/model"
)

// The patterns of Flux's CRDs, which its Go types do not know.
var patterns = map[string]*regexp.Regexp{
	"interval":      regexp.MustCompile(`^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$`),
	"retryInterval": regexp.MustCompile(`^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$`),
	"oci":           regexp.MustCompile(`^oci://[a-z0-9\[][^@#? ]*/[^:@]+$`), // and neither tag nor digest
	"git":           regexp.MustCompile(`^(http|https|ssh)://[^ ]+$`),
	"sourceTimeout": regexp.MustCompile(`^([0-9]+(\.[0-9]+)?(ms|s|m))+$`), // no h
	"timeout":       regexp.MustCompile(`^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$`),
}

// checkRules checks objects against what the CRDs and the house's rules for
// Flux objects say, facts/flux.md section 9.
func checkRules(t *testing.T, d delivery, list []object) {
	t.Helper()
	for _, o := range list {
		switch o.kind() {
		case "OCIRepository":
			checkOCIRepository(t, d.m, o)
		case "GitRepository":
			checkGitRepository(t, d.m, o)
		case "Kustomization":
			checkKustomization(t, d.m, o)
		case "Role":
			checkRole(t, o)
		case "Namespace":
			checkNamespace(t, list, o)
		case "ResourceQuota", "Secret", "FluxInstance":
			checkValues(t, d.m, o)
		}
	}
}

func (o object) match(t *testing.T, pattern string, names ...string) {
	t.Helper()
	if !patterns[pattern].MatchString(o.text(names...)) {
		t.Errorf("%s: %s is %q", o.id(), strings.Join(names, "."), o.text(names...))
	}
}

func (o object) must(t *testing.T, ok bool, rule string) {
	t.Helper()
	if !ok {
		t.Errorf("%s: %s: %v", o.id(), rule, o.raw)
	}
}

func checkSource(t *testing.T, o object, url string) {
	t.Helper()
	o.match(t, url, "spec", "url")
	o.match(t, "interval", "spec", "interval")
	if o.name() != "flux-system" {
		o.match(t, "sourceTimeout", "spec", "timeout")
	}
}

func checkGitRepository(t *testing.T, m *model.Model, o object) {
	t.Helper()
	checkSource(t, o, "git")
	git := m.Platform.Git
	if o.namespace() != m.Flux.Namespace {
		git = findApp(t, m, o.namespace(), o.name()).Git
	}
	o.must(t, o.text("spec", "url") == git.Flux && o.text("spec", "ref", "branch") == git.Branch, "follows the branch "+git.Branch+" of "+git.Flux)
	o.must(t, o.value("spec", "suspend") == nil && o.value("spec", "secretRef") != nil, "logs in and runs")
}

func checkOCIRepository(t *testing.T, m *model.Model, o object) {
	t.Helper()
	checkSource(t, o, "oci")
	app := findApp(t, m, o.namespace(), o.name())
	env := findEnv(t, m, o.text("metadata", "labels", "penstock.dev/environment"))
	ae := app.Envs[slices.IndexFunc(app.Envs, func(a *model.AppEnv) bool { return a.Env == env })]
	o.must(t, o.text("spec", "url") == "oci://"+ae.Repository, "reads the app's repository")
	o.must(t, (o.value("spec", "suspend") == true) == ae.Pinned, "is suspended only until a pin is written")
	o.must(t, (o.value("spec", "insecure") == true) == m.Registry.Insecure, "is insecure only where the contract says so")
	o.must(t, o.value("spec", "provider") == m.Registry.FluxProvider(), "logs in as the registry needs it")
	generic := m.Registry.FluxProvider() == "generic"
	o.must(t, (o.value("spec", "secretRef") != nil) == (generic && !m.PullsByToken()), "has a secret where there is no cloud identity and no token")
	o.must(t, (o.text("spec", "serviceAccountName") == model.PullAccount) == (generic && m.PullsByToken()), "has an account where the registry takes its tokens")
	o.must(t, o.text("spec", "layerSelector", "operation") == "extract", "extracts the layer")
	o.must(t, (o.value("spec", "verify") == nil) == (m.SupplyChain.Signing == "none"), "verifies where bundles are signed")
	o.must(t, (o.value("spec", "verify", "matchOIDCIdentity") != nil) == (m.SupplyChain.Signing == "keyless"), "names an identity where signing is keyless")
	tag := env.Name
	if ae.Pinned {
		tag = "not-promoted-yet"
	}
	o.must(t, o.text("spec", "ref", "tag") == tag, "follows "+tag)
}

func checkKustomization(t *testing.T, m *model.Model, o object) {
	t.Helper()
	for field, pattern := range map[string]string{"interval": "interval", "retryInterval": "retryInterval", "timeout": "timeout"} {
		o.match(t, pattern, "spec", field)
	}
	o.must(t, o.value("spec", "prune") == true, "prunes")
	o.must(t, o.value("spec", "suspend") == nil && o.value("spec", "force") == nil, "neither suspended nor forced")
	o.must(t, o.text("spec", "serviceAccountName") != "", "acts as an account")
	timeout, err := time.ParseDuration(o.text("spec", "timeout"))
	o.must(t, err == nil && timeout <= 10*time.Minute, "gives up in time for alerts")
	if o.namespace() == m.Flux.Namespace {
		return
	}
	findApp(t, m, o.namespace(), o.name())
	o.must(t, o.value("spec", "wait") == true, "waits for the rollout")
	o.must(t, o.text("spec", "serviceAccountName") == "applier", "acts as the team's account")
	o.must(t, o.text("spec", "targetNamespace") == o.namespace(), "stays in its namespace")
	env := strings.TrimPrefix(o.text("spec", "path")[strings.LastIndex(o.text("spec", "path"), "/"):], "/")
	for label, value := range map[string]string{"team": o.namespace(), "app": o.name(), "environment": env} {
		o.must(t, o.text("spec", "commonMetadata", "labels", "penstock.dev/"+label) == value, "labels what it applies with its "+label)
	}
	o.must(t, o.value("spec", "kubeConfig") == nil && o.value("spec", "postBuild") == nil, "reaches no other cluster and substitutes nothing")
}

// checkValues compares values that YAML could misread with the contract's.
func checkValues(t *testing.T, m *model.Model, o object) {
	t.Helper()
	switch o.kind() {
	case "Secret":
		o.must(t, o.text("stringData", "cosign.pub") == m.SupplyChain.PublicKey && o.value("data") == nil, "holds the public key and nothing else")
	case "ResourceQuota":
		team := m.Teams[slices.IndexFunc(m.Teams, func(t *model.Team) bool { return t.Name == o.namespace() })]
		hard := o.value("spec", "hard").(map[string]any)
		o.must(t, len(hard) == len(team.QuotaLimits()), "limits what the contract limits")
		for _, l := range team.QuotaLimits() {
			o.must(t, hard[l.Name] == any(l.Value), "limits "+l.Name+" to "+l.Value)
		}
	case "FluxInstance":
		git := m.Platform.Git
		o.must(t, o.text("spec", "sync", "url") == git.Flux && o.text("spec", "sync", "ref") == "refs/heads/"+git.Branch, "syncs the platform repository")
		o.must(t, o.value("spec", "cluster", "multitenant") == true && o.value("spec", "cluster", "networkPolicy") == true, "is locked down")
	}
}

func words(v any) []string {
	list, _ := v.([]any)
	out := make([]string, len(list))
	for i, w := range list {
		out[i], _ = w.(string)
	}
	return out
}

func findEnv(t *testing.T, m *model.Model, name string) *model.Env {
	t.Helper()
	for _, e := range m.Envs {
		if e.Name == name {
			return e
		}
	}
	t.Fatalf("no environment %q", name)
	return nil
}
