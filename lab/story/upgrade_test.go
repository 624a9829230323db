package story

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/lab/kube"
	"github.com/penstock-dev/penstock/lab/platform"
	"github.com/penstock-dev/penstock/lab/stack"
)

// sourceController is who asks for the tokens that sources log in with.
var sourceController = kube.Identity{
	User:   "system:serviceaccount:flux-system:source-controller",
	Groups: []string{"system:serviceaccounts", "system:serviceaccounts:flux-system", "system:authenticated"},
}

// The steps are those of docs/upgrading.md: first Flux on the cluster, then the version in the contract. Controllers do not run
// here: those of 2.10 cannot be built from what the module proxy serves.
func TestTheGoldenContractMovesAClusterToTheNextLineOfFluxInThePrintedSteps(t *testing.T) {
	story(t, "upgrade")
	api, err := lab.stack.APIServer(t.Context(), "upgrade", "2.9")
	if err != nil {
		t.Fatal(err)
	}
	workspace := filepath.Join(lab.dir, "upgrade")
	generateFor(t, "2.9", "quickstart", workspace)
	first := made(t, api, workspace)

	if err := lab.stack.InstallFlux(t.Context(), api, "2.10"); err != nil {
		t.Fatal(err)
	}
	for id, before := range first {
		now, err := api.Get(t.Context(), before)
		if err != nil || now.Get("metadata", "generation") != before.Get("metadata", "generation") {
			t.Errorf("%s did not outlive Flux 2.10: %v", id, err)
		}
	}
	for id, again := range made(t, api, workspace) {
		if again.Get("metadata", "generation") != first[id].Get("metadata", "generation") {
			t.Errorf("%s, generated for Flux 2.9, is another object with 2.10", id)
		}
	}

	said := generateFor(t, "2.10", "quickstart", workspace)
	if strings.Contains(said, "warning") {
		t.Errorf("penstock says: %s", said)
	}
	changed := made(t, api, workspace)
	for id, was := range first {
		if _, kept := changed[id]; !kept {
			t.Errorf("%s is gone: an upgrade of Flux deletes nothing", id)
		}
		if o := changed[id]; was.Kind() == "OCIRepository" && (o.String("spec", "serviceAccountName") != "registry-pull" || o.Get("spec", "secretRef") != nil) {
			t.Errorf("%s logs in with %v and %v, want the account alone", id, o.Get("spec", "serviceAccountName"), o.Get("spec", "secretRef"))
		}
	}
	mintsTheAccountAlone(t, api, "registry.acme.example")
}

// made applies for real what the cluster dev would reconcile, and returns the objects as the server has them.
func made(t *testing.T, api *stack.APIServer, workspace string) map[string]kube.Object {
	t.Helper()
	repository := filepath.Join(workspace, "platform")
	have := map[string]kube.Object{}
	dirs := []string{filepath.Join(repository, "platform", "policies"), filepath.Join(repository, "clusters", "dev")}
	tenants, err := filepath.Glob(filepath.Join(repository, "tenants", "*", "dev"))
	if err != nil || len(tenants) == 0 {
		t.Fatalf("no tenants in %s: %v", repository, err)
	}
	for _, dir := range append(dirs, tenants...) {
		objects, err := platform.Build(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range objects {
			if have[o.ID()], err = api.Apply(t.Context(), o, kube.Write{}); err != nil {
				t.Errorf("%s: %v", o.ID(), err)
			}
		}
	}
	return have
}

// mintsTheAccountAlone: what source-controller may make a token of, and what is in it.
func mintsTheAccountAlone(t *testing.T, api *stack.APIServer, audience string) {
	t.Helper()
	flux := api.As(sourceController)
	request := kube.Object{"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": map[string]any{"audiences": []any{audience}}}
	for _, account := range []string{"registry-pull", "applier"} {
		answer, err := flux.Post(t.Context(), kube.Ref("v1", "ServiceAccount", "payments", account), kube.Write{Subresource: "token"}, request)
		if account != "registry-pull" {
			if status(err) != http.StatusForbidden {
				t.Errorf("source-controller gets a token of %s: %v", account, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("source-controller gets no token of %s: %v", account, err)
			continue
		}
		claims := claimsOf(t, answer.String("status", "token"))
		if claims.Sub != "system:serviceaccount:payments:registry-pull" || !slices.Equal(claims.Aud, []string{audience}) || claims.Iss != api.URL {
			t.Errorf("the token says %+v", claims)
		}
	}
	if _, err := flux.Post(t.Context(), kube.Ref("v1", "ServiceAccount", "flux-system", "kustomize-controller"), kube.Write{Subresource: "token"}, request); status(err) != http.StatusForbidden {
		t.Errorf("source-controller can become kustomize-controller: %v", err)
	}
}

type claims struct {
	Iss, Sub string
	Aud      []string
}

func claimsOf(t *testing.T, token string) (c claims) {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("%q is no token", token)
	}
	data, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err == nil {
		err = json.Unmarshal(data, &c)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}
