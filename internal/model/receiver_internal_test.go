package model

import (
	"fmt"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/contract"
)

// platform builds a model with one app; git is the platform's and the app's
// repository, the rest of the contract follows.
func platform(t *testing.T, platformGit, appGit, spec string) *Model {
	t.Helper()
	c, ds := contract.Parse("test", fmt.Appendf(nil, `
apiVersion: penstock.dev/v1alpha1
kind: DeliveryContract
metadata: {name: acme}
spec:
  platform: {git: {%s}, owners: ["@acme/platform"]}
  registry: {provider: zot, host: registry.acme.example}
%s
  environments:
    - name: dev
      clusters: [{name: dev-a, webhook: "https://a.example"}, {name: dev-b}]
    - name: prod
      reference: pinned
      clusters: [{name: prod, webhook: "https://p.example"}]
  teams:
    - name: payments
      owners: ["@acme/payments"]
      apps:
        - {name: checkout, git: {%s}}
        - {name: classic, delivery: git, git: {%s}}
`, platformGit, spec, appGit, strings.Replace(appGit, "checkout", "classic", 1)))
	if len(ds) > 0 {
		t.Fatalf("%s", ds)
	}
	return Build(c)
}

func TestReceiverIssuer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ platform, app, issuer string }{
		{"url: https://github.com/acme/platform", "url: https://github.com/acme/checkout", "https://token.actions.githubusercontent.com"},
		{"url: git@github.com:acme/platform.git", "url: https://github.com/acme/checkout", "https://token.actions.githubusercontent.com"},
		{"url: https://acme.ghe.com/acme/platform, provider: github", "url: https://acme.ghe.com/acme/checkout", "https://token.actions.acme.ghe.com"},
		{"url: https://github.acme.example/acme/platform, provider: github", "url: https://github.acme.example/acme/checkout", "https://github.acme.example/_services/token"},
		{"url: https://gitlab.com/acme/platform", "url: https://gitlab.com/acme/checkout", "https://gitlab.com"},
		{"url: https://gitlab.acme.example/acme/platform", "url: ssh://git@gitlab.acme.example:2222/acme/checkout.git", "https://gitlab.acme.example"},
		{"url: https://gitlab.acme.example:8443/acme/platform", "url: https://gitlab.acme.example:8443/acme/checkout", "https://gitlab.acme.example:8443"},
	} {
		m := platform(t, c.platform, c.app, "  supplyChain: {signing: none}")
		ae := m.Apps()[0].Envs[0]
		if !ae.HasReceiver() || ae.Receiver.Issuer != c.issuer || m.PlatformReceiver().Issuer != c.issuer {
			t.Errorf("%s: %+v", c.platform, ae.Receiver)
		}
	}
}

// TestWhoHasAReceiver: CI calls for what it moves itself, on clusters that it
// can reach, and only CI of the platform's own Git host can.
func TestWhoHasAReceiver(t *testing.T) {
	t.Parallel()
	const github = "url: https://github.com/acme/"
	m := platform(t, github+"platform", github+"checkout", "")
	for i, want := range [][]bool{{true, false}, {false, false}} { // checkout, classic; dev, prod
		for k, ae := range m.Apps()[i].Envs {
			if ae.HasReceiver() != want[k] || (ae.ReceiverPath() != "") != want[k] {
				t.Errorf("%s in %s: %v", ae.Name, ae.Env.Name, ae.Receiver)
			}
		}
	}
	if list := m.PlatformWebhooks(); len(list) != 1 || list[0].Name != "prod" {
		t.Errorf("clusters of pins that are called: %v", list)
	}
	if list := m.Webhooks(m.Envs[0]); len(list) != 1 || list[0].Name != "dev-a" {
		t.Errorf("clusters of dev that are called: %v", list)
	}
	m = platform(t, github+"platform", github+"checkout", "  ci: {notify: none}")
	if m.Apps()[0].Envs[0].HasReceiver() || len(m.PlatformWebhooks()) > 0 {
		t.Error("CI calls, but spec.ci.notify is none")
	}
	m = platform(t, github+"platform", "url: https://gitlab.com/acme/checkout", "  supplyChain: {signing: none}")
	if m.Apps()[0].Envs[0].HasReceiver() {
		t.Error("an app on another Git host cannot run the platform's workflow, but a Receiver waits for it")
	}
}
