package story

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/lab/kube"
	"github.com/penstock-dev/penstock/lab/platform"
)

func TestAPushWalksFromDevOverPreprodToProdAndEachClusterRunsTheDigestThatHistoryNames(t *testing.T) {
	t.Parallel()
	story(t, "delivery")
	d, app := pipelines(t), platform.App{Team: "shop", Name: "checkout"}
	begin := time.Now()
	release, r := d.push(t, app, func() {
		d.arrives(t, app, "preprod", "0.1.1")
		if _, err := d.Clusters["prod"].Get(t.Context(), app.Deployment()); !kube.NotFound(err) {
			t.Errorf("prod has the Deployment before it is approved: %v", err)
		}
	})
	succeeds(t, r)
	if want := []string{"publish / publish", "dev / move", "preprod / move", "prod / approve 0.1.1 for prod", "prod / move"}; !slices.Equal(r.Names(), want) {
		t.Errorf("jobs %q", r.Names())
	}
	digests := map[string]bool{}
	for _, env := range walk {
		digests[d.arrives(t, app, env, release).Digest] = true
	}
	lab.notes.time("delivery: push to rolled out in dev, preprod and prod, by the generated steps with cosign", time.Since(begin))
	if len(digests) != 1 {
		t.Errorf("what was built once has the digests %v", digests)
	}
	for _, env := range walk {
		sees(t, d.Platform, d.Clusters[env], app.Source(), shows{conditions: map[string]kube.Condition{
			"SourceVerified": {Status: "True", Reason: "Succeeded", Message: "verified signature of revision " + env + "@"},
		}})
	}
}

func TestARollbackStaysWhileTheHoldRefusesTheNextPromotionAndALiftLetsItGoOn(t *testing.T) {
	t.Parallel()
	story(t, "delivery")
	d, app := pipelines(t), platform.App{Team: "shop", Name: "cart"}
	good, r := d.push(t, app, nil)
	succeeds(t, r)
	bad, r := d.push(t, app, nil)
	succeeds(t, r)
	d.arrives(t, app, "prod", bad)

	begin := time.Now()
	succeeds(t, d.operate(t, app, map[string]string{"environment": "prod", "reason": "checkout errors"}))
	old := d.arrives(t, app, "prod", good)
	lab.notes.time("delivery: rollback by operate.yaml, started to rolled out", time.Since(begin))
	if !old.Held || old.HoldReason != "checkout errors" {
		t.Errorf("after the rollback prod is %+v", old)
	}

	next, r := d.push(t, app, nil)
	if want := "prod / move (failure)"; r.Conclusion != "failure" || !slices.Contains(r.Names(), want) || !strings.Contains(r.String(), "checkout errors") {
		t.Fatalf("a promotion on hold: %q\n%s", r.Names(), r)
	}
	d.arrives(t, app, "preprod", next)
	looked(t, d, "prod", app)
	d.arrives(t, app, "prod", good)

	succeeds(t, d.operate(t, app, map[string]string{"environment": "prod", "action": "lift"}))
	succeeds(t, d.operate(t, app, map[string]string{"environment": "prod", "action": "promote"}))
	if now := d.arrives(t, app, "prod", next); now.Held {
		t.Errorf("after the lift prod is %+v", now)
	}
	if out, err := d.Penstock(t.Context(), "history", "--app", "shop/cart", "--check"); err != nil || out != "" {
		t.Errorf("promises are broken: %s%v", out, err)
	}
}

// looked lets a source look now and waits until it has.
func looked(t *testing.T, d *delivery, env string, app platform.App) {
	t.Helper()
	c := d.Clusters[env]
	call(t, d.Platform, env, app)
	if err := d.Wait(t.Context(), c, app.Source(), soon, "looked", func(o kube.Object) error {
		if asked, done := o.String("metadata", "annotations", "reconcile.fluxcd.io/requestedAt"), o.String("status", "lastHandledReconcileAt"); asked != done {
			return fmt.Errorf("asked at %s, looked at %s", asked, done)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
