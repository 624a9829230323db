package gen_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/forge/github"
)

// trustContract is a platform whose app has floating environments and a pinned
// one.
const trustContract = `apiVersion: penstock.dev/v1alpha1
kind: DeliveryContract
metadata: {name: acme}
spec:
  platform:
    git: {url: HOST/acme/platform, branch: release/1.x}
    owners: ["@acme/platform"]
  registry: REGISTRY
  supplyChain: {signing: none}
  environments:
    - name: dev
    - name: prod
      reference: pinned
      promotion: {mode: approval, approvers: ["@acme/release-managers"]}
    - name: live
      promotion: {from: dev, mode: approval, approvers: ["@acme/release-managers"]}
  teams:
    - name: payments
      owners: ["@acme/payments"]
      apps:
        - {name: checkout, git: {url: HOST/acme/checkout}IMAGE}
`

// trustCases are the registries that look at a token's claims, on each kind of
// GitHub.
func trustCases() map[string]string {
	registries := map[string]string{
		"ecr": `{provider: ecr, host: 111122223333.dkr.ecr.eu-west-1.amazonaws.com, account: "111122223333", region: eu-west-1}`,
		"acr": `{provider: acr, host: acme.azurecr.io, subscription: 00000000-0000-0000-0000-000000000000, resourceGroup: my-group}`,
		"gar": `{provider: gar, host: europe-west1-docker.pkg.dev, project: acme, location: europe-west1}`,
		"zot": `{provider: zot, host: "registry.acme.example:5000"}`,
	}
	cases := map[string]string{}
	add := func(name, registry, host, image string) {
		cases[name] = strings.NewReplacer("HOST", host, "REGISTRY", registries[registry], "IMAGE", image).Replace(trustContract)
	}
	for registry := range registries {
		add(registry+" on github.com", registry, "https://github.com", "")
	}
	add("ecr on an Enterprise Server", "ecr", "https://github.acme.example", "")
	add("zot on an Enterprise Server", "zot", "https://github.acme.example", "")
	add("acr on ghe.com", "acr", "https://acme.ghe.com", "")
	cases["acr on ghe.com"] = strings.Replace(cases["acr on ghe.com"], "acme/platform,", "acme/platform, provider: github,", 1)
	add("zot with an environment for publishing", "zot", "https://github.com", ", image: docker.io/acme/checkout")
	return cases
}

// TestTrust does the steps of docs/setup.md in a shell, lets GitHub's stand-in
// start the generated workflows and tries each job's token on what the steps
// have trusted: an identity takes the tokens of its own job and no other,
// whatever form their subject has.
func TestTrust(t *testing.T) {
	t.Parallel()
	program(t, "jq")
	for name, source := range trustCases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := deliver(t, name, []byte(source))
			s := newTrustSetup(t, d)
			grants := s.grants(t)
			want := []string{"history", "promote-dev", "promote-live", "promote-prod", "publish"}
			if got := slices.Sorted(maps.Keys(grants)); !slices.Equal(got, want) {
				t.Fatalf("the steps let in %v, want %v", got, want)
			}
			right, wrong := newTrustTokens(t, d, s).all()
			seen := map[string]int{}
			for _, token := range right {
				seen[token.job]++
				for identity, accepts := range grants {
					if accepts(token.claims) != (identity == token.job) {
						t.Errorf("%s: %s takes it: %v\n%v", token, identity, identity != token.job, token.claims)
					}
				}
			}
			for _, token := range wrong {
				seen[token.what]++
				for identity, accepts := range grants {
					if accepts(token.claims) {
						t.Errorf("%s: %s takes it\n%v", token, identity, token.claims)
					}
				}
			}
			for _, job := range want {
				if seen[job] != len(trustForms(d)) {
					t.Errorf("%d tokens of %s", seen[job], job)
				}
			}
			if seen["another branch"] == 0 && !github.PublishNeedsSecrets(d.m.Site) { // its environment gives that branch no job
				t.Error("no token of another branch")
			}
			for _, what := range []string{"another repository", "the same name again", "another workflow", "another environment", "another branch of the platform", "another issuer"} {
				if seen[what] == 0 {
					t.Errorf("no token of %s", what)
				}
			}
		})
	}
}

// What an earlier version set up is mended by the commands that are printed for
// that case, and by nothing that would fail because it is there.
func TestTrustAgain(t *testing.T) {
	t.Parallel()
	for name, source := range trustCases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newTrustSetup(t, deliver(t, name, []byte(source)))
			first := s.grants(t)
			s.again = true
			again := s.grants(t)
			if len(again) != len(first) {
				t.Errorf("lets in %v, want %v", slices.Sorted(maps.Keys(again)), slices.Sorted(maps.Keys(first)))
			}
			for _, call := range s.calls {
				if strings.Contains(call.text, "create-role ") || strings.Contains(call.text, "federated-credential create") || strings.Contains(call.text, "workload-identity-pools create") || strings.Contains(call.text, "providers create-oidc") {
					t.Errorf("creates what is there: %s", call.text)
				}
			}
		})
	}
}

// The steps are clean in the eyes of shellcheck, each by itself.
func TestTrustShellcheck(t *testing.T) {
	t.Parallel()
	shellcheck := program(t, "shellcheck")
	scripts := map[string]string{}
	for name, source := range trustCases() {
		s := newTrustSetup(t, deliver(t, name, []byte(source)))
		for _, doc := range trustDocs() {
			for _, step := range s.steps(t, doc) {
				for _, s.again = range []bool{false, true} {
					scripts[s.script(t, step)+"\n"] = name + ": " + step.title
				}
			}
		}
	}
	for _, finding := range check(t, shellcheck, scripts) {
		t.Error(finding)
	}
}

// A number that could not be had trusts nobody.
func TestTrustWithoutNumbers(t *testing.T) {
	t.Parallel()
	for name, source := range trustCases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newTrustSetup(t, deliver(t, name, []byte(source)))
			s.numbers = map[string]string{}
			if grants := s.grants(t); len(grants) > 0 {
				t.Errorf("lets in %v", slices.Sorted(maps.Keys(grants)))
			}
		})
	}
}
