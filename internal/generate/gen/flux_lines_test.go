package gen_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/contract"
)

const linesKey = `    publicKey: |
      -----BEGIN PUBLIC KEY-----
      MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEawRpSzmEDSd5xpO3Kob4ucp37X+b
      NBGbm41FAwCjaxgu9mnTBPJkIhyMClrM/CLcneRR2y7hqqXe2dTNVRVm8w==
      -----END PUBLIC KEY-----
`

// linesContract has a part for each row of contract.FluxLines.
const linesContract = `apiVersion: penstock.dev/v1alpha1
kind: DeliveryContract
metadata: {name: acme}
spec:
  platform:
    git: {url: https://github.com/acme/platform}
    owners: ["@acme/platform"]
  flux: {version: "VERSION", install: manifests}
  registry: {provider: zot, host: "registry.acme.example:5000"}
  supplyChain:
    signing: key
    keyRef: awskms:///alias/acme
` + linesKey + `  environments:
    - name: dev
      clusters: [{name: dev, webhook: "https://flux.acme.example"}]
  teams:
    - name: payments
      owners: ["@acme/payments"]
      apps:
        - name: checkout
          git: {url: https://github.com/acme/checkout}
`

// TestEveryRowOfTheFluxLinesIsUsed: for each row, what is generated says what
// the row says, for each version; a row without a line here fails.
func TestEveryRowOfTheFluxLinesIsUsed(t *testing.T) {
	t.Parallel()
	const (
		kustomization = "clusters/dev/flux-system/kustomization.yaml"
		account       = "tenants/payments/base/registry-pull.yaml"
		key           = "tenants/payments/base/cosign-public-key.yaml"
	)
	rows := map[string]func(l contract.FluxLine, files map[string]string) bool{
		"Version": func(l contract.FluxLine, f map[string]string) bool {
			return strings.Contains(f["penstock.yaml"], `"`+l.Version+`"`)
		},
		"AlertAPI": func(l contract.FluxLine, f map[string]string) bool {
			return strings.Contains(f["platform/policies/tests/tenant-references.yaml"], "apiVersion: "+l.AlertAPI+"\n")
		},
		"CallsByToken": func(l contract.FluxLine, f map[string]string) bool {
			return strings.Contains(f["tenants/payments/dev/checkout.receiver.yaml"], "generic-oidc") == l.CallsByToken
		},
		"TrustedRoots": func(l contract.FluxLine, f map[string]string) bool {
			keyless := strings.NewReplacer("signing: key\n", "signing: keyless\n", "    keyRef: awskms:///alias/acme\n", "", linesKey, "").Replace(linesContract)
			tests := deliver(t, l.Version, []byte(strings.Replace(keyless, "VERSION", l.Version, 1))).platformTexts()["platform/policies/tests/tenant-signatures-keyless.yaml"]
			return strings.Contains(tests, "trustedRootSecretRef") == l.TrustedRoots
		},
		"PullsByToken": func(l contract.FluxLine, f map[string]string) bool {
			source := f["tenants/payments/dev/checkout.yaml"]
			return strings.Contains(source, "serviceAccountName: registry-pull") == l.PullsByToken && strings.Contains(source, "secretRef:\n    name: registry-pull") != l.PullsByToken &&
				strings.Contains(f[account], "kind: ServiceAccount") == l.PullsByToken && strings.Contains(f["README.md"], "docker-registry") != l.PullsByToken
		},
		"MintsTokens": func(l contract.FluxLine, f map[string]string) bool {
			return strings.Contains(f[account], "serviceaccounts/token") == (l.PullsByToken && !l.MintsTokens)
		},
		"Gates": func(l contract.FluxLine, f map[string]string) bool {
			return strings.Contains(f[kustomization], "--feature-gates="+strings.Join(l.Gates, "=true,")+"=true\n")
		},
		"Lockdown": func(l contract.FluxLine, f map[string]string) bool {
			return strings.Count(f[kustomization], "value: --default-") == 1+len(l.Lockdown) &&
				!slices.ContainsFunc(l.Lockdown, func(flag string) bool { return !strings.Contains(f[kustomization], "value: "+flag+"\n") })
		},
		"Lockdown of the operator's": func(l contract.FluxLine, f map[string]string) bool {
			operator := strings.NewReplacer("VERSION", l.Version, "install: manifests", "install: operator").Replace(linesContract)
			instance := deliver(t, l.Version, []byte(operator)).platformTexts()["clusters/dev/flux-system/flux-instance.yaml"]
			return strings.Count(instance, "value: --default-") == len(l.Lockdown) && strings.Contains(instance, `version: "`+l.Version+`.x"`) &&
				strings.Contains(instance, "--feature-gates="+strings.Join(l.Gates, "=true,")+"=true\n")
		},
		"RechecksKeys": func(l contract.FluxLine, f map[string]string) bool {
			return strings.Contains(f[key], "verifies at once") == l.RechecksKeys && strings.Contains(f[key], "stays verified") != l.RechecksKeys
		},
		"Release": nil, // in package flux, which installs it
	}
	row := reflect.TypeFor[contract.FluxLine]()
	for i := range row.NumField() {
		if _, known := rows[row.Field(i).Name]; !known {
			t.Errorf("nothing shows what %s is for", row.Field(i).Name)
		}
	}
	for _, l := range contract.FluxLines() {
		files := deliver(t, l.Version, []byte(strings.Replace(linesContract, "VERSION", l.Version, 1))).platformTexts()
		for name, shows := range rows {
			if shows != nil && !shows(l, files) {
				t.Errorf("Flux %s: what is generated does not follow %s", l.Version, name)
			}
		}
	}
}

// TestANewerFluxIsLikeTheNewestKnown: but for its name.
func TestANewerFluxIsLikeTheNewestKnown(t *testing.T) {
	t.Parallel()
	known := contract.FluxVersions()
	newest := known[len(known)-1]
	want := deliver(t, "newest", []byte(strings.Replace(linesContract, "VERSION", newest, 1))).platformTexts()
	for path, got := range deliver(t, "newer", []byte(strings.Replace(linesContract, "VERSION", "2.77", 1))).platformTexts() {
		got = strings.NewReplacer("2.77", newest, ":v1.77.", ":v1."+strings.TrimPrefix(newest, "2.")+".").Replace(got) // images of the manifests, too
		if got != want[path] {
			t.Errorf("%s is another than for Flux %s", path, newest)
		}
	}
}

// platformTexts are the files of the platform repository by their path.
func (d delivery) platformTexts() map[string]string {
	texts := map[string]string{}
	for path, f := range d.below("platform") {
		texts[path] = string(f.Data)
	}
	return texts
}
