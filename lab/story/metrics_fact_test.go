package story

import "testing"

// many is more series than any query here has.
const many = 1 << 20

func TestTheControllersExportTheMetricsThatRulesMayUseAndNotTheOldOnes(t *testing.T) {
	t.Parallel()
	story(t, "metrics")
	metrics := prometheus(t)
	for _, query := range []string{
		// flux.md 5.1. The namespace of the object collides with that of the target.
		`gotk_reconcile_duration_seconds_count{cluster="dev", namespace="flux-system", exported_namespace="payments", kind="Kustomization", name="unpromoted"}`,
		`gotk_reconcile_duration_seconds_count{kind="OCIRepository"}`,
		`gotk_reconcile_duration_seconds_count{kind="GitRepository"}`,
		`gotk_reconcile_duration_seconds_bucket{le="0.01"}`,
		`gotk_reconcile_duration_seconds_bucket{le="1799.9999999999986"}`,
		`gotk_event_http_request_duration_seconds_count{pod="notification-controller-0"}`,
		`gotk_token_cached_items`,
		`controller_runtime_reconcile_time_seconds_count{controller="kustomization"}`,
		`controller_runtime_active_workers{controller="ocirepository"}`,
		`workqueue_depth`, `rest_client_requests_total`, `process_resident_memory_bytes`, `go_goroutines`,
		// 5.2: a healthy object counts as requeue_after; what a source cannot fetch counts as an error.
		`controller_runtime_reconcile_total{controller="kustomization", result="requeue_after"} > 0`,
		`controller_runtime_reconcile_total{cluster="dev", controller="ocirepository", result="error"} > 0`,
		`controller_runtime_reconcile_errors_total{cluster="dev", controller="ocirepository"} > 0`,
		// 5.3, with our labels.
		`gotk_resource_info{cluster="dev", customresource_kind="GitRepository", exported_namespace="flux-system", name="flux-system", ready="True", reason="Succeeded"}`,
		`gotk_resource_info{cluster="dev", customresource_kind="OCIRepository", name="unpromoted", ready="False", reason="OCIArtifactPullFailed"}`,
		`gotk_resource_info{cluster="dev", customresource_kind="Kustomization", name="unpromoted", ready="False", reason="ArtifactFailed", source_kind="OCIRepository", source_name="unpromoted"}`,
		`gotk_resource_info{cluster="dr", customresource_kind="OCIRepository", name="unpromoted", suspended="true"}`,
	} {
		series(t, metrics, query, 1, many)
	}
	for _, query := range []string{
		`gotk_reconcile_condition`, `gotk_suspend_status`, // Public rules use them; they can never fire.
		`gotk_cache_events_total`, `gotk_token_cache_requests_total`, // Without Helm and without clouds.
		`gotk_reconcile_duration_seconds_bucket{le=~"1800|1800.0"}`,
		`gotk_reconcile_duration_seconds_count{namespace!="flux-system"}`,
		`gotk_resource_info{suspended="false", name!="buoy"}`,                                                 // Without the key there is no label; "flux resume" writes it, as another story does for buoy.
		`gotk_resource_info{cluster="dr", customresource_kind="OCIRepository", name="unpromoted", ready!=""}`, // Never looked at: suspended.
		`gotk_resource_info{customresource_kind="Kustomization", verified!=""}`,
	} {
		series(t, metrics, query, 0, 0)
	}
	if t.Failed() {
		return
	}
	lab.notes.correct("the buckets of `gotk_reconcile_duration_seconds` end at `le=\"1800\"`",
		"the last one before `+Inf` is `le=\"1799.9999999999986\"`: a rule that names a bucket finds nothing, `histogram_quantile` does")
	lab.notes.correct("`gotk_reconcile_duration_seconds` has the object's namespace in the label `namespace`",
		"once scraped it is `exported_namespace`, as in `gotk_resource_info`: `namespace` is the controllers' own, `flux-system`")
	lab.notes.correct("`gotk_resource_info` of an object that is not ready has `ready=\"False\"` or `\"Unknown\"`",
		"one that was suspended before its first look has no label `ready` at all; `suspended=\"true\"` is all that tells of it")
}
