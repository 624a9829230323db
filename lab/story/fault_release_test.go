package story

import (
	"path/filepath"
	"testing"

	"github.com/penstock-dev/penstock/lab/platform"
)

func TestAnImmutableFieldFailsAndTheOldReleaseKeepsRunning(t *testing.T) {
	t.Parallel()
	story(t, "faults")
	p, app := fleet(t), faulty("immutable")
	dev := p.Clusters["dev"]
	good := publish(t, p, platform.Release{App: app, Version: "1.0.0"})
	move(t, p, app, good, "dev")
	call(t, p, "dev", app)
	runs(t, p, "dev", app, good, soon)
	sees(t, p, dev, app.Kustomization(), released(good))
	bad := publish(t, p, platform.Release{App: app, Version: "2.0.0", Edit: func(dir string) error {
		return platform.Replace(filepath.Join(dir, "base", "deployment.yaml"), "app.kubernetes.io/name: immutable", "app.kubernetes.io/name: other")
	}})
	move(t, p, app, bad, "dev")
	sees(t, p, dev, app.Source(), stored(bad))
	sees(t, p, dev, app.Kustomization(), broken("ReconciliationFailed", "field is immutable"))
	rolledOut(t, p, "dev", app, "1.0.0")
}

func TestAnUndefinedVariableFailsTheBuildOnceVariablesAreUsedAtAll(t *testing.T) {
	t.Parallel()
	story(t, "faults")
	p, app := fleet(t), faulty("variable")
	dev := p.Clusters["dev"]
	edit := func(dir string) error {
		return add(dir, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {region: \"${region}\"}\n")
	}
	digest := publish(t, p, platform.Release{App: app, Version: "1.0.0", Edit: edit})
	move(t, p, app, digest, "dev")
	call(t, p, "dev", app)
	runs(t, p, "dev", app, digest, soon) // Without postBuild the text stays as it is.
	sees(t, p, dev, app.Kustomization(), undisturbed(digest))
	// A person's edit of a managed file.
	commitPlatform(t, p, "Substitute variables", func() error {
		return platform.Replace(filepath.Join(p.Repository(), "tenants", app.Team, "dev", app.Name+".yaml"),
			"  serviceAccountName: applier\n", "  serviceAccountName: applier\n  postBuild: {substitute: {zone: a}}\n")
	})
	sees(t, p, dev, app.Kustomization(), broken("BuildFailed", `variable not set (strict mode): "region"`))
	sees(t, p, dev, app.Source(), stored(digest))
}

func TestABadBundleOfOneTeamLeavesTheOthersReady(t *testing.T) {
	t.Parallel()
	story(t, "faults")
	p, good := steadyApp(t)
	dev, app := p.Clusters["dev"], platform.App{Team: "search", Name: "index"}
	bad := publish(t, p, platform.Release{App: app, Version: "0.1.0", Edit: func(dir string) error {
		return add(dir, "this is: [no manifest\n")
	}})
	move(t, p, app, bad, "dev")
	call(t, p, "dev", app)
	sees(t, p, dev, app.Source(), stored(bad))
	sees(t, p, dev, app.Kustomization(), broken("BuildFailed", "more.yaml"))
	platformIsReady(t, p, dev)
	runs(t, p, "dev", steady, good, soon)
	rolledOut(t, p, "dev", steady, "1.0.0")
}
