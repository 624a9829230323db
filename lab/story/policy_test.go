package story

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/lab/kube"
	"github.com/penstock-dev/penstock/lab/platform"
	"github.com/penstock-dev/penstock/lab/servers"
	"github.com/penstock-dev/penstock/lab/stack"
)

// masters lets a request pass RBAC, so that only the policies can stop it: they look at the user, not at groups.
var masters = []string{"system:masters", "system:authenticated"}

func TestTheAdmissionPoliciesAnswerEveryGeneratedRequestAsItSays(t *testing.T) {
	story(t, "policies")
	for _, l := range servers.Lines() {
		installForeign(t, admissionServer(t, l.Version))
	}
	eachLine(t, func(t *testing.T, api *stack.APIServer, workspace string) {
		repository := filepath.Join(workspace, "platform")
		policies := applyPolicies(t, api, repository)
		files, err := filepath.Glob(filepath.Join(repository, "platform", "policies", "tests", "*.yaml"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no requests in %s: %v", repository, err)
		}
		n := 0
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			n += ask(t, api, repository, readRequests(t, repository, data))
		}
		t.Logf("%d requests answered", n)
		for _, o := range policies {
			if err := api.Delete(t.Context(), o, kube.Write{}); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// applyPolicies installs the policies of a repository. Their bindings warn instead of denying: a denial names one policy only, a
// warning each of them, and what a request starts from can be made.
func applyPolicies(t *testing.T, api *stack.APIServer, repository string) []kube.Object {
	t.Helper()
	objects, err := platform.Build(filepath.Join(repository, "platform", "policies"))
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range objects {
		if spec, ok := o["spec"].(map[string]any); ok && o.Kind() == "ValidatingAdmissionPolicyBinding" {
			spec["validationActions"] = []any{"Warn"}
		}
		if _, err := api.Apply(t.Context(), o, kube.Write{}); err != nil {
			t.Fatal(err)
		}
	}
	return objects
}

// ask sends every request of a file, and counts them.
func ask(t *testing.T, api *stack.APIServer, repository string, r requests) (asked int) {
	t.Helper()
	tenants := namespaces(t, repository, r.Environment)
	for _, allowed := range r.Requests {
		expect(t, api, tenants, allowed.request, "")
		asked++
		for _, denied := range allowed.Denied {
			expect(t, api, tenants, allowed.changed(t, denied.Name, denied.Change), r.Policy)
			asked++
		}
	}
	return asked
}

// namespaces are the namespaces of the teams in an environment, as Flux would apply them.
func namespaces(t *testing.T, repository, env string) map[string]kube.Object {
	t.Helper()
	dirs, err := filepath.Glob(filepath.Join(repository, "tenants", "*", env))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]kube.Object{}
	for _, dir := range dirs {
		objects, err := platform.Build(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range objects {
			if o.Kind() == "Namespace" {
				found[o.Name()] = o
			}
		}
	}
	return found
}

// expect sends a request until the policy, or none, answers: the API server hears of policies and namespaces a moment late.
func expect(t *testing.T, api *stack.APIServer, tenants map[string]kube.Object, r request, policy string) {
	t.Helper()
	if r.Object.Kind() == "Namespace" && r.Object.Get("metadata", "deletionTimestamp") != nil {
		return // It would take a namespace controller to bring the namespace back.
	}
	if r.Object.Kind() == "Job" && r.Operation == "UPDATE" {
		r.Operation = "CREATE" // The pods of a Job cannot be changed.
	}
	prepare(t, api, tenants, r)
	defer cleanUp(t, api, r)
	err := stack.Until(t.Context(), 30*time.Second, r.Name, func(context.Context) error {
		found, err := send(t, api, r)
		switch {
		case policy != "" && (slices.Contains(found, policy) || schemaRefuses(err)), policy == "" && len(found) == 0 && err == nil:
			return nil
		}
		return fmt.Errorf("%s %s by %s: policies that deny it: %v, expected %q; error: %s", r.Operation, r.Object.ID(), r.User, found, policy, fmt.Sprint(err))
	})
	if err != nil {
		t.Error(err)
	}
}

var denial = regexp.MustCompile(`Validation failed for ValidatingAdmissionPolicy '([^']+)'`)

// send makes one request as a dry run, and returns the policies that would deny it.
func send(t *testing.T, api *stack.APIServer, r request) (policies []string, err error) {
	t.Helper()
	client := api.As(kube.Identity{User: r.User, Groups: masters}).Heard(func(text string) {
		if m := denial.FindStringSubmatch(text); m != nil {
			policies = append(policies, m[1])
		}
	})
	object, w := whole(t, r.Object, r.Subresource), kube.Write{DryRun: true, Lax: true, Subresource: r.Subresource}
	switch {
	case r.Subresource == "token":
		_, err = client.Post(t.Context(), object, w, kube.Object{"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": map[string]any{}})
	case r.Operation == "CONNECT":
		_, err = client.Post(t.Context(), object, kube.Write{Subresource: r.Subresource}, kube.Object{})
	case r.Operation == "CREATE":
		if _, err = client.Create(t.Context(), object, w); status(err) == http.StatusConflict {
			err = nil // The policies were asked before the name was found to be taken.
		}
	case r.Operation == "UPDATE":
		var live kube.Object
		if live, err = api.Get(t.Context(), object); err != nil {
			return nil, err
		}
		if object.Kind() == "Pod" {
			object = merge(live, kube.Object{"spec": r.Object["spec"]}) // A pod keeps what it was given at its creation.
		}
		meta := object["metadata"].(map[string]any)
		for _, key := range []string{"resourceVersion", "uid", "deletionTimestamp", "deletionGracePeriodSeconds"} {
			if value := live.Get("metadata", key); value != nil {
				meta[key] = value
			}
		}
		_, err = client.Update(t.Context(), object, w)
	case r.Operation == "DELETE":
		err = client.Delete(t.Context(), object, w)
	default:
		err = fmt.Errorf("%q is no operation", r.Operation)
	}
	return policies, err
}

// schemaRefuses reports whether the CRD says of a URL what the policy says, too: a schema is asked first.
func schemaRefuses(err error) bool {
	return status(err) == http.StatusUnprocessableEntity && strings.Contains(err.Error(), "spec.url in body should match")
}

func status(err error) int {
	if e, ok := errors.AsType[*kube.Error](err); ok {
		return e.Code
	}
	return 0
}
