package story

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/lab/kube"
	"github.com/penstock-dev/penstock/lab/platform"
)

func TestAProdSourceRunsWhatItsOwnPromotionWorkflowSignedAndNoOtherIdentity(t *testing.T) {
	t.Parallel()
	story(t, "delivery")
	d, app := pipelines(t), platform.App{Team: "shop", Name: "keyless"}
	const issuer, workflow = "https://token.actions.githubusercontent.com", "https://github.com/acme/platform/.github/workflows/"
	signers := [][2]string{
		{issuer, workflow + "promote-prod.yaml@refs/heads/main"}, // The right one.
		{issuer, workflow + "promote-dev.yaml@refs/heads/main"},
		{issuer, workflow + "promote-preprod.yaml@refs/heads/main"},
		{issuer, workflow + "publish.yaml@refs/heads/main"},
		{issuer, workflow + "promote-prod.yaml@refs/heads/main2"},
		{issuer, workflow + "promote-prod.yaml@refs/heads/mine"},
		{issuer, workflow + "promote-prodxyaml@refs/heads/main"},
		{issuer, "https://githubxcom/acme/platform/.github/workflows/promote-prod.yaml@refs/heads/main"},
		{issuer, "https://github.com/acme/keyless/.github/workflows/promote-prod.yaml@refs/heads/main"},
		{issuer, "https://evil.example/?" + workflow + "promote-prod.yaml@refs/heads/main"},
		{issuer + "/other", workflow + "promote-prod.yaml@refs/heads/main"},
	}
	digest, err := d.Publish(t.Context(), platform.Release{App: app, Version: "1.0.0", Unsigned: true})
	if err != nil {
		t.Fatal(err)
	}
	root, bundles := d.sigstore(t, digest, signers)
	prod, here := d.Clusters["prod"], d.unguarded(t, "prod", app, root)
	move(t, d.Platform, app, digest, "prod")
	for i := 1; i <= len(signers); i++ {
		n := i % len(signers) // The right one comes last.
		if err := d.Registry.Attach(t.Context(), app.Path(), digest, bundles[n]); err != nil {
			t.Fatal(err)
		}
		looked(t, d, "prod", here)
		if n == 0 {
			break
		}
		sees(t, d.Platform, prod, here.Source(), shows{conditions: map[string]kube.Condition{
			"SourceVerified": {Status: "False", Reason: "VerificationError", Message: "failed to verify the signature"},
		}})
		if _, err := prod.Get(t.Context(), here.Deployment()); !kube.NotFound(err) {
			t.Fatalf("signed by %s, and deployed: %v", signers[n], err)
		}
	}
	runs(t, d.Platform, "prod", here, digest, soon)
	rolledOut(t, d.Platform, "prod", here, "1.0.0")
	sees(t, d.Platform, prod, here.Source(), shows{conditions: map[string]kube.Condition{
		"SourceVerified": {Status: "True", Reason: "Succeeded", Message: "verified signature of revision prod@" + digest},
	}})
}

// unguarded puts an app as it is generated where the contract says keyless, with repositories on GitHub, into a namespace of its own.
// Only where trust begins is another: there is no public Sigstore here. The policies forbid that in the namespace of a team.
func (d *delivery) unguarded(t *testing.T, env string, app platform.App, root string) platform.App {
	t.Helper()
	c, here := d.Clusters[env], platform.App{Team: "unguarded", Name: app.Name}
	in := func(version, kind, name string, more map[string]any) kube.Object {
		return merge(kube.Ref(version, kind, here.Team, name), more)
	}
	objects := []kube.Object{
		kube.Ref("v1", "Namespace", "", here.Team),
		in("v1", "ServiceAccount", "applier", nil),
		in("rbac.authorization.k8s.io/v1", "RoleBinding", "applier", map[string]any{
			"roleRef":  map[string]any{"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
			"subjects": []any{map[string]any{"kind": "ServiceAccount", "name": "applier", "namespace": here.Team}},
		}),
		in("v1", "Secret", "sigstore", map[string]any{"stringData": map[string]any{"trusted_root.json": root}}),
	}
	for _, o := range d.keyless(t, env, app) {
		o["metadata"].(map[string]any)["namespace"] = here.Team
		spec := o["spec"].(map[string]any)
		if verify, ok := spec["verify"].(map[string]any); ok {
			verify["trustedRootSecretRef"] = map[string]any{"name": "sigstore"}
		} else {
			spec["targetNamespace"] = here.Team
		}
		objects = append(objects, o)
	}
	for i, o := range objects {
		if _, err := c.Apply(t.Context(), o, kube.Write{}); err != nil {
			t.Fatalf("%s: %v", o.ID(), err)
		}
		if i == 0 {
			if err := d.PullSecret(t.Context(), c, here.Team, d.Registry.Password); err != nil {
				t.Fatal(err)
			}
		}
	}
	return here
}

// keyless are the source and the Kustomization that are generated then.
func (d *delivery) keyless(t *testing.T, env string, app platform.App) []kube.Object {
	t.Helper()
	contract, err := os.ReadFile(d.Contract())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	keyed := regexp.MustCompile(`(?s)signing: key\n.*-----END PUBLIC KEY-----\n`)
	if !keyed.Match(contract) {
		t.Fatalf("no key in %s", contract)
	}
	path := filepath.Join(dir, "contract.yaml")
	text := strings.ReplaceAll(string(keyed.ReplaceAll(contract, []byte("signing: keyless\n"))), lab.stack.Git.URL, "https://github.com")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	tool, err := lab.penstock.make(t.Context(), buildPenstock)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), tool, "generate", "-c", path, "-w", filepath.Join(dir, "w")).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	objects, err := platform.Build(filepath.Join(dir, "w", "platform", "tenants", app.Team, env))
	if err != nil {
		t.Fatal(err)
	}
	objects = slices.DeleteFunc(objects, func(o kube.Object) bool {
		return o.Name() != app.Name || o.Kind() != "OCIRepository" && o.Kind() != "Kustomization"
	})
	if len(objects) != 2 {
		t.Fatalf("of %s are generated: %v", app.Name, objects)
	}
	return objects
}

// sigstore makes a Sigstore, and the bundles that pairs of issuer and identity sign a digest with.
func (d *delivery) sigstore(t *testing.T, digest string, signers [][2]string) (root string, bundles [][]byte) {
	t.Helper()
	dir := t.TempDir()
	args := []string{"run", ".", dir, digest}
	for _, s := range signers {
		args = append(args, s[0], s[1])
	}
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir, cmd.Env = filepath.Join(lab.root, "sigstore"), append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=readonly -buildvcs=false")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("lab/sigstore: %v\n%s", err, out)
	}
	for n := range signers {
		data, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("bundle-%d.json", n)))
		if err != nil {
			t.Fatal(err)
		}
		bundles = append(bundles, data)
	}
	data, err := os.ReadFile(filepath.Join(dir, "trusted_root.json"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data), bundles
}
