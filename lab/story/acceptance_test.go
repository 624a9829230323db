package story

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/lab/kube"
	"github.com/penstock-dev/penstock/lab/platform"
	"github.com/penstock-dev/penstock/lab/stack"
)

// notServed are the kinds that an API server with Flux alone does not know, and why golden trees hold them.
var notServed = map[string]string{
	"fluxcd.controlplane.io/v1 FluxInstance":  "of the Flux Operator, which is installed before",
	"monitoring.coreos.com/v1 PodMonitor":     "of the Prometheus Operator",
	"monitoring.coreos.com/v1 PrometheusRule": "of the Prometheus Operator",
}

func TestTheAPIServerAcceptsEveryObjectOfTheGoldenContractsWithEachLineOfFlux(t *testing.T) {
	story(t, "acceptance")
	eachLine(t, func(t *testing.T, api *stack.APIServer, workspace string) {
		n := 0
		for _, dir := range overlays(t, workspace) {
			n += accepts(t, api, dir)
		}
		t.Logf("%d objects accepted", n)
	})
}

// overlays are the folders of a workspace that Flux builds.
func overlays(t *testing.T, workspace string) []string {
	t.Helper()
	var dirs []string
	for _, pattern := range []string{
		"platform/clusters/*", "platform/platform/*", "platform/tenants/*/*", "apps/*/*/*/overlays/*",
	} {
		found, err := filepath.Glob(filepath.Join(workspace, pattern, "kustomization.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range found {
			dirs = append(dirs, filepath.Dir(path))
		}
	}
	if len(dirs) == 0 {
		t.Fatalf("nothing to build in %s", workspace)
	}
	slices.Sort(dirs)
	return dirs
}

type applier interface {
	Apply(ctx context.Context, o kube.Object, w kube.Write) (kube.Object, error)
	Serves(ctx context.Context, o kube.Object) bool
}

// accepts asks for a server-side dry run of each object that a folder builds to, and counts them. Namespaces are made, for the
// others to be in.
func accepts(t *testing.T, api applier, dir string) (accepted int) {
	t.Helper()
	objects, err := platform.Build(dir)
	if err != nil {
		t.Errorf("%s: %v", dir, err)
		return 0
	}
	for _, o := range objects {
		namespace := o.String("metadata", "namespace")
		if namespace == "" && strings.Contains(dir, "/overlays/") {
			// Flux gives an app's objects the namespace of the team.
			namespace = filepath.Base(filepath.Dir(appRoot(dir)))
			o["metadata"].(map[string]any)["namespace"] = namespace
		}
		if namespace != "" {
			if _, err := api.Apply(t.Context(), kube.Ref("v1", "Namespace", "", namespace), kube.Write{Manager: "dry-run"}); err != nil {
				t.Errorf("namespace %s: %v", namespace, err)
			}
		}
		if _, known := notServed[o.String("apiVersion")+" "+o.Kind()]; known && !api.Serves(t.Context(), o) {
			continue
		}
		if _, err := api.Apply(t.Context(), o, kube.Write{DryRun: true}); err != nil {
			t.Errorf("%s: %s: %v", dir, o.ID(), err)
			continue
		}
		accepted++
	}
	return accepted
}

// appRoot is the folder <team>/<app> of a path apps/<team>/<app>/<path>/overlays/<environment>.
func appRoot(dir string) string {
	apps := strings.LastIndex(dir, "/apps/") + len("/apps/")
	parts := strings.SplitN(dir[apps:], "/", 3)
	return dir[:apps] + parts[0] + "/" + parts[1]
}
