package gen_test

import (
	"path"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// workflow is a file below .github as a reviewer reads it, comments included.
type workflow struct {
	path string
	root *yaml.Node
}

// action reports whether it is a composite action.
func (w workflow) action() bool { return path.Base(w.path) == "action.yaml" }

// wjob is a job, or the steps of a composite action.
type wjob struct {
	id   string
	node *yaml.Node
}

// wstep is a step of a job.
type wstep struct {
	job  wjob
	node *yaml.Node
}

func (s wstep) id() string { return s.job.id + ": " + scalar(s.node, "name") }

func readWorkflow(t testing.TB, p string, data []byte) workflow {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		t.Fatalf("%s: %v", p, err)
	}
	return workflow{p, doc.Content[0]}
}

// get returns the value at a path of keys, or nil.
func get(n *yaml.Node, keys ...string) *yaml.Node {
	for _, k := range keys {
		if n == nil || n.Kind != yaml.MappingNode {
			return nil
		}
		var value *yaml.Node
		for i := 0; i < len(n.Content); i += 2 {
			if n.Content[i].Value == k {
				value = n.Content[i+1]
			}
		}
		n = value
	}
	return n
}

func scalar(n *yaml.Node, keys ...string) string {
	if v := get(n, keys...); v != nil && v.Kind == yaml.ScalarNode {
		return v.Value
	}
	return ""
}

// pairs calls f for each entry of a mapping.
func pairs(n *yaml.Node, f func(key, value *yaml.Node)) {
	if n == nil || n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i < len(n.Content); i += 2 {
		f(n.Content[i], n.Content[i+1])
	}
}

// walk calls f for each scalar below a node, with the keys that lead there.
func walk(n *yaml.Node, keys []string, f func(keys []string, value *yaml.Node)) {
	switch {
	case n == nil:
	case n.Kind == yaml.ScalarNode:
		f(keys, n)
	case n.Kind == yaml.MappingNode:
		pairs(n, func(k, v *yaml.Node) { walk(v, append(slices.Clip(keys), k.Value), f) })
	default:
		for _, c := range n.Content {
			walk(c, append(slices.Clip(keys), "-"), f)
		}
	}
}

func (w workflow) jobs() []wjob {
	if w.action() {
		return []wjob{{"runs", get(w.root, "runs")}}
	}
	var jobs []wjob
	pairs(get(w.root, "jobs"), func(k, v *yaml.Node) { jobs = append(jobs, wjob{k.Value, v}) })
	return jobs
}

func (w workflow) job(id string) *yaml.Node { return get(w.root, "jobs", id) }

func (w workflow) steps() []wstep {
	var steps []wstep
	for _, j := range w.jobs() {
		if list := get(j.node, "steps"); list != nil {
			for _, s := range list.Content {
				steps = append(steps, wstep{j, s})
			}
		}
	}
	return steps
}

// uses calls f for everything that the file takes from elsewhere.
func (w workflow) uses(f func(at string, uses *yaml.Node)) {
	for _, j := range w.jobs() {
		if u := get(j.node, "uses"); u != nil {
			f(j.id, u)
		}
	}
	for _, s := range w.steps() {
		if u := get(s.node, "uses"); u != nil {
			f(s.id(), u)
		}
	}
}

// workflows returns the workflows and composite actions of a workspace.
func (d delivery) workflows(t testing.TB) []workflow {
	t.Helper()
	var list []workflow
	for _, p := range d.files.Paths() {
		if strings.Contains(p, "/.github/workflows/") || strings.HasSuffix(p, "/action.yaml") && strings.Contains(p, "/.github/actions/") {
			list = append(list, readWorkflow(t, p, d.files[p].Data))
		}
	}
	return list
}

// onGitHub runs a test for each contract whose CI is GitHub Actions: those of
// each, and those that only workflows care about.
func onGitHub(t *testing.T, test func(*testing.T, delivery)) {
	t.Helper()
	ran := 0
	each(t, func(t *testing.T, d delivery) {
		if d.m.CI.Provider == "github-actions" {
			test(t, d)
		}
	})
	for name, source := range githubContracts(t) {
		ran++
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, deliver(t, name, source))
		})
	}
	if ran < 5 {
		t.Fatalf("only %d contracts for GitHub", ran)
	}
}
