package story

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/lab/platform"
)

// faulty is the app of team faults that is broken in that way. It exists on dev only.
func faulty(name string) platform.App { return platform.App{Team: "faults", Name: name} }

// fault is one class of faults: what is wrong with a bundle, and what Flux then says.
type fault struct {
	class string
	edit  func(dir string) error
	// unsigned leaves the signature out.
	unsigned bool
	// source is nil where the source fetches the bundle, as it does any other.
	source        *shows
	kustomization shows
	// read and seen are a fact that was read, and what this class shows instead.
	read, seen string
}

// faults are the classes that a bundle can be the cause of, as facts/flux.md tells them apart.
func faults() []fault {
	deployment := func(dir string) string { return filepath.Join(dir, "base", "deployment.yaml") }
	unsigned := unverified(noSignature)
	return []fault{
		{
			class: "unsigned", unsigned: true, source: &unsigned, kustomization: waiting(),
			read: "the message of `VerificationError` tells a missing signature from a wrong one",
			seen: "with a key it does not: a bundle without any signature and one signed by another key both say " +
				"`" + noSignature + " for '<repository>@<digest>'`",
		},
		{
			class: "build",
			edit: func(dir string) error {
				return platform.Replace(filepath.Join(dir, "base", "kustomization.yaml"), "deployment.yaml", "gone.yaml")
			},
			kustomization: broken("BuildFailed", "gone.yaml"),
		},
		{
			class: "forbidden",
			edit:  func(dir string) error { return add(dir, "apiVersion: v1\nkind: Secret\nmetadata: {name: loot}\n") },
			kustomization: broken("ReconciliationFailed",
				`dry-run failed (Forbidden): secrets "loot" is forbidden: User "system:serviceaccount:faults:applier" cannot patch`),
		},
		{
			class: "policy",
			edit: func(dir string) error {
				return platform.Replace(deployment(dir), "serviceAccountName: policy", "serviceAccountName: applier")
			},
			kustomization: broken("ReconciliationFailed",
				`dry-run failed (Invalid): deployments.apps "policy" is forbidden: ValidatingAdmissionPolicy 'penstock-tenant-pods' with binding`),
			read: "`ReconciliationFailed` with `is forbidden` in its message is missing rights",
			seen: "a policy's refusal says `is forbidden` as well: look for `ValidatingAdmissionPolicy` first, or tell them apart by " +
				"`dry-run failed (Invalid)` of a policy and `dry-run failed (Forbidden)` of missing rights",
		},
		{
			class:         "image",
			edit:          func(dir string) error { return platform.Fail(dir, "image") },
			kustomization: unhealthy("Deployment/faults/image status: 'Failed'"),
		},
		{
			class:         "probe",
			edit:          func(dir string) error { return platform.Fail(dir, "probe") },
			kustomization: unhealthy("Deployment/faults/probe status: 'Failed'"),
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
			source := stored(digest)
			if f.source != nil {
				source = *f.source
			}
			sees(t, p, dev, app.Source(), source)
			sees(t, p, dev, app.Kustomization(), f.kustomization)
			if f.read != "" && !t.Failed() {
				lab.notes.correct(f.read, f.seen)
			}

			good := publish(t, p, platform.Release{App: app, Version: "1.0.1"})
			move(t, p, app, good, "dev")
			call(t, p, "dev", app)
			begin := time.Now()
			runs(t, p, "dev", app, good, soon)
			t.Logf("mended in %s", time.Since(begin).Round(time.Second))
			sees(t, p, dev, app.Source(), stored(good))
			sees(t, p, dev, app.Kustomization(), released(good))
		})
	}
}

// noSignature is what source-controller says of a bundle without a signature of the key.
const noSignature = "no matching signatures were found"

// add puts one more object into the base of a bundle.
func add(dir, object string) error {
	if err := write(filepath.Join(dir, "base", "more.yaml"), object); err != nil {
		return err
	}
	return platform.Replace(filepath.Join(dir, "base", "kustomization.yaml"), "  - deployment.yaml\n", "  - deployment.yaml\n  - more.yaml\n")
}
