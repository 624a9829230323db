package story

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/lab/kube"
	"github.com/penstock-dev/penstock/lab/platform"
	"github.com/penstock-dev/penstock/lab/stack"
)

func TestATeamIsRenamedInThePrintedStepsAndItsAppsNeverStop(t *testing.T) {
	story(t, "renames")
	p := fleet(t)
	was, now := platform.App{Team: "couriers", Name: "parcel"}, platform.App{Team: "dispatch", Name: "parcel"}
	// A person's edit.
	if err := platform.Replace(filepath.Join(p.Repository(), "tenants", was.Team, "base", "rbac.yaml"), "    resources: [ingresses]\n",
		"    resources: [ingresses, ingresses/status]\n"); err != nil {
		t.Fatal(err)
	}
	commit(t, p, p.Repository(), "platform", "The team may write the status of its ingresses")
	ship(t, p, was, "1.0.0", clusters...)
	before := belongings(t, p)
	former := filepath.Join(t.TempDir(), "former.yaml")
	if text, err := read(p.Contract()); err != nil || write(former, text) != nil {
		t.Fatal(err)
	}
	if err := p.EditContract("    - name: couriers\n", "    - name: dispatch\n      formerly: couriers\n"); err != nil {
		t.Fatal(err)
	}
	steps := printedSteps(t, p)
	var ends []func()
	for _, name := range clusters {
		ends = append(ends, guard(t, p.Clusters[name], was))
	}

	begin := time.Now()
	onEach(t, p, steps[0])
	regenerate(t, p, "--allow-prune")
	lab.notes.time("a team renamed: from the command until all clusters have both namespaces", time.Since(begin))
	for _, name := range clusters {
		gone(t, p.Clusters[name], kube.Ref("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "flux-system", "tenant-couriers"))
	}
	// What the contract calls otherwise still takes a release: no policy is in its way.
	ship(t, p, was, "1.1.0", "-c", former, "dev", "prod")

	teamSecrets(t, p, now.Team)
	ship(t, p, now, "1.1.0", clusters...)
	for _, end := range ends {
		end()
	}
	begin = time.Now()
	onEach(t, p, steps[2])
	for _, name := range clusters {
		gone(t, p.Clusters[name], kube.Ref("v1", "Namespace", "", was.Team))
		rolledOut(t, p, name, now, "1.1.0")
		role, err := p.Clusters[name].Get(t.Context(), kube.Ref("rbac.authorization.k8s.io/v1", "Role", now.Team, "applier"))
		if err != nil || !strings.Contains(toYAML(t, role), "ingresses/status") {
			t.Errorf("%s: the edit did not move along: %v, %v", name, role["rules"], err)
		}
	}
	lab.notes.time("a team renamed: the old namespace deleted until it is gone on all clusters", time.Since(begin))
	same(t, before, belongings(t, p), of(was.Team, ""))
}

func TestAnAppIsRenamedInThePrintedStepsAndItsWorkloadIsTakenOver(t *testing.T) {
	story(t, "renames")
	p := fleet(t)
	was, now := platform.App{Team: "harbour", Name: "till"}, platform.App{Team: "harbour", Name: "desk"}
	own := filepath.Join(p.Repository(), "tenants", was.Team, "dev")
	if err := platform.Replace(filepath.Join(own, "till.yaml"), "  timeout: 5m\n", "  timeout: 6m\n"); err != nil {
		t.Fatal(err)
	}
	if err := platform.Replace(filepath.Join(own, "kustomization.yaml"), "labels:\n  - pairs:\n", "labels:\n  - pairs:\n      lab/floor: ground\n"); err != nil {
		t.Fatal(err)
	}
	commit(t, p, p.Repository(), "platform", "Edits of the team's files")
	ship(t, p, was, "1.0.0", clusters...)
	merged(t, p)
	before := belongings(t, p)
	if err := p.EditContract("{name: till, ", "{name: desk, formerly: till, "); err != nil {
		t.Fatal(err)
	}
	steps := printedSteps(t, p)
	var ends []func()
	for _, name := range clusters {
		ends = append(ends, guard(t, p.Clusters[name], was)) // Its Deployment keeps its name.
	}

	onEach(t, p, steps[0])
	regenerate(t, p, "--allow-prune")
	for _, name := range clusters {
		gone(t, p.Clusters[name], was.Kustomization())
	}
	budget := filepath.Join(p.Tree(now), "deploy", "base", "pod-disruption-budget.yaml")
	if err := platform.Replace(budget, "name: till\nspec", "name: desk\nspec"); err != nil {
		t.Fatal(err)
	}
	digest := ship(t, p, now, "1.1.0", clusters...)
	for i, name := range clusters {
		ends[i]()
		left := onEach(t, p, step{clusters: []string{name}, commands: steps[2].commands})
		if len(left) != 1 || left[0].ID() != "PodDisruptionBudget harbour/till" {
			t.Errorf("%s: what is left of till: %v, want its PodDisruptionBudget", name, left)
		}
		for _, o := range left {
			if err := p.Clusters[name].Delete(t.Context(), o, kube.Write{}); err != nil {
				t.Error(err)
			}
		}
		o, err := p.Clusters[name].Get(t.Context(), was.Deployment())
		if err != nil || o.String("metadata", "labels", "penstock.dev/app") != now.Name {
			t.Errorf("%s: the Deployment is of app %q, %v", name, o.String("metadata", "labels", "penstock.dev/app"), err)
		}
	}
	runs(t, p, "dev", now, digest, soon)
	o, err := p.Clusters["dev"].Get(t.Context(), now.Kustomization())
	if err != nil || o.String("spec", "timeout") != "6m" || o.String("metadata", "labels", "lab/floor") != "ground" {
		t.Errorf("the edits did not move along: timeout is %q, the labels are %v, %v", o.String("spec", "timeout"), o.Get("metadata", "labels"), err)
	}
	same(t, before, belongings(t, p), func(o kube.Object) bool {
		return of(was.Team, was.Name)(o) || of(now.Team, now.Name)(o)
	})
}

// step is one step of the order that penstock prints for a rename.
type step struct {
	clusters, commands []string
}

var (
	stepLine = regexp.MustCompile(`^    \d\. (?:on ([a-z, ]+), keep Flux)?`)
	indent   = strings.Repeat(" ", 7)
)

// printedSteps lets a rename be refused and reads the order of steps that is printed. A step that names no cluster is for all of them.
func printedSteps(t *testing.T, p *platform.Platform) []step {
	t.Helper()
	head := git(t, p.Repository(), "rev-parse", "HEAD")
	out := penstock(t, p, 4, "generate", "-w", workspace(p), "--commit")
	if now := git(t, p.Repository(), "rev-parse", "HEAD") + git(t, p.Repository(), "status", "--porcelain"); now != head {
		t.Errorf("the refused run changed the repository: %s", now)
	}
	var steps []step
	for line := range strings.Lines(out) {
		line = strings.TrimRight(line, "\n")
		if m := stepLine.FindStringSubmatch(line); m != nil {
			steps = append(steps, step{clusters: clusters})
			if m[1] != "" {
				steps[len(steps)-1].clusters = strings.Split(m[1], ", ")
			}
		} else if text, ok := strings.CutPrefix(line, indent); ok {
			last := &steps[len(steps)-1]
			last.commands = append(last.commands, text)
		}
	}
	if len(steps) != 3 || len(steps[0].commands) == 0 || len(steps[2].commands) == 0 || len(steps[0].clusters) != len(clusters) {
		t.Fatalf("want three steps for all clusters, commands in the first and the last, got %+v", steps)
	}
	return steps
}

// onEach types the commands of a step on its clusters, and returns what they list.
func onEach(t *testing.T, p *platform.Platform, s step) []kube.Object {
	t.Helper()
	var listed []kube.Object
	for _, name := range s.clusters {
		listed = append(listed, byHand(t, p.Clusters[name], s.commands...)...)
	}
	return listed
}

// byHand does what commands of flux and kubectl do, and returns what they list.
func byHand(t *testing.T, c *stack.Cluster, commands ...string) []kube.Object {
	t.Helper()
	var listed []kube.Object
	for _, text := range commands {
		var err error
		words := strings.Fields(text)
		ref := kube.Ref("kustomize.toolkit.fluxcd.io/v1", "Kustomization", words[len(words)-1], words[len(words)-3])
		if slices.Contains(words, "oci") {
			ref["apiVersion"], ref["kind"] = "source.toolkit.fluxcd.io/v1", "OCIRepository"
		}
		switch {
		case words[0] == "flux" && (words[1] == "suspend" || words[1] == "resume"):
			patch := kube.Object{"spec": map[string]any{"suspend": words[1] == "suspend"}}
			_, err = c.Merge(t.Context(), ref, patch, kube.Write{Manager: "flux"})
		case strings.HasPrefix(text, "flux delete kustomization ") && words[6] == "--silent":
			err = c.Delete(t.Context(), kube.Ref("kustomize.toolkit.fluxcd.io/v1", "Kustomization", words[5], words[3]), kube.Write{})
		case strings.HasPrefix(text, "kubectl delete namespace "):
			err = c.Delete(t.Context(), kube.Ref("v1", "Namespace", "", words[3]), kube.Write{})
		case words[0] == "kubectl" && words[3] == "get" && words[5] == "--selector":
			listed = append(listed, selected(t, c, words[2], strings.Split(words[4], ","), words[6])...)
		default:
			t.Fatalf("what does %q do?", text)
		}
		if err != nil {
			t.Fatalf("%s: %s: %v", c.Name, text, err)
		}
	}
	return listed
}

// selected lists the objects of a namespace as "kubectl get --selector" does.
func selected(t *testing.T, c *stack.Cluster, namespace string, kinds []string, selector string) []kube.Object {
	t.Helper()
	label, value, _ := strings.Cut(selector, "=")
	known := map[string][]string{
		"all": {
			"v1 Pod", "v1 Service", "apps/v1 DaemonSet", "apps/v1 Deployment", "apps/v1 ReplicaSet", "apps/v1 StatefulSet",
			"autoscaling/v2 HorizontalPodAutoscaler", "batch/v1 CronJob", "batch/v1 Job",
		},
		"configmap": {"v1 ConfigMap"}, "ingress": {"networking.k8s.io/v1 Ingress"}, "persistentvolumeclaim": {"v1 PersistentVolumeClaim"},
		"poddisruptionbudget": {"policy/v1 PodDisruptionBudget"}, "secret": {"v1 Secret"}, "serviceaccount": {"v1 ServiceAccount"},
	}
	var found []kube.Object
	for _, resource := range kinds {
		for _, kind := range known[resource] {
			apiVersion, kind, _ := strings.Cut(kind, " ")
			list, err := c.List(t.Context(), kube.Ref(apiVersion, kind, namespace, ""))
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range list {
				if o.String("metadata", "labels", label) == value {
					found = append(found, kube.Ref(apiVersion, kind, namespace, o.Name()))
				}
			}
		}
	}
	return found
}

// ship releases an app and promotes it from environment to environment, where Git pins by a commit, until it runs.
func ship(t *testing.T, p *platform.Platform, app platform.App, version string, envs ...string) string {
	t.Helper()
	var more []string
	if envs[0] == "-c" {
		more, envs = envs[:2], envs[2:]
	}
	digest := bundled(t, p, app, version, more...)
	for _, env := range envs {
		if env == "dr" {
			pinned(t, p, app, version, digest)
		} else {
			promote(t, p, 0, app, version, env, more...)
			call(t, p, env, app)
		}
	}
	for _, env := range envs {
		runs(t, p, env, app, digest, soon)
	}
	return digest
}

var pinSpec = regexp.MustCompile(`(?s)\nspec:\n.*`)

// pinned writes the pin of an app on dr and pushes it; the other clusters read that commit with the next one.
func pinned(t *testing.T, p *platform.Platform, app platform.App, version, digest string) {
	t.Helper()
	pin := filepath.Join(p.Repository(), "tenants", app.Team, "dr", app.Name+".pin.yaml")
	text, err := read(pin)
	if err != nil {
		t.Fatal(err)
	}
	text = pinSpec.ReplaceAllString(text, "\nspec:\n  ref:\n    tag: dr-2026-02-22.1-"+version+"\n    digest: "+digest+"\n")
	if err := write(pin, text); err != nil {
		t.Fatal(err)
	}
	commit(t, p, p.Repository(), "platform", "Promote "+app.Name+" to dr")
	if err := p.Refresh(t.Context(), p.Clusters["dr"]); err != nil {
		t.Fatal(err)
	}
}
