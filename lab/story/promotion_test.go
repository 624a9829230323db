package story

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/lab/kube"
	"github.com/penstock-dev/penstock/lab/platform"
)

// soon is the limit of a wait: long enough for a machine that does much else, and shorter than Flux's own retries and polls of ten
// minutes, which no story waits for. A limit says nothing about how fast a thing is; docs/lab.md does.
const soon = 5 * time.Minute

func TestABundleReachesDevAndOnceTheTagIsMovedProdAndTheWayBackIsTheSameMove(t *testing.T) {
	t.Parallel()
	story(t, "promotion")
	p, app := fleet(t), platform.App{Team: "payments", Name: "checkout"}
	dev, prod := p.Clusters["dev"], p.Clusters["prod"]

	first := publish(t, p, platform.Release{App: app, Version: "1.0.0"})
	move(t, p, app, first, "dev")
	call(t, p, "dev", app)
	runs(t, p, "dev", app, first, soon)
	if _, err := prod.Get(t.Context(), app.Deployment()); !kube.NotFound(err) {
		t.Errorf("the Deployment is on prod before the promotion: %v", err)
	}

	move(t, p, app, first, "prod")
	call(t, p, "prod", app)
	runs(t, p, "prod", app, first, soon)
	rolledOut(t, p, "prod", app, "1.0.0")

	second := publish(t, p, platform.Release{App: app, Version: "1.1.0"})
	move(t, p, app, second, "dev")
	runs(t, p, "dev", app, second, soon)
	begin := time.Now()
	move(t, p, app, second, "prod")
	runs(t, p, "prod", app, second, soon)
	lab.notes.time("promotion: tag moved to rolled out, the source polls every 5 s", time.Since(begin))
	rolledOut(t, p, "prod", app, "1.1.0")

	begin = time.Now()
	move(t, p, app, first, "prod")
	runs(t, p, "prod", app, first, soon)
	lab.notes.time("rollback: tag moved back to rolled out", time.Since(begin))
	rolledOut(t, p, "prod", app, "1.0.0")
	if o, err := dev.Get(t.Context(), app.Kustomization()); err != nil || !strings.HasSuffix(o.String("status", "lastAppliedRevision"), second) {
		t.Errorf("dev no longer runs what it was given: %q, %v", o.String("status", "lastAppliedRevision"), err)
	}
}

func TestAPinnedEnvironmentFollowsACommitAndNotATag(t *testing.T) {
	t.Parallel()
	story(t, "promotion")
	p, app := fleet(t), platform.App{Team: "search", Name: "index"}
	digest := publish(t, p, platform.Release{App: app, Version: "2.0.0"})
	move(t, p, app, digest, "dr") // A tag, which this environment does not read.

	pin := filepath.Join(p.Repository(), "tenants", app.Team, "dr", app.Name+".pin.yaml")
	begin := time.Now()
	commitPlatform(t, p, "Promote index to dr", func() error {
		return platform.Replace(pin, "  suspend: true\n  ref:\n    tag: not-promoted-yet",
			"  ref:\n    tag: dr-2026-02-22.1-2.0.0\n    digest: "+digest)
	})
	runs(t, p, "dr", app, digest, soon)
	lab.notes.time("promotion by commit: pushed to rolled out, the source asked at once", time.Since(begin))
	rolledOut(t, p, "dr", app, "2.0.0")

	next := publish(t, p, platform.Release{App: app, Version: "2.1.0"})
	move(t, p, app, next, "dr")
	commitPlatform(t, p, "Promote index to dr again", func() error { return platform.Replace(pin, digest, next) })
	runs(t, p, "dr", app, next, soon)
	commitPlatform(t, p, "Go back", func() error { return platform.Replace(pin, next, digest) })
	runs(t, p, "dr", app, digest, soon)
	rolledOut(t, p, "dr", app, "2.0.0")
}

func TestAnAppInGitFollowsItsBranchAndARevertTakesItBack(t *testing.T) {
	t.Parallel()
	story(t, "promotion")
	p, app := fleet(t), platform.App{Team: "ledger", Name: "accounts"}
	tree := p.Tree(app)
	release := func(version, message string) string {
		if err := setTag(filepath.Join(tree, "deploy", "overlays", "dev", "kustomization.yaml"), version); err != nil {
			t.Fatal(err)
		}
		return commit(t, p, tree, app.Name, message)
	}
	first := release("3.0.0", "Release 3.0.0")
	runs(t, p, "dev", app, first, soon)
	rolledOut(t, p, "dev", app, "3.0.0")
	begin := time.Now()
	second := release("3.1.0", "Release 3.1.0")
	runs(t, p, "dev", app, second, soon)
	lab.notes.time("release by commit: pushed to rolled out, the source polls every 5 s", time.Since(begin))
	rolledOut(t, p, "dev", app, "3.1.0")

	begin = time.Now()
	back, err := p.Revert(t.Context(), tree, app.Name)
	if err != nil {
		t.Fatal(err)
	}
	runs(t, p, "dev", app, back, soon)
	lab.notes.time("rollback: revert pushed to rolled out", time.Since(begin))
	rolledOut(t, p, "dev", app, "3.0.0")
}

// publish pushes a signed release.
func publish(t *testing.T, p *platform.Platform, r platform.Release) string {
	t.Helper()
	digest, err := p.Publish(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return digest
}

func move(t *testing.T, p *platform.Platform, app platform.App, digest, env string) {
	t.Helper()
	if err := p.Move(t.Context(), app, digest, env); err != nil {
		t.Fatal(err)
	}
}

// call lets a cluster look at an app's source now. A source that found nothing so far waits longer each time, up to 15 minutes.
func call(t *testing.T, p *platform.Platform, cluster string, app platform.App) {
	t.Helper()
	c := p.Clusters[cluster]
	there := func(kube.Object) error { return nil } // a story that runs alone may come before Flux has made it
	if err := p.Wait(t.Context(), c, app.Source(), soon, "is there", there); err != nil {
		t.Fatal(err)
	}
	if err := p.Reconcile(t.Context(), c, app.Source()); err != nil {
		t.Fatal(err)
	}
}

func runs(t *testing.T, p *platform.Platform, cluster string, app platform.App, revision string, limit time.Duration) {
	t.Helper()
	if err := p.Runs(t.Context(), p.Clusters[cluster], app, revision, limit); err != nil {
		t.Fatal(err)
	}
}

// rolledOut checks that the Deployment runs the release and that its pods are up.
func rolledOut(t *testing.T, p *platform.Platform, cluster string, app platform.App, version string) {
	t.Helper()
	o, err := p.Clusters[cluster].Get(t.Context(), app.Deployment())
	if err != nil {
		t.Fatal(err)
	}
	containers := o.Objects("spec", "template", "spec", "containers")
	if len(containers) != 1 || !strings.HasSuffix(containers[0].String("image"), ":"+version) {
		t.Errorf("%s runs %v on %s, want %s", app.Name, containers, cluster, version)
	}
	if wanted, ready := o.Get("spec", "replicas"), o.Get("status", "readyReplicas"); fmt.Sprint(wanted) != fmt.Sprint(ready) {
		t.Errorf("%s on %s: %v of %v pods are ready", app.Name, cluster, ready, wanted)
	}
}

func commit(t *testing.T, p *platform.Platform, dir, name, message string) string {
	t.Helper()
	id, err := p.Commit(t.Context(), dir, name, message)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// commitPlatform edits the platform repository, pushes it and lets every cluster read it.
func commitPlatform(t *testing.T, p *platform.Platform, message string, edit func() error) {
	t.Helper()
	if err := edit(); err != nil {
		t.Fatal(err)
	}
	commit(t, p, p.Repository(), "platform", message)
	for _, name := range clusters {
		if err := p.Refresh(t.Context(), p.Clusters[name]); err != nil {
			t.Fatal(err)
		}
	}
}

// setTag writes the release that an overlay of a Git app runs.
func setTag(path, version string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	lines := strings.Split(string(data), "\n")
	for i, line := range lines {
		if before, _, ok := strings.Cut(line, "newTag:"); ok {
			lines[i] = before + "newTag: " + version
		}
	}
	return os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o644)
}
