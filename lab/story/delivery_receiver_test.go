package story

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/internal/testkit/workflowtest"

	"github.com/penstock-dev/penstock/lab/kube"
	"github.com/penstock-dev/penstock/lab/platform"
	"github.com/penstock-dev/penstock/lab/stack"
)

func TestTheReceiverLetsAPromotionArriveLongBeforeThePollAndWithoutItThePollDoes(t *testing.T) {
	t.Parallel()
	story(t, "delivery")
	d, app := pipelines(t), platform.App{Team: "shop", Name: "orders"}
	first, r := d.push(t, app, nil)
	succeeds(t, r)
	d.arrives(t, app, "prod", first)

	prod := d.Clusters["prod"]
	before := asked(t, prod, app)
	var told <-chan time.Duration
	second, r := d.push(t, app, func() { told = d.arrival(t, app, "prod") })
	succeeds(t, r)
	d.arrives(t, app, "prod", second)
	withCall := <-told
	if asked(t, prod, app) == before {
		t.Errorf("it arrived after %s, and nobody had asked the source to look", withCall)
	}
	lab.notes.time("delivery: tag moved to rolled out, told by the generated Receiver, the source polls every 10 min", withCall)

	// The same without: nobody takes the call, and the source polls every minute, so that nobody has to wait for ten.
	slow := kube.Object{"spec": map[string]any{"interval": "1m"}}
	if _, err := prod.Merge(t.Context(), app.Source(), slow, kube.Write{Manager: "flux-client-side-apply"}); err != nil {
		t.Fatal(err)
	}
	if err := prod.Delete(t.Context(), receiverOf(app), kube.Write{}); err != nil {
		t.Fatal(err)
	}
	var polled <-chan time.Duration
	third, r := d.push(t, app, func() { polled = d.arrival(t, app, "prod") })
	if errors := r.Annotations("error"); r.Conclusion != "success" || len(errors) != 1 || !strings.Contains(errors[0].Title, prod.Receiver+" was not told") {
		t.Errorf("a call that nobody takes: %s, %+v\n%s", r.Conclusion, errors, r)
	}
	d.arrives(t, app, "prod", third)
	withPoll := <-polled
	lab.notes.time("delivery: the same without the Receiver, the source polls every minute", withPoll)
}

// asked is when the source of an app was last asked to look, which on these clusters only a Receiver does.
func asked(t *testing.T, c *stack.Cluster, app platform.App) string {
	t.Helper()
	o, err := c.Get(t.Context(), app.Source())
	if err != nil {
		t.Fatal(err)
	}
	return o.String("status", "lastHandledReconcileAt")
}

// arrival measures, from now on, the time between the move of an environment's tag to what the environment before runs and the
// moment at which the cluster runs it.
func (d *delivery) arrival(t *testing.T, app platform.App, env string) <-chan time.Duration {
	t.Helper()
	digest := d.history(t, app)["preprod"].Digest
	took := make(chan time.Duration, 1)
	go func() {
		defer close(took)
		ctx := t.Context()
		if err := stack.Until(ctx, soon, env+" is moved", func(ctx context.Context) error {
			if now, err := d.Registry.Digest(ctx, app.Path(), env); err != nil || now != digest {
				return fmt.Errorf("%s is %s: %w", env, now, err)
			}
			return nil
		}); err != nil {
			t.Error(err)
			return
		}
		begin := time.Now()
		if err := d.Runs(ctx, d.Clusters[env], app, digest, soon); err != nil {
			t.Error(err)
			return
		}
		took <- time.Since(begin)
	}()
	return took
}

func receiverOf(app platform.App) kube.Object {
	return kube.Ref("notification.toolkit.fluxcd.io/v1", "Receiver", app.Team, app.Name)
}

func TestTheReceiverTakesTheTokenOfItsOwnWorkflowForItsOwnAppAndRefusesEveryOther(t *testing.T) {
	t.Parallel()
	story(t, "delivery")
	d, app := pipelines(t), platform.App{Team: "shop", Name: "returns"}
	own := map[string]any{
		"repository": "acme/returns", "repository_owner": "acme", "ref": "refs/heads/main", "environment": "prod",
		"job_workflow_ref": "acme/platform/.github/workflows/promote-prod.yaml@refs/heads/main",
		"workflow_ref":     "acme/returns/.github/workflows/delivery.yaml@refs/heads/main",
		"sub":              "repo:acme/returns:environment:prod",
	}
	stranger, err := workflowtest.NewIssuer(time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.Close()
	stranger.Name = d.issuer.Name
	for _, c := range []struct {
		name   string
		change map[string]any
		issuer *workflowtest.Issuer
		aud    string
		says   string // "" is accepted
	}{
		{name: "its own"},
		{name: "another app", change: map[string]any{"repository": "acme/cart"}, says: "the repository is not acme/returns"},
		{name: "another workflow of the platform", change: map[string]any{
			"job_workflow_ref": "acme/platform/.github/workflows/publish.yaml@refs/heads/main",
		}, says: "the workflow is not acme/platform/.github/workflows/promote-prod.yaml on main"},
		{name: "the workflow of another environment", change: map[string]any{
			"job_workflow_ref": "acme/platform/.github/workflows/promote-dev.yaml@refs/heads/main", "environment": "dev",
		}, says: "the workflow is not acme/platform/.github/workflows/promote-prod.yaml on main"},
		{name: "a workflow of the app with that name", change: map[string]any{
			"job_workflow_ref": "acme/returns/.github/workflows/promote-prod.yaml@refs/heads/main",
		}, says: "the workflow is not acme/platform/.github/workflows/promote-prod.yaml on main"},
		{name: "another branch of the platform", change: map[string]any{
			"job_workflow_ref": "acme/platform/.github/workflows/promote-prod.yaml@refs/heads/mine",
		}, says: "the workflow is not acme/platform/.github/workflows/promote-prod.yaml on main"},
		{name: "another branch of the app", change: map[string]any{"ref": "refs/heads/feature"}, says: "the branch is not main"},
		{name: "another audience", aud: "sigstore", says: "expected audience"},
		{name: "another issuer's key", issuer: stranger, says: "failed to verify signature"},
	} {
		claims := maps.Clone(own)
		maps.Copy(claims, c.change)
		issuer, audience := d.issuer, "penstock-acme"
		if c.issuer != nil {
			issuer = c.issuer
		}
		if c.aud != "" {
			audience = c.aud
		}
		token, err := issuer.Sign(claims, audience)
		if err != nil {
			t.Fatal(err)
		}
		d.takes(t, "prod", app, c.name, token, c.says)
	}
	d.takes(t, "prod", app, "no token", "", "the Authorization header is missing")
	lab.notes.correct("A generic-oidc Receiver returns the message of a validation that fails to who called (its CRD)",
		"the answer is 400 without a body; the message stands in the log of notification-controller")
}

// takes calls a Receiver and checks whether it takes the token; refusal is what notification-controller's log says, "" when it does.
func (d *delivery) takes(t *testing.T, env string, app platform.App, who, token, refusal string) {
	t.Helper()
	before := d.refusals(t, env, app)
	status, said := d.tell(t, env, app, token)
	if refusal == "" {
		if status != http.StatusOK {
			t.Errorf("%s: %d %s", who, status, said)
		}
		return
	}
	if status != http.StatusBadRequest || said != "" {
		t.Errorf("%s: %d %q", who, status, said)
	}
	if err := stack.Until(t.Context(), soon, who+" is refused: "+refusal, func(context.Context) error {
		if now := d.refusals(t, env, app); len(now) != len(before)+1 || !strings.Contains(now[len(now)-1], refusal) {
			return fmt.Errorf("the log says %q", now[len(before):])
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

// refusals are the reasons in the log of notification-controller.
func (d *delivery) refusals(t *testing.T, env string, app platform.App) []string {
	t.Helper()
	data, err := os.ReadFile(d.Clusters[env].Log("notification-controller"))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for line := range strings.Lines(string(data)) {
		var entry struct{ Logger, Name, Msg, Error string }
		if json.Unmarshal([]byte(line), &entry) == nil && entry.Logger == "receiver-server" && entry.Name == app.Name && entry.Error != "" {
			found = append(found, entry.Error)
		}
	}
	return found
}

// tell calls the Receiver of an app.
func (d *delivery) tell(t *testing.T, env string, app platform.App, token string) (status int, said string) {
	t.Helper()
	o, err := d.Clusters[env].Get(t.Context(), receiverOf(app))
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.Clusters[env].Receiver+o.String("status", "webhookPath"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}
