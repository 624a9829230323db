// Package workflowtest turns generated pipelines, an event and inputs into
// steps that were really executed, and tells what each did.
//
// It takes repositories as folders, the workflow's path and stand-ins for
// third-party actions, and runs every "run" step with the shell, the working
// directory and the environment that a runner of GitHub gives it. What a
// process can see of permissions is enforced: no "id-token: write", no token
// endpoint. What GitHub itself would refuse, as an input that is not declared,
// is an error of Run.
//
// It knows nothing of Penstock, runs one job at a time, and refuses what it
// does not know, as a matrix. RunGitLab does the same for GitLab. What a text of
// a workflow comes to is in the package expression, how a GitLab pipeline is
// read in the package gitlab.
package workflowtest

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/testkit/workflowtest/expression"
)

// Run runs a workflow. The error is what would keep it from starting; a step
// that fails is in the result.
func Run(ctx context.Context, o Options) (Result, error) {
	s, err := newSession(ctx, o)
	if err != nil {
		return Result{}, err
	}
	defer s.close()
	dir, err := s.tree(ctx, o.Repository, s.sha)
	if err != nil {
		return Result{}, err
	}
	file, err := loadWorkflow(filepath.Join(dir, filepath.FromSlash(o.Workflow)))
	if err != nil {
		return Result{}, err
	}
	if !file.on.match(o.Event, s.ref) {
		return Result{}, nil
	}
	s.top, s.result.Triggered = file, true
	w := &workflow{
		session: s, file: file, slug: o.Repository, ref: s.ref, at: s.sha, path: o.Workflow,
		limit: permissions{}, results: map[string]outcome{},
	}
	for _, scope := range scopes() {
		w.limit[scope] = "write"
	}
	if w.inputs, err = file.on[o.Event.Name].inputs(expression.Object(o.Event.Inputs), false); err != nil {
		return Result{}, fmt.Errorf("%s: %w", o.Workflow, err)
	}
	_, s.result.Conclusion, err = w.run(ctx)
	return s.result, err
}

// workflow is one workflow of a run: the event's own, or one that a job calls.
type workflow struct {
	*session
	file           workflowFile
	slug, path     string // where it stands
	ref, at        string // as the token names it, and what to read
	prefix         string // of the names of its jobs
	inputs         map[string]any
	called         bool
	secrets        map[string]string // those that the caller passed, where called
	inherit        bool
	limit, granted permissions // what its jobs may ask for, and have where they don't
	groups         []Concurrency
	results        map[string]outcome
}

// outcome is what other jobs see of a job.
type outcome struct {
	result  string
	outputs map[string]string
	status  string // of the job and all before it
}

func (w *workflow) workflowRef() string { return w.slug + "/" + w.path + "@" + w.ref }

// run runs the jobs and returns what they come to.
func (w *workflow) run(ctx context.Context) (jobs map[string]any, conclusion string, err error) {
	if w.file.Permissions != nil {
		w.granted = *w.file.Permissions
	} else if !w.called {
		w.granted = restricted()
	}
	if !w.called {
		w.secrets = w.repository().Secrets
	}
	c, err := w.concurrency(w.file.Concurrency, w.base("github", "inputs", "vars"))
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", w.path, err)
	}
	w.groups = append(slices.Clone(w.groups), c...)
	for len(w.results) < len(w.file.order) {
		id := w.next()
		if id == "" {
			return nil, "", fmt.Errorf("%s: the jobs need each other in a circle", w.path)
		}
		o, err := w.job(ctx, id, w.file.jobs[id])
		if err != nil {
			return nil, "", fmt.Errorf("%s: job %s: %w", w.path, id, err)
		}
		w.results[id] = o
	}
	jobs = map[string]any{}
	for id, o := range w.results {
		jobs[id] = map[string]any{"result": o.result, "outputs": expression.Object(o.outputs)}
	}
	return jobs, w.conclusion(), nil
}

// next is the first job in the file whose needs have ended.
func (w *workflow) next() string {
	for _, id := range w.file.order {
		_, done := w.results[id]
		ready := !slices.ContainsFunc(w.file.jobs[id].Needs, func(n string) bool { _, ok := w.results[n]; return !ok })
		if !done && ready {
			return id
		}
	}
	return ""
}

func (w *workflow) conclusion() string {
	found := map[string]bool{}
	for _, o := range w.results {
		found[o.result] = true
	}
	for _, c := range []string{"waiting", "failure", "cancelled", "success"} {
		if found[c] {
			return c
		}
	}
	return "skipped"
}

// base is a scope with some of the contexts that all jobs share.
func (w *workflow) base(names ...string) expression.Scope {
	all := expression.Scope{Contexts: map[string]any{
		"github": w.github(), "inputs": w.inputs, "vars": expression.Object(w.repository().Vars),
		"matrix": nil, "strategy": nil,
	}}
	return all.Only(names...)
}

func (w *workflow) concurrency(g *group, s expression.Scope) ([]Concurrency, error) {
	if g == nil {
		return nil, nil
	}
	name, err := s.Expand(g.Group)
	if err != nil {
		return nil, err
	}
	cancel, err := s.Value(g.Cancel)
	if err != nil {
		return nil, err
	}
	if name == "" {
		return nil, fmt.Errorf("concurrency: the group %q is empty", g.Group)
	}
	return []Concurrency{{Group: name, Cancel: strings.EqualFold(expression.Text(cancel), "true")}}, nil
}
