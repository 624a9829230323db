package story

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/lab/platform"
	"github.com/penstock-dev/penstock/lab/stack"
)

func TestTheControllersOfEachClusterAreScrapedAndSoIsKubeStateMetrics(t *testing.T) {
	t.Parallel()
	story(t, "metrics")
	metrics := prometheus(t)
	for _, name := range clusters {
		for _, controller := range []string{"source", "kustomize", "notification"} {
			has1(t, metrics, fmt.Sprintf(`up{job="flux", cluster=%q, namespace="flux-system", pod="%s-controller-0"} == 1`, name, controller))
		}
		has1(t, metrics, fmt.Sprintf(`up{job="kube-state-metrics", cluster=%q} == 1`, name))
	}
	series(t, metrics, `up`, 4*len(clusters), 4*len(clusters))
}

// alerts are a rule as most people write it, and one that lets no label that changes with each attempt decide how long it is so.
const alerts = `groups:
  - name: lab
    rules:
      - alert: Aggregated
        expr: max by (cluster, customresource_kind, exported_namespace, name) (gotk_resource_info{ready=~"False|Unknown", exported_namespace="faults", name="metrics"}) == 1
        for: 30s
`

func TestAnAppIsSeenReadyThenNotReadyAndARuleThatLeavesItsAttemptsOutTellsOfIt(t *testing.T) {
	t.Parallel()
	story(t, "metrics")
	metrics := prometheus(t)
	p, app, good := running(t, "metrics")
	dev := p.Clusters["dev"]
	if err := metrics.LoadRules(t.Context(), "lab", []byte(alerts)); err != nil {
		t.Fatal(err)
	}
	const info = `gotk_resource_info{cluster="dev", exported_namespace="faults", name="metrics", customresource_kind=%q, revision="dev@%s", ready=%q, reason=%q}`
	has1(t, metrics, fmt.Sprintf(info, "Kustomization", good, "True", "ReconciliationSucceeded"))
	has1(t, metrics, fmt.Sprintf(info, "OCIRepository", good, "True", "Succeeded"))
	has1(t, metrics, `gotk_resource_info{cluster="dev", exported_namespace="faults", name="metrics", verified="True"}`)
	failed := func() float64 {
		return one(t, metrics, `sum(controller_runtime_reconcile_errors_total{cluster="dev", controller="kustomization"})`)
	}

	begin, errorsBefore := time.Now(), failed()
	bad := publish(t, p, platform.Release{App: app, Version: "2.0.0", Edit: func(dir string) error { return platform.Fail(dir, "probe") }})
	move(t, p, app, bad, "dev")
	call(t, p, "dev", app)
	has1(t, metrics, fmt.Sprintf(info, "Kustomization", good, "False", "HealthCheckFailed")) // The revision is what was applied last.
	has1(t, metrics, fmt.Sprintf(info, "OCIRepository", bad, "True", "Succeeded"))
	lab.notes.time("metrics: tag moved to a release that never gets ready, until its Kustomization is not ready in Prometheus", time.Since(begin))

	attempts := retry(t, p, dev, app, metrics, `ALERTS{alertname="Aggregated", alertstate="firing", customresource_kind="Kustomization"}`)
	has1(t, metrics, `count_over_time(ALERTS{alertname="Aggregated", alertstate="firing", customresource_kind="Kustomization"}[10m])`)
	series(t, metrics, `count_over_time(gotk_resource_info{cluster="dev", exported_namespace="faults", name="metrics", ready="Unknown", reason="Progressing"}[10m])`, 1, 9)
	if more := failed() - errorsBefore; more >= float64(attempts) {
		t.Errorf("%d failed attempts, and controller_runtime_reconcile_errors_total grew by %g", attempts, more)
	}

	t.Logf("%d failed attempts until the rule fired", attempts)

	mended := publish(t, p, platform.Release{App: app, Version: "2.0.1"})
	move(t, p, app, mended, "dev")
	call(t, p, "dev", app)
	runs(t, p, "dev", app, mended, soon)
	has1(t, metrics, fmt.Sprintf(info, "Kustomization", mended, "True", "ReconciliationSucceeded"))
	series(t, metrics, `ALERTS{alertname="Aggregated"}`, 0, 0)
}

// retry asks for the next attempt each time one has failed, until three have and the query has an answer. It returns how many failed.
func retry(t *testing.T, p *platform.Platform, c *stack.Cluster, app platform.App, metrics *stack.Prometheus, query string) int {
	t.Helper()
	attempts, handled := 0, ""
	if err := stack.Until(t.Context(), soon, query, func(ctx context.Context) error {
		o, err := c.Get(ctx, app.Kustomization())
		if err != nil {
			return err
		}
		asked := o.String("metadata", "annotations", "reconcile.fluxcd.io/requestedAt")
		if o.Condition("Ready").Status == "False" && o.String("status", "lastHandledReconcileAt") == asked && (asked != handled || attempts == 0) {
			attempts, handled = attempts+1, asked
			if err := p.Reconcile(ctx, c, app.Kustomization()); err != nil {
				return err
			}
		}
		found, err := metrics.Query(ctx, query)
		if err == nil && (len(found) == 0 || attempts < 3) {
			err = fmt.Errorf("%d failed attempts, %d series", attempts, len(found))
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return attempts
}

// prometheus is one that reads every cluster; the first story that asks starts it.
func prometheus(t *testing.T) *stack.Prometheus {
	t.Helper()
	p := fleet(t)
	return lab.metrics.get(t, func(ctx context.Context) (*stack.Prometheus, error) {
		begin := time.Now()
		all, state := make([]*stack.Cluster, len(clusters)), map[string]string{}
		addrs, errs := make([]string, len(clusters)), make([]error, len(clusters))
		parallel(len(clusters), func(i int) {
			all[i] = p.Clusters[clusters[i]]
			addrs[i], errs[i] = all[i].StateMetrics(ctx, nil)
		})
		if err := errors.Join(errs...); err != nil {
			return nil, err
		}
		for i, name := range clusters {
			state[name] = addrs[i]
		}
		metrics, err := lab.stack.Prometheus(ctx, "prometheus", all, state)
		lab.notes.time("Prometheus, and kube-state-metrics of three clusters, started by the first story of metrics", time.Since(begin))
		return metrics, err
	})
}

// series waits until a query has between least and most series, and returns them.
func series(t *testing.T, metrics *stack.Prometheus, query string, least, most int) (found []stack.Sample) {
	t.Helper()
	if err := stack.Until(t.Context(), soon, query, func(ctx context.Context) (err error) {
		if found, err = metrics.Query(ctx, query); err == nil && (len(found) < least || len(found) > most) {
			err = fmt.Errorf("%d series: %.1000v", len(found), found)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
	return found
}

func has1(t *testing.T, metrics *stack.Prometheus, query string) {
	t.Helper()
	series(t, metrics, query, 1, 1)
}

// one is the value of a query that has one series.
func one(t *testing.T, metrics *stack.Prometheus, query string) float64 {
	t.Helper()
	found := series(t, metrics, query, 1, 1)
	if len(found) != 1 {
		t.FailNow()
	}
	return found[0].Value
}
