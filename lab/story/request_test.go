package story

import (
	"encoding/json"
	"maps"
	"os"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/penstock-dev/penstock/internal/testkit/policytest/requestfile"
	"github.com/penstock-dev/penstock/lab/kube"
)

// requests is one file of platform/policies/tests.
type requests struct {
	Policy      string           `json:"policy"`
	Environment string           `json:"environment"`
	Requests    []allowedRequest `json:"requests"`
}

// allowedRequest is a request that every policy allows, and changes of it that one policy denies.
type allowedRequest struct {
	request
	Denied []struct {
		Name   string         `json:"name"`
		Change map[string]any `json:"change"`
	} `json:"denied"`
}

type request struct {
	Name        string      `json:"name"`
	User        string      `json:"user"`
	Operation   string      `json:"operation"`
	Subresource string      `json:"subresource,omitempty"`
	Namespace   kube.Object `json:"namespace,omitempty"` // a merge patch of the Namespace
	Object      kube.Object `json:"object"`
	OldObject   kube.Object `json:"oldObject,omitempty"`
}

// readRequests reads such a file, with names of the repository for TEAM and APP.
func readRequests(t *testing.T, repository string, data []byte) requests {
	t.Helper()
	document, err := requestfile.Fill(data, os.DirFS(repository))
	if err != nil {
		t.Fatal(err)
	}
	var r requests
	convert(t, document, &r)
	return r
}

// changed is the request after a JSON merge patch of it.
func (r request) changed(t *testing.T, name string, change map[string]any) request {
	t.Helper()
	document := map[string]any{}
	convert(t, r, &document)
	object, _ := change["object"].(map[string]any)
	if kind, ok := object["kind"].(string); ok && kind != r.Object.Kind() {
		// What the old kind had says nothing about the new one, which the API server would refuse for it.
		document["object"].(map[string]any)["spec"] = map[string]any{}
	}
	var n request
	convert(t, merge(document, change), &n)
	n.Name = r.Name + "; " + name
	if patch, ok := change["namespace"].(map[string]any); ok {
		n.Namespace = patch // A patch itself, whose nulls count.
	}
	if n.OldObject == nil && n.Object.ID() == r.Object.ID() {
		n.OldObject = r.Object
	}
	return n
}

// merge applies a JSON merge patch, RFC 7396; it changes neither argument.
func merge(document, patch map[string]any) map[string]any {
	merged := maps.Clone(document)
	if merged == nil {
		merged = map[string]any{}
	}
	for key, value := range patch {
		switch value := value.(type) {
		case nil:
			delete(merged, key)
		case map[string]any:
			inner, _ := merged[key].(map[string]any)
			merged[key] = merge(inner, value)
		default:
			merged[key] = value
		}
	}
	return merged
}

func convert(t *testing.T, from, to any) {
	t.Helper()
	data, err := json.Marshal(from)
	if err == nil {
		err = json.Unmarshal(data, to)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// whole is the object with what its kind needs to be valid, and without the time of a deletion, which only a deletion sets.
func whole(t *testing.T, o kube.Object, subresource string) kube.Object {
	t.Helper()
	kinds := minimal(t)
	merged := kube.Object(merge(merge(kinds[o.Kind()], kinds[o.Kind()+"/"+subresource]), o))
	if meta, ok := merged["metadata"].(map[string]any); ok {
		meta = maps.Clone(meta)
		delete(meta, "deletionTimestamp")
		merged["metadata"] = meta
	}
	return merged
}

// minimal holds, by kind, what an object of it must say.
func minimal(t *testing.T) map[string]map[string]any {
	t.Helper()
	pod := `{containers: [{name: app, image: lab.example/app, securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}}],
		securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}}`
	labels := `{labels: {app: app}}`
	workload := `{spec: {selector: {matchLabels: {app: app}}, template: {metadata: ` + labels + `, spec: ` + pod + `}}}`
	job := `{template: {metadata: ` + labels + `, spec: {restartPolicy: Never, ` + strings.TrimPrefix(pod, "{") + `}}`
	var byKind map[string]map[string]any
	text := `
Pod: {spec: ` + pod + `}
Deployment: ` + workload + `
DaemonSet: ` + workload + `
ReplicaSet: ` + workload + `
StatefulSet: {spec: {serviceName: app, selector: {matchLabels: {app: app}}, template: {metadata: ` + labels + `, spec: ` + pod + `}}}
ReplicationController: {spec: {selector: {app: app}, template: {metadata: ` + labels + `, spec: ` + pod + `}}}
Job: {spec: ` + job + `}
CronJob: {spec: {schedule: "@daily", jobTemplate: {spec: ` + job + `}}}
NetworkPolicy: {spec: {podSelector: {}}}
RoleBinding: {roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: app}}
ClusterRoleBinding: {roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}}
LimitRange: {spec: {limits: []}}
Kustomization: {spec: {interval: 10m, prune: true, sourceRef: {kind: OCIRepository, name: app}}}
OCIRepository: {spec: {interval: 1m, url: "oci://registry.example/app"}}
GitRepository: {spec: {interval: 1m, url: "https://git.example/app"}}
HelmRepository: {spec: {interval: 1m, url: "https://charts.example"}}
HelmChart: {spec: {interval: 1m, chart: app, sourceRef: {kind: HelmRepository, name: app}}}
Bucket: {spec: {interval: 1m, bucketName: app, endpoint: buckets.example}}
OCIRepository/status: {status: {artifact: {digest: "sha256:0", lastUpdateTime: "2026-01-01T00:00:00Z", path: app, revision: "1"}}}
ExternalArtifact: {spec: {sourceRef: {apiVersion: example.com/v1, kind: Other, name: app}}}
Alert: {spec: {providerRef: {name: app}, eventSources: [{kind: Kustomization, name: "*"}]}}
Receiver: {spec: {type: generic, secretRef: {name: app}, resources: [{kind: OCIRepository, name: app}]}}
`
	if err := yaml.Unmarshal([]byte(strings.ReplaceAll(text, "\t", "  ")), &byKind); err != nil {
		t.Fatal(err)
	}
	return byKind
}
