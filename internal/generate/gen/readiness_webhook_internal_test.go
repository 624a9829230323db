package gen

import (
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/model"
)

// TestReadinessWebhooks: the line is ticked where CI calls every cluster for
// every app, and else says what is open.
func TestReadinessWebhooks(t *testing.T) {
	t.Parallel()
	const item = "clusters hear of a promotion at once"
	for _, c := range []struct{ name, from, to, want string }{
		{"all", "", "", "`tenants/<team>/<env>/<app>.receiver.yaml`"},
		{"pinned", "- name: prod\n", "- name: prod\n      reference: pinned\n", "`tenants/<team>/<env>/<app>.receiver.yaml`, `clusters/<cluster>/receiver.yaml`"},
		{"one without", `prod-b, webhook: "https://b.acme.example"`, "prod-b", "[Clusters without a `webhook`](#clusters-without-a-webhook)"},
		{"none called", "  registry:", "  ci: {notify: none}\n  registry:", "`spec.ci.notify` is none"},
		{"another host", "  decision:", "  supplyChain: {signing: none}\n  decision:", "[Apps on another Git host](#apps-on-another-git-host) than the platform, whose CI calls nobody"},
	} {
		text := strings.Replace(complete, c.from, c.to, 1)
		if c.name == "another host" {
			text = strings.Replace(text, "https://github.com/acme/checkout", "https://gitlab.com/acme/checkout", 1)
		}
		parsed, ds := contract.Parse("test", []byte(text))
		if len(ds) > 0 {
			t.Fatalf("%s: %s", c.name, ds)
		}
		for _, l := range readiness(model.Build(parsed), everything) {
			if l.Item == item && (!strings.HasPrefix(l.Text, c.want) || l.Done != strings.HasPrefix(c.want, "`tenants")) {
				t.Errorf("%s: %v %s", c.name, l.Done, l.Text)
			}
		}
	}
}
