package policytest

import (
	"encoding/json"
	"testing"
	"testing/fstest"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/penstock-dev/penstock/internal/testkit/policytest/requestfile"
)

// requests is one file of platform/policies/tests.
type requests struct {
	APIVersion  string           `json:"apiVersion"`
	Kind        string           `json:"kind"`
	Policy      string           `json:"policy"`
	Environment string           `json:"environment"`
	Requests    []allowedRequest `json:"requests"`
}

// allowedRequest is a request that all policies allow, with the changes that
// make one policy deny it.
type allowedRequest struct {
	request
	Denied []struct {
		Name   string         `json:"name"`
		Change map[string]any `json:"change"`
	} `json:"denied"`
}

// request is a request to the API server.
type request struct {
	Name        string                     `json:"name"`
	User        string                     `json:"user"`
	Operation   string                     `json:"operation"`
	Subresource string                     `json:"subresource,omitempty"`
	Namespace   map[string]any             `json:"namespace,omitempty"` // a merge patch of the Namespace
	Object      *unstructured.Unstructured `json:"object"`
	OldObject   *unstructured.Unstructured `json:"oldObject,omitempty"`
}

func readRequests(t *testing.T, w workspace, file string) requests {
	t.Helper()
	repository := fstest.MapFS{}
	for p, f := range w.platform {
		repository[p] = &fstest.MapFile{Data: f.Data}
	}
	document, err := requestfile.Fill(w.platform[file].Data, repository)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	data, err := yaml.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	var r requests
	if err := yaml.UnmarshalStrict(data, &r); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	for i := range r.Requests {
		q := &r.Requests[i].request
		if q.Operation == "UPDATE" && q.OldObject == nil {
			q.OldObject = q.Object
		}
	}
	return r
}

// changed applies a JSON merge patch to the request. What it says of the
// namespace is a patch itself and taken as it is.
func (r request) changed(t *testing.T, name string, change map[string]any) request {
	t.Helper()
	var n request
	merge(t, r, change, &n)
	n.Name = r.Name + "; " + name
	if patch, ok := change["namespace"].(map[string]any); ok {
		n.Namespace = patch
	}
	switch {
	case n.Operation != "UPDATE":
	case n.OldObject == nil:
		n.OldObject = r.Object
	case n.OldObject.GroupVersionKind() != n.Object.GroupVersionKind():
		n.OldObject = n.Object
	}
	return n
}

func merge(t *testing.T, from any, change map[string]any, to any) {
	t.Helper()
	doc, err := json.Marshal(from)
	if err != nil {
		t.Fatal(err)
	}
	patch, err := json.Marshal(change)
	if err != nil {
		t.Fatal(err)
	}
	merged, err := jsonpatch.MergePatch(doc, patch)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(merged, to); err != nil {
		t.Fatal(err)
	}
}
