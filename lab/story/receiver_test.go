package story

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/lab/kube"
	"github.com/penstock-dev/penstock/lab/platform"
)

func TestACallOfAReceiverMakesAPromotionArriveBeforeTheNextPoll(t *testing.T) {
	story(t, "promotion")
	p, app := fleet(t), platform.App{Team: "search", Name: "index"}
	prod := p.Clusters["prod"]
	first := publish(t, p, platform.Release{App: app, Version: "1.0.0"})
	move(t, p, app, first, "prod")
	call(t, p, "prod", app)
	runs(t, p, "prod", app, first, soon)

	slow := kube.Object{"spec": map[string]any{"interval": "10m"}}
	if _, err := prod.Merge(t.Context(), app.Source(), slow, kube.Write{Manager: "flux-client-side-apply"}); err != nil {
		t.Fatal(err)
	}
	url := p.Clusters["prod"].Receiver + receiver(t, p, app)
	second := publish(t, p, platform.Release{App: app, Version: "1.1.0"})
	begin := time.Now()
	move(t, p, app, second, "prod")
	res, err := http.Post(url, "application/json", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("the Receiver answered %s, %v", res.Status, err)
	}
	runs(t, p, "prod", app, second, soon)
	lab.notes.time("promotion: tag moved to rolled out, with a call of a Receiver and a source that polls every 10 minutes", time.Since(begin))
}

// receiver makes a Receiver for the app's source on prod and returns the path of its webhook.
func receiver(t *testing.T, p *platform.Platform, app platform.App) string {
	t.Helper()
	prod := p.Clusters["prod"]
	secret := kube.Ref("v1", "Secret", app.Team, "hook")
	secret["stringData"] = map[string]any{"token": "lab"}
	ref := kube.Ref("notification.toolkit.fluxcd.io/v1", "Receiver", app.Team, app.Name)
	o := merge(ref, map[string]any{"spec": map[string]any{
		"type": "generic", "secretRef": map[string]any{"name": "hook"},
		"resources": []any{map[string]any{"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "OCIRepository", "name": app.Name}},
	}})
	for _, o := range []kube.Object{secret, o} {
		if _, err := prod.Apply(t.Context(), o, kube.Write{}); err != nil {
			t.Fatal(err)
		}
	}
	path := ""
	if err := p.Wait(t.Context(), prod, ref, 30*time.Second, "has a path", func(o kube.Object) error {
		if path = o.String("status", "webhookPath"); path == "" {
			return fmt.Errorf("%+v", o.Condition("Ready"))
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return path
}
