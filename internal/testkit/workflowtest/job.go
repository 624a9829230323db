package workflowtest

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/penstock-dev/penstock/internal/testkit/workflowtest/expression"
)

// job is a job that runs on a runner of its own.
type job struct {
	*workflow
	id     string
	file   jobFile
	index  int // in the session's result
	result Job

	permissions           permissions
	token, oidc           string
	workspace, temp, home string
	env, exported         map[string]string
	path                  []string
	needs                 map[string]any
	vars, secrets         map[string]string
}

// job decides whether a job runs, and runs it.
func (w *workflow) job(ctx context.Context, id string, f jobFile) (outcome, error) {
	before := w.before(f.Needs)
	s := w.base("github", "inputs", "vars", "matrix", "strategy").With("needs", w.needs(f.Needs))
	s.Status = before
	name, err := s.Expand(or(f.Name, id))
	if err != nil {
		return outcome{}, err
	}
	ended := func(result string) outcome {
		w.result.Jobs = append(w.result.Jobs, Job{Name: w.prefix + name, Workflow: w.workflowRef(), Conclusion: result})
		return outcome{result: result, status: worse(before, result)}
	}
	if before == "waiting" {
		return ended("waiting"), nil
	}
	run, err := s.Condition(f.If)
	if err != nil {
		return outcome{}, err
	}
	if !run {
		return ended("skipped"), nil
	}
	groups, err := w.concurrency(f.Concurrency, s)
	if err != nil {
		return outcome{}, err
	}
	granted := w.granted
	if f.Permissions != nil {
		granted = *f.Permissions
	}
	if what, beyond := granted.exceeds(w.limit); beyond {
		return outcome{}, fmt.Errorf("is requesting %s by its caller", what)
	}
	groups = append(slices.Clone(w.groups), groups...)
	if f.Uses != "" {
		o, err := w.call(ctx, f, s, called{name: w.prefix + name + " / ", granted: granted, groups: groups})
		o.status = worse(before, o.result)
		return o, err
	}
	j := &job{workflow: w, id: id, file: f, permissions: granted, needs: w.needs(f.Needs), vars: w.repository().Vars, secrets: w.secrets}
	j.result = Job{Name: w.prefix + name, Workflow: w.workflowRef(), Permissions: granted, Concurrency: groups, Conclusion: "success"}
	j.index = len(w.result.Jobs)
	w.result.Jobs = append(w.result.Jobs, j.result)
	err = j.run(ctx, s)
	w.result.Jobs[j.index] = j.result
	return outcome{result: j.result.Conclusion, outputs: j.result.Outputs, status: worse(before, j.result.Conclusion)}, err
}

// before is what success() and its like look at: all jobs before, not only
// those that are named in needs.
func (w *workflow) before(needs []string) string {
	status := "success"
	for _, n := range needs {
		status = worse(status, w.results[n].status)
	}
	return status
}

func worse(a, b string) string {
	for _, s := range []string{"waiting", "failure", "cancelled", "skipped"} {
		if a == s || b == s {
			return s
		}
	}
	return "success"
}

func (w *workflow) needs(ids []string) map[string]any {
	m := map[string]any{}
	for _, id := range ids {
		m[id] = map[string]any{"result": w.results[id].result, "outputs": expression.Object(w.results[id].outputs)}
	}
	return m
}

// run runs a job's steps on a new runner.
func (j *job) run(ctx context.Context, s expression.Scope) error {
	if may, err := j.enter(s); err != nil || !may {
		return err
	}
	if err := j.machine(); err != nil {
		return err
	}
	defer j.issuer.forget(j.oidc)
	if j.file.Timeout != "" {
		minutes, err := strconv.ParseFloat(j.file.Timeout, 64)
		if err != nil {
			return fmt.Errorf("timeout-minutes: %w", err)
		}
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(minutes*float64(time.Minute)))
		defer cancel()
	}
	f := &frame{job: j, steps: map[string]any{}, inputs: j.inputs, status: "success"}
	for _, env := range []map[string]string{j.workflow.file.Env, j.file.Env} {
		more, err := expandAll(f.scope(j.env).Only("github", "needs", "vars", "inputs", "secrets", "matrix", "strategy"), env)
		if err != nil {
			return fmt.Errorf("env: %w", err)
		}
		maps.Copy(j.env, more)
	}
	if err := f.run(ctx, j.file.Steps); err != nil {
		return err
	}
	j.result.Conclusion = f.status
	return j.outputs(f)
}

// enter takes the job's environment; false where it may not go on.
func (j *job) enter(s expression.Scope) (bool, error) {
	if j.file.Environment == nil {
		return true, nil
	}
	name, err := s.Expand(j.file.Environment.Name)
	if err != nil {
		return false, fmt.Errorf("environment: %w", err)
	}
	j.result.Environment = name
	env := j.repository().Environments[name]
	if env.Branches != nil && !slices.Contains(env.Branches, j.branchName()) {
		j.result.Conclusion = "failure"
		j.refuse(fmt.Sprintf("Branch %q is not allowed to deploy to %s due to environment protection rules.", j.branchName(), name))
		return false, nil
	}
	if len(env.Reviewers) > 0 && j.o.Approve != nil {
		switch j.o.Approve(Approval{Repository: j.o.Repository, Environment: name, Job: j.result.Name, Reviewers: env.Reviewers}) {
		case Approved:
		case Refused:
			j.result.Conclusion = "failure"
			j.refuse("This deployment was rejected.")
			return false, nil
		case Unanswered:
			j.result.Conclusion = "waiting"
			return false, nil
		}
	}
	j.vars = merged(j.vars, env.Vars)
	own := map[string]string{}
	for k, v := range env.Secrets {
		// In a called workflow a secret is there only where the caller passed
		// one of that name, be it empty: actions/runner, issue 1490.
		if _, passed := j.secrets[k]; passed || !j.called || j.inherit {
			own[k] = v
		}
	}
	j.secrets = merged(j.secrets, own)
	return true, nil
}

func (j *job) refuse(message string) {
	j.result.Steps = append(j.result.Steps, Step{
		Name: "Set up job", Outcome: "failure", Conclusion: "failure", Log: message + "\n",
		Annotations: []Annotation{{Level: "error", Message: message}},
	})
}

// machine is a runner for one job.
func (j *job) machine() error {
	j.jobs++
	root := filepath.Join(j.dir, "runner"+strconv.Itoa(j.jobs))
	_, name, _ := cutSlug(j.o.Repository)
	j.workspace, j.temp, j.home = filepath.Join(root, "work", name, name), filepath.Join(root, "temp"), filepath.Join(root, "home")
	for _, d := range []string{j.workspace, filepath.Join(j.temp, "_github_workflow"), j.home} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			return err
		}
	}
	event, err := json.Marshal(j.event)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(j.temp, "_github_workflow", "event.json"), event, 0o644); err != nil {
		return err
	}
	j.env, j.exported = map[string]string{}, map[string]string{}
	if j.token, err = newToken(j.o.Repository, j.permissions); err != nil {
		return err
	}
	j.mask(j.token)
	j.secrets = merged(j.secrets, map[string]string{"GITHUB_TOKEN": j.token})
	if j.permissions.has("id-token", "write") {
		j.oidc = secretText("oidc")
		j.mask(j.oidc)
		j.issuer.allow(j.oidc, j.claims())
	}
	return j.gitSettings()
}

// outputs hands on what the job declares, but nothing that holds a secret.
func (j *job) outputs(f *frame) error {
	s := f.scope(j.environ())
	j.result.Outputs = map[string]string{}
	for _, name := range expression.SortedKeys(j.file.Outputs) {
		v, err := s.Expand(j.file.Outputs[name])
		if err != nil {
			return fmt.Errorf("outputs: %s: %w", name, err)
		}
		if j.masked(v) != v {
			j.refuse(fmt.Sprintf("Skip output '%s' since it may contain secret.", name))
			continue
		}
		j.result.Outputs[name] = v
	}
	return nil
}

func merged(base, over map[string]string) map[string]string {
	m := maps.Clone(base)
	if m == nil {
		m = map[string]string{}
	}
	maps.Copy(m, over)
	return m
}

func expandAll(s expression.Scope, in map[string]string) (map[string]string, error) {
	out := map[string]string{}
	for _, k := range expression.SortedKeys(in) {
		v, err := s.Expand(in[k])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", k, err)
		}
		out[k] = v
	}
	return out, nil
}
