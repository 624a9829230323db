package setup

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/model"
)

// byToken is the platform of models on zot, for Flux 2.10, whose floating
// environments have two clusters in one of them.
func byToken(t *testing.T, url string) *model.Model {
	t.Helper()
	c, problems := contract.Parse("penstock.yaml", []byte(`apiVersion: penstock.dev/v1alpha1
kind: DeliveryContract
metadata: {name: acme}
spec:
  platform:
    git: {url: `+url+`}
    owners: ["@acme/platform"]
  flux: {version: "2.10"}
  registry: {provider: zot, host: "registry.acme.example:5000", layout: per-environment}
  environments:
    - name: dev
    - name: prod
      clusters: [{name: prod-a}, {name: prod-b}]
  supplyChain: {signing: none}
  teams:
    - name: payments
      owners: ["@acme/payments"]
      apps:
        - name: checkout
          git: {url: `+strings.Replace(url, "platform", "checkout", 1)+`}
          image: registry.acme.example:5000/images/checkout
`))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return model.Build(c)
}

// TestZotTrustsTheClusters runs what the pages print, twice, with a kubectl
// that answers as each cluster's API server does.
func TestZotTrustsTheClusters(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("jq"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	for host, pipelines := range map[string]int{"github": 1, "gitlab": 0} {
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			kubectl := "#!/bin/sh\n[ \"$1 $3 $4 $5\" = '--context get --raw /.well-known/openid-configuration' ] || exit 1\necho '{\"issuer\": \"https://oidc.example/'\"$2\"'\"}'\n"
			if err := os.WriteFile(filepath.Join(dir, "kubectl"), []byte(kubectl), 0o755); err != nil {
				t.Fatal(err)
			}
			var script strings.Builder
			for _, s := range Platform(byToken(t, hosts[host])) {
				for _, step := range s.Steps {
					if strings.Contains(step.Do, "zot-oidc.json") {
						script.WriteString(step.Do + "\n")
					}
				}
			}
			cmd := exec.Command("bash", "-euo", "pipefail", "-c", script.String()+script.String())
			cmd.Dir, cmd.Env = dir, append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"))
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s\n%s", err, out, script.String())
			}
			data, err := os.ReadFile(filepath.Join(dir, "zot-oidc.json"))
			if err != nil {
				t.Fatal(err)
			}
			type issuer struct {
				Issuer       string
				Audiences    []string
				ClaimMapping struct{ Username string }
			}
			var config struct {
				HTTP struct {
					Auth struct{ Bearer struct{ OIDC []issuer } }
				}
			}
			if err := json.Unmarshal(data, &config); err != nil {
				t.Fatalf("%v\n%s", err, data)
			}
			all := config.HTTP.Auth.Bearer.OIDC
			if len(all) != pipelines+3 {
				t.Fatalf("%d issuers are trusted:\n%s", len(all), data)
			}
			for i, cluster := range []string{"dev", "prod-a", "prod-b"} {
				want := issuer{Issuer: "https://oidc.example/" + cluster, Audiences: []string{"registry.acme.example:5000"}}
				want.ClaimMapping.Username = "'" + cluster + ":' + claims.sub"
				if diff := cmp.Diff(want, all[pipelines+i]); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

// TestZotLetsEachClusterReadItsOwn: an environment's repository is read by the
// clusters of that environment, as the team's account, and by nobody else.
func TestZotLetsEachClusterReadItsOwn(t *testing.T) {
	t.Parallel()
	m := byToken(t, hosts["github"])
	app := m.Apps()[0]
	account := ":system:serviceaccount:payments:registry-pull"
	readers := map[string][]string{}
	for _, ae := range app.Envs {
		for _, c := range ae.Env.Clusters {
			r := strings.TrimPrefix(ae.Repository, m.Registry.Host+"/")
			readers[r] = append(readers[r], c.Name+account)
		}
	}
	const nodes = "nodes" // who the kubelets are
	readers[strings.TrimPrefix(app.Image, m.Registry.Host+"/")] = []string{nodes}
	for repository, policies := range zotAccess(t, m, app) {
		var got []string
		for _, p := range policies {
			if len(p.Conditions) == 0 && slices.Equal(p.Actions, []string{"read"}) && (strings.Contains(p.Users[0], account) || p.Users[0] == nodes) {
				got = append(got, p.Users...)
			}
		}
		if diff := cmp.Diff(readers[repository], got); diff != "" {
			t.Errorf("who reads %s (-want +got):\n%s", repository, diff)
		}
		delete(readers, repository)
	}
	if len(readers) > 0 {
		t.Errorf("nobody may read %v", readers)
	}
	for _, s := range append(Platform(m), App(m, app)...) {
		for _, step := range s.Steps {
			if text := step.Do + step.Why; strings.Contains(text, "docker-registry") || strings.Contains(text, `"flux"`) || strings.Contains(text, "Secret `"+model.PullSecret) {
				t.Errorf("%s: asks for a password for Flux:\n%s", step.What, text)
			}
		}
	}
}

type zotPolicies []struct {
	Users, Actions []string
	Conditions     []any
}

// zotAccess reads the access control that the app's page prints, by repository.
func zotAccess(t *testing.T, m *model.Model, app *model.App) map[string]zotPolicies {
	t.Helper()
	for _, s := range App(m, app) {
		for _, step := range s.Steps {
			_, text, found := strings.Cut(step.Do, "cat > zot-access.json <<")
			if !found {
				continue
			}
			_, text, _ = strings.Cut(text, "\n")
			text, _, _ = strings.Cut(text, "\nJSON")
			text = strings.NewReplacer(`\\`, `\`, `\$`, `$`, "\\`", "`").Replace(text) // as the shell reads it
			var config struct {
				AccessControl struct {
					Repositories map[string]struct{ Policies zotPolicies }
				}
			}
			if err := json.Unmarshal([]byte(text), &config); err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			all := map[string]zotPolicies{}
			for r, p := range config.AccessControl.Repositories {
				all[r] = p.Policies
			}
			return all
		}
	}
	t.Fatal("no access control is printed")
	return nil
}
