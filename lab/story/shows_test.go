package story

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/lab/kube"
	"github.com/penstock-dev/penstock/lab/platform"
	"github.com/penstock-dev/penstock/lab/stack"
)

// shows is what a person sees of an object of Flux: its conditions by type, and the events about it. Messages are parts of messages.
type shows struct {
	conditions map[string]kube.Condition
	events     []event
	// quiet asks that no Warning is about the object.
	quiet bool
}

// event is one event of Kubernetes.
type event struct{ Type, Reason, Message string }

func (e event) String() string { return e.Type + " " + e.Reason + ": " + e.Message }

// sees waits until an object shows that: all conditions at once, and each of the events.
func sees(t *testing.T, p *platform.Platform, c *stack.Cluster, ref kube.Object, want shows) {
	t.Helper()
	if err := p.Wait(t.Context(), c, ref, soon, "shows its conditions", func(o kube.Object) error {
		for name, condition := range want.conditions {
			got := o.Condition(name)
			if got.Status != condition.Status || got.Reason != condition.Reason || !strings.Contains(got.Message, condition.Message) {
				return fmt.Errorf("%s is %+v, want %+v", name, got, condition)
			}
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
	for _, e := range want.events {
		if err := stack.Until(t.Context(), soon, ref.ID()+" has the event "+e.String(), func(ctx context.Context) error {
			found, err := eventsAbout(ctx, c, ref)
			if err == nil && !slices.ContainsFunc(found, e.is) {
				err = fmt.Errorf("its events: %v", found)
			}
			return err
		}); err != nil {
			t.Error(err)
		}
	}
	if !want.quiet {
		return
	}
	found, err := eventsAbout(t.Context(), c, ref)
	if err != nil {
		t.Error(err)
	}
	for _, e := range found {
		if e.Type == "Warning" {
			t.Errorf("%s has the event %v", ref.ID(), e)
		}
	}
}

// is reports whether got is the event that e describes.
func (e event) is(got event) bool {
	return got.Type == e.Type && got.Reason == e.Reason && strings.Contains(got.Message, e.Message)
}

func eventsAbout(ctx context.Context, c *stack.Cluster, about kube.Object) ([]event, error) {
	list, err := c.List(ctx, kube.Ref("v1", "Event", about.Namespace(), ""))
	if err != nil {
		return nil, err
	}
	var found []event
	for _, e := range list {
		if e.String("involvedObject", "kind") == about.Kind() && e.String("involvedObject", "name") == about.Name() {
			found = append(found, event{e.String("type"), e.String("reason"), e.String("message")})
		}
	}
	return found, nil
}

// stored is what the source of an app on dev shows that has fetched a signed bundle.
func stored(digest string) shows {
	return shows{
		conditions: map[string]kube.Condition{
			"Ready":             {Status: "True", Reason: "Succeeded", Message: "stored artifact for digest 'dev@" + digest + "'"},
			"ArtifactInStorage": {Status: "True", Reason: "Succeeded", Message: "stored artifact for digest 'dev@" + digest + "'"},
			"SourceVerified":    {Status: "True", Reason: "Succeeded", Message: "verified signature of revision dev@" + digest},
		},
		events: []event{{"Normal", "NewArtifact", "stored artifact with revision 'dev@" + digest + "' from 'oci://"}},
	}
}

// unreadable is what a source shows that gets nothing from the registry.
func unreadable(reason, message string) shows {
	return shows{
		conditions: map[string]kube.Condition{
			"Ready":       {Status: "False", Reason: reason, Message: message},
			"FetchFailed": {Status: "True", Reason: reason, Message: message},
			"Reconciling": {Status: "True", Reason: "ProgressingWithRetry"},
		},
		events: []event{{"Warning", reason, message}},
	}
}

// unverified is what a source shows whose bundle has no signature of the platform's key.
func unverified(message string) shows {
	return shows{
		conditions: map[string]kube.Condition{
			"Ready":          {Status: "False", Reason: "VerificationError", Message: message},
			"SourceVerified": {Status: "False", Reason: "VerificationError", Message: message},
			"Reconciling":    {Status: "True", Reason: "ProgressingWithRetry"},
		},
		events: []event{{"Warning", "VerificationError", message}},
	}
}

// released is what the Kustomization of an app on dev shows that runs a bundle.
func released(digest string) shows {
	return shows{
		conditions: map[string]kube.Condition{
			"Ready":   {Status: "True", Reason: "ReconciliationSucceeded", Message: "Applied revision: dev@" + digest},
			"Healthy": {Status: "True", Reason: "Succeeded", Message: "Health check passed in"},
		},
		events: []event{{"Normal", "ReconciliationSucceeded", "Reconciliation finished in"}},
	}
}

// broken is what a Kustomization shows that cannot apply a bundle.
func broken(reason, message string) shows {
	return shows{
		conditions: map[string]kube.Condition{
			"Ready":       {Status: "False", Reason: reason, Message: message},
			"Reconciling": {Status: "True", Reason: "ProgressingWithRetry"},
		},
		events: []event{{"Warning", reason, message}},
	}
}

// unhealthy is what a Kustomization shows whose objects were applied and do not become ready.
func unhealthy(message string) shows {
	s := broken("HealthCheckFailed", message)
	s.conditions["Healthy"] = kube.Condition{Status: "False", Reason: "HealthCheckFailed", Message: message}
	return s
}

// waiting is what a Kustomization shows whose source never had anything: no event tells of it.
func waiting() shows {
	return shows{quiet: true, conditions: map[string]kube.Condition{
		"Ready": {Status: "False", Reason: "ArtifactFailed", Message: "not found"},
	}}
}

// undisturbed is what a Kustomization shows while its source fails: the old release, and no word of the failure.
func undisturbed(digest string) shows {
	s := released(digest)
	s.quiet = true
	return s
}
