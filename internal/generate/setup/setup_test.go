package setup

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/generate/step"
	"github.com/penstock-dev/penstock/internal/model"
	_ "github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

// registries are the fields of spec.registry, one set a provider.
var registries = map[string]string{
	"ecr":    `{provider: ecr, host: 111122223333.dkr.ecr.eu-west-1.amazonaws.com, account: "111122223333", region: eu-west-1}`,
	"acr":    `{provider: acr, host: acme.azurecr.io, subscription: 00000000-0000-0000-0000-000000000000, resourceGroup: my-group}`,
	"gar":    `{provider: gar, host: europe-west1-docker.pkg.dev, project: acme, location: europe-west1}`,
	"zot":    `{provider: zot, host: "registry.acme.example:5000"}`,
	"harbor": `{provider: harbor, host: harbor.acme.example, project: delivery}`,
	"ghcr":   `{provider: ghcr, host: ghcr.io, prefix: acme/delivery}`,
	"gitlab": `{provider: gitlab, host: registry.gitlab.com, project: acme/bundles}`,
}

var hosts = map[string]string{
	"github":     "https://github.com/acme/platform",
	"enterprise": "https://github.acme.example/acme/platform",
	"gitlab":     "https://gitlab.com/acme/platform",
}

// models builds a platform for each provider on each Git host, with a floating
// and a pinned environment.
func models(t *testing.T) map[string]*model.Model {
	t.Helper()
	all := map[string]*model.Model{}
	for provider, registry := range registries {
		for host, url := range hosts {
			name := provider + " on " + host
			data := `apiVersion: penstock.dev/v1alpha1
kind: DeliveryContract
metadata: {name: acme}
spec:
  platform:
    git: {url: ` + url + `, branch: release/1.x}
    owners: ["@acme/platform"]
  registry: ` + registry + `
  supplyChain: {signing: none}
  environments:
    - name: dev
      clusters: [{name: dev, webhook: "https://flux.acme.example"}]
    - name: prod
      reference: pinned
      promotion: {mode: approval, approvers: ["@acme/release-managers", "@mira-k"]}
    - name: live
      promotion: {mode: approval, approvers: ["@acme/release-managers"]}
  teams:
    - name: payments
      owners: ["@acme/payments"]
      apps:
        - name: checkout
          git: {url: ` + strings.Replace(url, "platform", "checkout", 1) + `}
        - name: books
          git: {url: ` + strings.Replace(url, "platform", "books", 1) + `}
          delivery: git
`
			c, problems := contract.Parse(name, []byte(data))
			if len(problems) > 0 {
				t.Fatalf("%s: %v", name, problems)
			}
			all[name] = model.Build(c)
		}
	}
	return all
}

func everySection(m *model.Model) []Section {
	all := Platform(m)
	for _, a := range m.Apps() {
		all = append(all, App(m, a)...)
	}
	return all
}

// kind is what steps have in common that are proved together.
func kind(s Step) string {
	kind, _, _ := strings.Cut(s.What, ":")
	return kind
}

func TestEachStepDoesSomethingAndIsProved(t *testing.T) {
	for name, m := range models(t) {
		for _, s := range everySection(m) {
			for i, step := range s.Steps {
				if step.What == "" || step.Do == "" && step.Page == "" {
					t.Errorf("%s: %s: %q neither runs a command nor names a page", name, s.Title, step.What)
				}
				if a := step.Again; a.Command != "" && !strings.Contains("\n"+step.Do, "\n"+a.Instead) {
					t.Errorf("%s: %s: no command of %q begins with %q", name, s.Title, step.What, a.Instead)
				}
				later := s.Steps[min(i+1, len(s.Steps)-1)]
				if len(step.Proofs)+len(step.Denials) == 0 && kind(later) != kind(step) {
					t.Errorf("%s: %s: nothing proves %q", name, s.Title, step.What)
				}
				for _, p := range append(step.Proofs, step.Denials...) {
					if p.Command == "" || p.Shows == "" {
						t.Errorf("%s: %s: %q has an empty proof", name, s.Title, step.What)
					}
				}
			}
		}
	}
}

// Each side has something that must be refused; where a registry cannot refuse
// it, the step says so.
func TestWhatMustBeRefusedIsTried(t *testing.T) {
	for name, m := range models(t) {
		tried := map[string]bool{}
		for _, s := range everySection(m) {
			for _, step := range s.Steps {
				tried[s.Title] = tried[s.Title] || len(step.Denials) > 0 || strings.Contains(step.Why, "cannot tell tags apart")
			}
		}
		for _, title := range []string{"The platform repository", "The registry", "Each cluster", "This repository"} {
			if !tried[title] {
				t.Errorf("%s: %s tries nothing that must be refused", name, title)
			}
		}
	}
}

func TestCommandsAreShell(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not here")
	}
	dir := t.TempDir()
	for name, m := range models(t) {
		var all []string
		for _, s := range everySection(m) {
			for _, step := range s.Steps {
				all = append(all, step.Do, step.Again.Command)
				for _, p := range append(step.Proofs, step.Denials...) {
					all = append(all, p.Command)
				}
			}
		}
		file := filepath.Join(dir, "script")
		if err := os.WriteFile(file, []byte(strings.Join(all, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(bash, "-n", file).CombinedOutput(); err != nil {
			t.Errorf("%s: %s", name, out)
		}
	}
}

// The subject names the workflow that the environment's sources trust, too.
func TestSubjectsNameTheWorkflowOfTheirEnvironment(t *testing.T) {
	m := models(t)["ecr on github"]
	got := map[string]string{}
	for _, id := range append(identities(m, m.Apps()[1]), platformIdentities(m)...) {
		got[id.Name] = step.Quoted(id.Subject)
	}
	own, platform := `repository_id:"${repository_id:?}":`, `repository_id:"${platform_id:?}":`
	at := ":job_workflow_ref:acme/platform/.github/workflows/"
	want := map[string]string{
		"publish":      own + "ref:refs/heads/main" + at + "publish.yaml@refs/heads/release/1.x",
		"promote-dev":  own + "environment:dev" + at + m.Envs[0].PromoteWorkflow() + "@refs/heads/release/1.x",
		"promote-live": own + "environment:live" + at + m.Envs[2].PromoteWorkflow() + "@refs/heads/release/1.x",
		"promote-prod": platform + "environment:prod" + at + m.Envs[1].PromoteWorkflow() + "@refs/heads/release/1.x",
		"history":      platform + "ref:refs/heads/release/1.x" + at + "history.yaml@refs/heads/release/1.x",
	}
	for name, subject := range want {
		if got[name] != subject {
			t.Errorf("%s: %s, want %s", name, got[name], subject)
		}
	}
	if len(got) != len(want) {
		t.Errorf("identities %v", got)
	}
}

func TestAnIdentityWritesNothingOfOthers(t *testing.T) {
	m := models(t)["ecr on github"]
	app := m.Apps()[1]
	writers := map[string]string{}
	for _, id := range identities(m, app) {
		for _, r := range id.Writes {
			if other := writers[r]; other != "" {
				t.Errorf("%s and %s both write %s", other, id.Name, r)
			}
			writers[r] = id.Name
		}
		for _, r := range id.Reads {
			if strings.Contains(r, "*") {
				t.Errorf("%s of one app reads %s", id.Name, r)
			}
		}
	}
}
