package story

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/penstock-dev/penstock/lab/kube"
	"github.com/penstock-dev/penstock/lab/platform"
	"github.com/penstock-dev/penstock/lab/stack"
)

// steady is an app that runs on dev while servers around it fail.
var steady = platform.App{Team: "growth", Name: "banner"}

var platformSource = kube.Ref("source.toolkit.fluxcd.io/v1", "GitRepository", "flux-system", "flux-system")

func TestWhileTheRegistryIsDownAppsKeepRunningAndDriftIsStillCorrected(t *testing.T) {
	story(t, "outages")
	p, digest := steadyApp(t)
	dev := p.Clusters["dev"]
	if err := p.Stack.Registry.Down(); err != nil {
		t.Fatal(err)
	}
	call(t, p, "dev", steady)
	has(t, p, dev, steady.Source(), kube.Condition{Status: "False", Reason: "OCIArtifactPullFailed", Message: "connection refused"})
	correctsDrift(t, p, dev)
	runs(t, p, "dev", steady, digest, soon) // Ready on the revision that it has.
	if err := p.Stack.Registry.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	call(t, p, "dev", steady)
	has(t, p, dev, steady.Source(), kube.Condition{Status: "True", Reason: "Succeeded"})
}

func TestWhileGitIsDownThePlatformStaysReadyAndDriftIsStillCorrected(t *testing.T) {
	story(t, "outages")
	p, digest := steadyApp(t)
	dev := p.Clusters["dev"]
	if err := p.Stack.Git.Down(); err != nil {
		t.Fatal(err)
	}
	if err := p.Refresh(t.Context(), dev); err != nil {
		t.Fatal(err)
	}
	has(t, p, dev, platformSource, kube.Condition{Status: "False", Reason: "GitOperationFailed", Message: "connection refused"})
	platformIsReady(t, p, dev)
	correctsDrift(t, p, dev)
	runs(t, p, "dev", steady, digest, soon)
	if err := p.Stack.Git.Up(); err != nil {
		t.Fatal(err)
	}
	if err := p.Refresh(t.Context(), dev); err != nil {
		t.Fatal(err)
	}
	has(t, p, dev, platformSource, kube.Condition{Status: "True", Reason: "Succeeded"})
}

func TestASourceControllerThatLosesItsDataWhileTheRegistryIsDownPrunesNothingAndRecovers(t *testing.T) {
	story(t, "outages")
	p, digest := steadyApp(t)
	dev := p.Clusters["dev"]
	before := workloads(t, dev)
	if err := dev.Down("source-controller"); err != nil {
		t.Fatal(err)
	}
	if err := p.Stack.Registry.Down(); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(dev.Artifacts()); err != nil { // As with a pod whose /data is an emptyDir.
		t.Fatal(err)
	}
	if err := dev.Up(t.Context(), "source-controller"); err != nil {
		t.Fatal(err)
	}
	call(t, p, "dev", steady)
	if err := p.Reconcile(t.Context(), dev, steady.Kustomization()); err != nil {
		t.Fatal(err)
	}
	has(t, p, dev, steady.Kustomization(), kube.Condition{Status: "False", Reason: "ArtifactFailed", Message: "not found"})
	sameWorkloads(t, before, workloads(t, dev))
	if err := p.Stack.Registry.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	call(t, p, "dev", steady)
	if err := p.Refresh(t.Context(), dev); err != nil {
		t.Fatal(err)
	}
	runs(t, p, "dev", steady, digest, soon)
	platformIsReady(t, p, dev)
	sameWorkloads(t, before, workloads(t, dev))
}

// steadyApp lets the app run on dev.
func steadyApp(t *testing.T) (*platform.Platform, string) {
	t.Helper()
	p := fleet(t)
	digest := publish(t, p, platform.Release{App: steady, Version: "1.0.0"})
	move(t, p, steady, digest, "dev")
	call(t, p, "dev", steady)
	runs(t, p, "dev", steady, digest, soon)
	return p, digest
}

// correctsDrift deletes the Deployment and waits until Flux has put it back.
func correctsDrift(t *testing.T, p *platform.Platform, c *stack.Cluster) {
	t.Helper()
	before, err := c.Get(t.Context(), steady.Deployment())
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Delete(t.Context(), steady.Deployment(), kube.Write{}); err != nil {
		t.Fatal(err)
	}
	if err := p.Reconcile(t.Context(), c, steady.Kustomization()); err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(t.Context(), c, steady.Deployment(), soon, "is put back", func(o kube.Object) error {
		if o.String("metadata", "uid") == before.String("metadata", "uid") {
			return errors.New("still the one that was deleted")
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

// workloads are the Deployments of a cluster with what changes when somebody touches one: its identity and its generation.
func workloads(t *testing.T, c *stack.Cluster) map[string]string {
	t.Helper()
	list, err := c.List(t.Context(), kube.Ref("apps/v1", "Deployment", "", ""))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, o := range list {
		found[filepath.Join(o.Namespace(), o.Name())] = fmt.Sprint(o.String("metadata", "uid"), " generation ", o.Get("metadata", "generation"))
	}
	return found
}

// sameWorkloads compares what ran before with what runs now.
func sameWorkloads(t *testing.T, before, after map[string]string) {
	t.Helper()
	for name, state := range before {
		if after[name] != state {
			t.Errorf("Deployment %s was touched: %q before, %q after", name, state, after[name])
		}
	}
}
