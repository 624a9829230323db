package story

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/lab/kube"
	"github.com/penstock-dev/penstock/lab/platform"
	"github.com/penstock-dev/penstock/lab/stack"
)

// faulty is the app of team faults that is broken in that way. It exists on dev only.
func faulty(name string) platform.App { return platform.App{Team: "faults", Name: name} }

// fault is one class of faults: what is wrong with a bundle, and what Flux then says.
type fault struct {
	class string
	edit  func(dir string) error
	// unsigned leaves the signature out.
	unsigned bool
	// source is the Ready condition of the source, kustomization that of the Kustomization; one that is empty is not looked at.
	source, kustomization kube.Condition
	// event is the reason of the Warning that Flux writes.
	event string
}

// faults are the classes that a bundle can be the cause of, as facts/flux.md tells them apart.
func faults() []fault {
	deployment := func(dir string) string { return filepath.Join(dir, "base", "deployment.yaml") }
	return []fault{
		{
			class: "unsigned", unsigned: true,
			source: kube.Condition{Status: "False", Reason: "VerificationError", Message: "no signatures found|no matching signatures"},
			event:  "VerificationError",
		},
		{
			class: "build",
			edit: func(dir string) error {
				return platform.Replace(filepath.Join(dir, "base", "kustomization.yaml"), "deployment.yaml", "gone.yaml")
			},
			kustomization: kube.Condition{Status: "False", Reason: "BuildFailed", Message: "gone.yaml"},
			event:         "BuildFailed",
		},
		{
			class:         "forbidden",
			edit:          func(dir string) error { return add(dir, "apiVersion: v1\nkind: Secret\nmetadata: {name: loot}\n") },
			kustomization: kube.Condition{Status: "False", Reason: "ReconciliationFailed", Message: "forbidden"},
			event:         "ReconciliationFailed",
		},
		{
			class: "policy",
			edit: func(dir string) error {
				return platform.Replace(deployment(dir), "serviceAccountName: policy", "serviceAccountName: applier")
			},
			kustomization: kube.Condition{Status: "False", Reason: "ReconciliationFailed", Message: "penstock-tenant-pods"},
			event:         "ReconciliationFailed",
		},
		{
			class:         "image",
			edit:          func(dir string) error { return platform.Fail(dir, "image") },
			kustomization: kube.Condition{Status: "False", Reason: "HealthCheckFailed", Message: "Deployment/faults/image"},
			event:         "HealthCheckFailed",
		},
		{
			class:         "probe",
			edit:          func(dir string) error { return platform.Fail(dir, "probe") },
			kustomization: kube.Condition{Status: "False", Reason: "HealthCheckFailed", Message: "Deployment/faults/probe"},
			event:         "HealthCheckFailed",
		},
	}
}

func TestEveryClassOfFaultShowsItsConditionAndEvent(t *testing.T) {
	t.Parallel()
	p := fleet(t)
	dev := p.Clusters["dev"]
	for _, f := range faults() {
		t.Run(f.class, func(t *testing.T) {
			t.Parallel()
			story(t, "faults")
			app := faulty(f.class)
			digest := publish(t, p, platform.Release{App: app, Version: "1.0.0", Edit: f.edit, Unsigned: f.unsigned})
			move(t, p, app, digest, "dev")
			call(t, p, "dev", app)
			about := app.Source()
			if f.source.Reason != "" {
				has(t, p, dev, about, f.source)
			}
			if f.kustomization.Reason != "" {
				about = app.Kustomization()
				has(t, p, dev, about, f.kustomization)
			}
			warned(t, dev, about, f.event)

			good := publish(t, p, platform.Release{App: app, Version: "1.0.1"})
			move(t, p, app, good, "dev")
			call(t, p, "dev", app)
			begin := time.Now()
			runs(t, p, "dev", app, good, soon)
			t.Logf("mended in %s", time.Since(begin).Round(time.Second))
		})
	}
}

func TestAnImmutableFieldFailsAndTheOldReleaseKeepsRunning(t *testing.T) {
	t.Parallel()
	story(t, "faults")
	p, app := fleet(t), faulty("immutable")
	good := publish(t, p, platform.Release{App: app, Version: "1.0.0"})
	move(t, p, app, good, "dev")
	call(t, p, "dev", app)
	runs(t, p, "dev", app, good, soon)
	bad := publish(t, p, platform.Release{App: app, Version: "2.0.0", Edit: func(dir string) error {
		return platform.Replace(filepath.Join(dir, "base", "deployment.yaml"), "app.kubernetes.io/name: immutable", "app.kubernetes.io/name: other")
	}})
	move(t, p, app, bad, "dev")
	has(t, p, p.Clusters["dev"], app.Kustomization(), kube.Condition{Status: "False", Reason: "ReconciliationFailed", Message: "field is immutable"})
	rolledOut(t, p, "dev", app, "1.0.0")
}

func TestAnUndefinedVariableFailsTheBuildOnceVariablesAreUsedAtAll(t *testing.T) {
	t.Parallel()
	story(t, "faults")
	p, app := fleet(t), faulty("variable")
	edit := func(dir string) error {
		return add(dir, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {region: \"${region}\"}\n")
	}
	digest := publish(t, p, platform.Release{App: app, Version: "1.0.0", Edit: edit})
	move(t, p, app, digest, "dev")
	call(t, p, "dev", app)
	runs(t, p, "dev", app, digest, soon) // Without postBuild the text stays as it is.
	// A person's edit of a managed file.
	commitPlatform(t, p, "Substitute variables", func() error {
		return platform.Replace(filepath.Join(p.Repository(), "tenants", app.Team, "dev", app.Name+".yaml"),
			"  serviceAccountName: applier\n", "  serviceAccountName: applier\n  postBuild: {substitute: {zone: a}}\n")
	})
	has(t, p, p.Clusters["dev"], app.Kustomization(), kube.Condition{Status: "False", Reason: "BuildFailed", Message: "region"})
}

func TestARegistrySecretThatIsMissingOrWrongIsTold(t *testing.T) {
	t.Parallel()
	story(t, "faults")
	p, app := fleet(t), platform.App{Team: "strangers", Name: "locked"}
	dev := p.Clusters["dev"]
	digest := publish(t, p, platform.Release{App: app, Version: "1.0.0"})
	move(t, p, app, digest, "dev")
	has(t, p, dev, app.Source(), kube.Condition{Status: "False", Reason: "AuthenticationFailed", Message: "registry-pull"})
	if err := p.PullSecret(t.Context(), dev, app.Team, "wrong"); err != nil {
		t.Fatal(err)
	}
	call(t, p, "dev", app)
	has(t, p, dev, app.Source(), kube.Condition{Status: "False", Reason: "OCIArtifactPullFailed", Message: "UNAUTHORIZED"})
	if err := p.PullSecret(t.Context(), dev, app.Team, p.Registry.Password); err != nil {
		t.Fatal(err)
	}
	call(t, p, "dev", app)
	runs(t, p, "dev", app, digest, soon)
}

func TestABadBundleOfOneTeamLeavesTheOthersReady(t *testing.T) {
	t.Parallel()
	story(t, "faults")
	p, good := steadyApp(t)
	app := platform.App{Team: "search", Name: "index"}
	bad := publish(t, p, platform.Release{App: app, Version: "0.1.0", Edit: func(dir string) error {
		return add(dir, "this is: [no manifest\n")
	}})
	move(t, p, app, bad, "dev")
	call(t, p, "dev", app)
	has(t, p, p.Clusters["dev"], app.Kustomization(), kube.Condition{Status: "False", Reason: "BuildFailed", Message: "more.yaml"})
	platformIsReady(t, p, p.Clusters["dev"])
	runs(t, p, "dev", steady, good, soon)
	rolledOut(t, p, "dev", steady, "1.0.0")
}

// add puts one more object into the base of a bundle.
func add(dir, object string) error {
	if err := write(filepath.Join(dir, "base", "more.yaml"), object); err != nil {
		return err
	}
	return platform.Replace(filepath.Join(dir, "base", "kustomization.yaml"), "  - deployment.yaml\n", "  - deployment.yaml\n  - more.yaml\n")
}

// warned waits for a Warning about an object with that reason.
func warned(t *testing.T, c *stack.Cluster, about kube.Object, reason string) {
	t.Helper()
	if err := stack.Until(t.Context(), 30*time.Second, "Warning "+reason+" about "+about.ID(), func(ctx context.Context) error {
		return event(ctx, c, about, "Warning", reason)
	}); err != nil {
		t.Error(err)
	}
}
