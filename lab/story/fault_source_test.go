package story

import (
	"net/http"
	"testing"

	"github.com/penstock-dev/penstock/lab/bundle"
	"github.com/penstock-dev/penstock/lab/kube"
	"github.com/penstock-dev/penstock/lab/platform"
	"github.com/penstock-dev/penstock/lab/stack"
)

// recovered is the event of a source that reads again what it already has.
var recovered = event{"Normal", "Succeeded", "stored artifact with revision 'dev@"}

func TestARegistrySecretThatIsMissingWrongOrRevokedIsTold(t *testing.T) {
	t.Parallel()
	story(t, "faults")
	p, app := fleet(t), platform.App{Team: "strangers", Name: "locked"}
	dev := p.Clusters["dev"]
	password := func(text string) {
		t.Helper()
		if err := p.PullSecret(t.Context(), dev, app.Team, text); err != nil {
			t.Fatal(err)
		}
		call(t, p, "dev", app)
	}
	digest := publish(t, p, platform.Release{App: app, Version: "1.0.0"})
	move(t, p, app, digest, "dev")
	sees(t, p, dev, app.Source(), unreadable("AuthenticationFailed", `"registry-pull" not found`))
	sees(t, p, dev, app.Kustomization(), waiting())
	unauthorized := unreadable("OCIArtifactPullFailed", "UNAUTHORIZED: authentication required") // 401
	password("wrong")
	sees(t, p, dev, app.Source(), unauthorized)
	sees(t, p, dev, app.Kustomization(), waiting())
	password(p.Registry.Password)
	runs(t, p, "dev", app, digest, soon)
	sees(t, p, dev, app.Source(), stored(digest))

	password("revoked")
	sees(t, p, dev, app.Source(), unauthorized)
	sees(t, p, dev, app.Kustomization(), undisturbed(digest))
	rolledOut(t, p, "dev", app, "1.0.0")
	password(p.Registry.Password)
	sees(t, p, dev, app.Source(), shows{conditions: stored(digest).conditions, events: []event{recovered}})
}

func TestARegistryThatRefusesAKnownAccountLeavesTheReleaseRunning(t *testing.T) {
	t.Parallel()
	story(t, "faults")
	p, app, digest := running(t, "denied")
	dev := p.Clusters["dev"]
	p.Stack.Registry.Refuse(app.Path(), stack.Refusal{
		Status: http.StatusForbidden, Code: "DENIED", Message: "requested access to the resource is denied",
	})
	t.Cleanup(func() { p.Stack.Registry.Allow(app.Path()) })
	call(t, p, "dev", app)
	sees(t, p, dev, app.Source(), unreadable("OCIArtifactPullFailed", "DENIED: requested access to the resource is denied"))
	sees(t, p, dev, app.Kustomization(), undisturbed(digest))
	rolledOut(t, p, "dev", app, "1.0.0")
	p.Stack.Registry.Allow(app.Path())
	call(t, p, "dev", app)
	sees(t, p, dev, app.Source(), shows{conditions: stored(digest).conditions, events: []event{recovered}})
}

func TestATagThatIsDeletedAfterAPromotionLeavesTheReleaseRunning(t *testing.T) {
	t.Parallel()
	story(t, "faults")
	p, app, digest := running(t, "deleted")
	dev := p.Clusters["dev"]
	if err := p.Registry.Untag(t.Context(), app.Path(), "dev"); err != nil {
		t.Fatal(err)
	}
	call(t, p, "dev", app)
	sees(t, p, dev, app.Source(), unreadable("OCIArtifactPullFailed", "MANIFEST_UNKNOWN: manifest unknown"))
	sees(t, p, dev, app.Kustomization(), undisturbed(digest))
	rolledOut(t, p, "dev", app, "1.0.0")
	move(t, p, app, digest, "dev")
	call(t, p, "dev", app)
	sees(t, p, dev, app.Source(), shows{conditions: stored(digest).conditions, events: []event{recovered}})
}

func TestABundleSignedByAnotherKeyIsNotAppliedAndTheOldReleaseKeepsRunning(t *testing.T) {
	t.Parallel()
	story(t, "faults")
	p, app, digest := running(t, "wrong-key")
	dev := p.Clusters["dev"]
	other, err := bundle.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	next := publish(t, p, platform.Release{App: app, Version: "2.0.0", Key: &other})
	move(t, p, app, next, "dev")
	call(t, p, "dev", app)
	source := unverified(noSignature)
	source.conditions["ArtifactInStorage"] = kube.Condition{Status: "True", Reason: "Succeeded", Message: digest}
	sees(t, p, dev, app.Source(), source)
	sees(t, p, dev, app.Kustomization(), undisturbed(digest))
	rolledOut(t, p, "dev", app, "1.0.0")

	if err := p.Registry.Sign(t.Context(), app.Path(), next, p.Key); err != nil {
		t.Fatal(err)
	}
	call(t, p, "dev", app)
	runs(t, p, "dev", app, next, soon)
	sees(t, p, dev, app.Source(), stored(next))
	rolledOut(t, p, "dev", app, "2.0.0")
}

// running lets an app of team faults run a signed release on dev.
func running(t *testing.T, name string) (*platform.Platform, platform.App, string) {
	t.Helper()
	p, app := fleet(t), faulty(name)
	digest := publish(t, p, platform.Release{App: app, Version: "1.0.0"})
	move(t, p, app, digest, "dev")
	call(t, p, "dev", app)
	runs(t, p, "dev", app, digest, soon)
	sees(t, p, p.Clusters["dev"], app.Source(), stored(digest))
	return p, app, digest
}
