package gen

import (
	"cmp"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/forge"
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
	if len(lacks) == 0 {
		return ""
	}
	return "set " + strings.Join(slices.Sorted(slices.Values(lacks)), ", ")
}

func openContact(m *model.Model) string {
	if m.Platform.Contact == "" {
		return "no `contact` of the platform"
	}
	return ""
}

func silentTeams(m *model.Model) Lack {
	l := Lack{What: "Teams without a `contact`"}
	for _, t := range m.Teams {
		if t.Contact == "" {
			l.Names = append(l.Names, t.Name)
		}
	}
	return l
}

func openApproval(m *model.Model) string {
	return says(m.Forge.Pipelines.Approval, m)
}

func openEnds(m *model.Model) Lack {
	l := Lack{What: "Ends of the path without approval", Why: ": a promotion there is automatic"}
	for _, e := range m.Envs {
		if len(e.Next) == 0 && !e.NeedsPerson {
			l.Names = append(l.Names, e.Name)
		}
	}
	return l
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
	case m.SupplyChain.Signing == "key" || !m.SignsPerEnv():
		return "bundles are signed once, at publish: the signature does not tell environments apart; " +
			cmp.Or(says(m.Forge.Pipelines.Signing, m), "the registry's rights and the approvals do")
	default:
		return ""
	}
}

// says is what a forge says of a platform, if it says something.
func says(of func(forge.Site) string, m *model.Model) string {
	if of == nil {
		return ""
	}
	return of(m.Site)
}

func openImages(m *model.Model) string {
	if m.SupplyChain.UnpinnedImages == "allow" {
		return "`spec.supplyChain.unpinnedImages` is allow"
	}
	return ""
}

func unpinnedApps(m *model.Model) Lack {
	l := Lack{What: "Apps without an `image`", Why: " for CI to build and pin"}
	if m.SupplyChain.UnpinnedImages == "allow" {
		return l
	}
	for _, a := range m.Apps() {
		if a.OCI && a.Image == "" {
			l.Names = append(l.Names, a.Team.Name+"/"+a.Name)
		}
	}
	return l
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
	lacks := openNotify(m) != "" || slices.ContainsFunc(openWebhooks(m), func(l Lack) bool { return len(l.Names) > 0 })
	if len(list) == 0 && !lacks {
		list = append(list, app)
	}
	return list
}

func openNotify(m *model.Model) string {
	if m.CI.Notify == "none" {
		return "`spec.ci.notify` is none: a promotion arrives at the next interval"
	}
	return ""
}

func openWebhooks(m *model.Model) []Lack {
	if m.CI.Notify == "none" {
		return nil
	}
	l := Lack{What: "Clusters without a `webhook`"}
	for _, c := range m.Clusters {
		if c.Webhook == "" {
			l.Names = append(l.Names, c.Name)
		}
	}
	return []Lack{l, m.Site.Far(", whose CI calls nobody")}
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
