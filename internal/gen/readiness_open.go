package gen

import (
	"slices"
	"strconv"
	"strings"

	"github.com/penstock-dev/penstock/internal/model"
)

// The open* functions say what a contract lacks for one line of the readiness
// list, as Markdown; "" when it lacks nothing.

func openDecision(m *model.Model) string {
	var lacks []string
	d := m.Decision
	for name, given := range map[string]bool{
		"gitNativeAudit": d.GitNativeAudit != nil, "boundariesWritten": d.BoundariesWritten != nil,
		"registryMaturity": d.RegistryMaturity != "", "reviewBy": d.ReviewBy != "",
	} {
		if !given {
			lacks = append(lacks, "`spec.decision."+name+"`")
		}
	}
	return missing("set ", lacks)
}

func openContacts(m *model.Model) string {
	var lacks []string
	if m.Platform.Contact == "" {
		lacks = append(lacks, "the platform")
	}
	for _, t := range m.Teams {
		if t.Contact == "" {
			lacks = append(lacks, "team "+t.Name)
		}
	}
	return missing("no `contact` for ", lacks)
}

func openApproval(m *model.Model) string {
	var lacks []string
	for _, e := range m.Envs {
		if len(e.Next) == 0 && !e.NeedsPerson {
			lacks = append(lacks, e.Name)
		}
	}
	open := missing("promotion is automatic to ", lacks)
	if m.GitLabCI() {
		open = strings.Trim(open+"; "+gitLabApproval(m), "; ")
	}
	return open
}

func openMetrics(m *model.Model) string {
	if m.Observability.Metrics == "none" {
		return "`spec.observability.metrics` is none"
	}
	return ""
}

func openLockdown(m *model.Model) string {
	if m.Flux.Install == "existing" {
		flags := append([]string{"--no-cross-namespace-refs=true", "--no-remote-bases=true", "--default-service-account=default"}, m.Lockdown()...)
		last := len(flags) - 1
		return "Flux is installed elsewhere; its controllers need `" + strings.Join(flags[:last], "`, `") + "` and `" + flags[last] + "`, or set `spec.flux.install`"
	}
	return ""
}

func openSigning(m *model.Model) string {
	switch {
	case m.SupplyChain.Signing == "none":
		return "`spec.supplyChain.signing` is none: nothing is verified"
	case m.GitLabCI() && strings.HasPrefix(m.SupplyChain.KeyRef, "gitlab://"):
		return "bundles are signed once, at publish: the signature does not tell environments apart; and every app's CI holds a token that reads " +
			"the key from GitLab, and that token can change that project as well: keep the key in a project with nothing else in it, or in a KMS"
	case m.SupplyChain.Signing == "key" || m.CI.Provider != "github-actions":
		return "bundles are signed once, at publish: the signature does not tell environments apart; the registry's rights and the approvals do"
	default:
		return ""
	}
}

func openImages(m *model.Model) string {
	if m.SupplyChain.UnpinnedImages == "allow" {
		return "`spec.supplyChain.unpinnedImages` is allow"
	}
	var lacks []string
	for _, a := range m.Apps() {
		if a.OCI && a.Image == "" {
			lacks = append(lacks, a.Team.Name+"/"+a.Name)
		}
	}
	return missing("the contract names no `image` for CI to build and pin for ", lacks)
}

// receivers are the files of what CI calls: of apps, and of the platform
// repository where Git pins. With none, openWebhooks says why, unless there is
// no app yet.
func receivers(m *model.Model) []string {
	const app = "tenants/_team_/_env_/_app_.receiver.yaml"
	var list []string
	if slices.ContainsFunc(m.Apps(), func(a *model.App) bool { return slices.ContainsFunc(a.Envs, (*model.AppEnv).HasReceiver) }) {
		list = append(list, app)
	}
	if len(m.PlatformWebhooks()) > 0 {
		list = append(list, "clusters/_cluster_/receiver.yaml")
	}
	if len(list) == 0 && openWebhooks(m) == "" {
		list = append(list, app)
	}
	return list
}

func openWebhooks(m *model.Model) string {
	if m.CI.Notify == "none" {
		return "`spec.ci.notify` is none: a promotion arrives at the next interval"
	}
	var lacks, far []string
	for _, c := range m.Clusters {
		if c.Webhook == "" {
			lacks = append(lacks, c.Name)
		}
	}
	for _, a := range m.Apps() {
		if a.OCI && !m.Here(a) {
			far = append(far, a.Team.Name+"/"+a.Name)
		}
	}
	open := []string{missing("no `webhook` for cluster ", lacks), missing("on another Git host than the platform, whose CI calls nobody: ", far)}
	return strings.Join(slices.DeleteFunc(open, func(s string) bool { return s == "" }), "; ")
}

// openPullSecret is for registries that take tokens.
func openPullSecret(m *model.Model) string {
	if m.Registry.ByToken {
		return ""
	}
	return "Flux " + m.Flux.Version + " logs in with the Secret `" + model.PullSecret + "`; from 2.10 on it can show a token instead: `spec.flux.version`"
}

func openInsecure(m *model.Model) string {
	if m.Registry.Insecure {
		return "`spec.registry.insecure` is true"
	}
	return ""
}

// missing lists the first of what lacks, in a stable order, and counts the rest.
func missing(text string, lacks []string) string {
	if len(lacks) == 0 {
		return ""
	}
	return text + list(lacks)
}

func list(items []string) string {
	const most = 5
	items = slices.Sorted(slices.Values(items))
	if n := len(items) - most; n > 0 {
		items = append(items[:most:most], strconv.Itoa(n)+" more")
	}
	return strings.Join(items, ", ")
}
