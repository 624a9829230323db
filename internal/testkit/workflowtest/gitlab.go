package workflowtest

import (
	"context"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/penstock-dev/penstock/internal/testkit/workflowtest/expression"
	"github.com/penstock-dev/penstock/internal/testkit/workflowtest/gitlab"
)

// GitLabOptions are one pipeline of a project on GitLab.
type GitLabOptions struct {
	// Repositories are all that the pipeline can reach, by path of the project.
	// Their Vars and Secrets are CI/CD variables, those of Environments the
	// variables of that scope; Secrets are masked.
	Repositories map[string]*Repository
	Project      string
	// Ref is a branch; "" stands for the default one. Only that is protected.
	Ref string
	// Source is CI_PIPELINE_SOURCE; "" stands for push.
	Source string
	// Inputs are those of a pipeline that a person starts.
	Inputs map[string]string
	// Variables go before all others, as those of a manual run do.
	Variables map[string]string
	// Number is the pipeline's own in the project; 0 stands for 1.
	Number   int
	User     string
	Changed  []string
	Programs map[string]string
	Env      map[string]string
	// Approve answers for manual jobs; nil starts them.
	Approve func(Approval) Verdict
	// Issuer gives id_tokens; nil stands for one that ends with the pipeline.
	Issuer *Issuer
	Clock  func() time.Time
	Log    io.Writer
}

// pipeline is what the jobs of a GitLab pipeline share.
type pipeline struct {
	*session
	g       GitLabOptions
	file    map[string]any
	results map[string]outcome
}

// RunGitLab runs a pipeline; the result's jobs have the step "script", and a
// resource group as their concurrency.
func RunGitLab(ctx context.Context, g GitLabOptions) (Result, error) {
	o := Options{
		Repositories: g.Repositories, Repository: g.Project, RunNumber: g.Number, Programs: g.Programs,
		Env: g.Env, Issuer: g.Issuer, Clock: g.Clock, Log: g.Log,
	}
	o.Event = Event{Name: or(g.Source, "push"), Actor: g.User, Changed: g.Changed}
	if g.Ref != "" {
		o.Event.Ref = "refs/heads/" + g.Ref
	}
	s, err := newSession(ctx, o)
	if err != nil {
		return Result{}, err
	}
	defer s.close()
	if g.Issuer == nil {
		s.issuer.Name = "https://gitlab.com"
	}
	p := &pipeline{session: s, g: g, results: map[string]outcome{}}
	dir, err := s.tree(ctx, g.Project, s.sha)
	if err != nil {
		return Result{}, err
	}
	if p.file, err = gitlab.Read(ctx, s.tree, dir, g.Inputs); err != nil {
		return Result{}, err
	}
	variables := p.predefined()
	maps.Copy(variables, p.declared(p.file["variables"]))
	maps.Copy(variables, p.g.Variables)
	if w, ok := p.file["workflow"].(map[string]any); ok {
		when, err := gitlab.Rules(gitlab.List(w["rules"]), variables, g.Changed)
		if err != nil || when == "never" {
			return Result{}, err
		}
	}
	s.result.Triggered = true
	err = p.jobs(ctx, variables)
	return s.result, err
}

// jobs runs the jobs stage by stage, and by needs where a job has them.
func (p *pipeline) jobs(ctx context.Context, variables map[string]string) error {
	stages := gitlab.Texts(p.file["stages"])
	if stages == nil {
		stages = []string{"build", "test", "deploy"}
	}
	when := map[string]string{}
	var order []string
	for _, stage := range stages {
		for _, name := range expression.SortedKeys(p.file) {
			job, ok := p.file[name].(map[string]any)
			if !ok || strings.HasPrefix(name, ".") || slices.Contains(gitlab.Keywords(), name) || or(expression.Text(job["stage"]), "test") != stage {
				continue
			}
			if job["script"] == nil {
				return fmt.Errorf("job %s: has no script", name)
			}
			w, err := gitlab.When(job, merged(variables, p.declared(job["variables"])), p.g.Changed)
			if err != nil {
				return fmt.Errorf("job %s: %w", name, err)
			}
			if w != "never" {
				when[name], order = w, append(order, name)
			}
		}
	}
	for len(order) > 0 {
		i := slices.IndexFunc(order, func(name string) bool { return p.ready(name, order) })
		if i < 0 {
			return fmt.Errorf("the jobs %v need each other in a circle", order)
		}
		name := order[i]
		order = slices.Delete(order, i, i+1)
		if err := p.job(ctx, name, when[name], when, variables); err != nil {
			return fmt.Errorf("job %s: %w", name, err)
		}
	}
	p.result.Conclusion = "success"
	for _, o := range p.results {
		p.result.Conclusion = worse(p.result.Conclusion, o.status)
	}
	return nil
}

// needs are the jobs that a job waits for; without "needs" those of earlier stages.
func (p *pipeline) needs(name string) (names []string, optional map[string]bool, given bool) {
	job, _ := p.file[name].(map[string]any)
	optional = map[string]bool{}
	if n, ok := job["needs"]; ok {
		for _, e := range gitlab.List(n) {
			if m, ok := e.(map[string]any); ok {
				names = append(names, expression.Text(m["job"]))
				optional[expression.Text(m["job"])] = expression.Truth(m["optional"])
			} else {
				names = append(names, expression.Text(e))
			}
		}
		return names, optional, true
	}
	stages := gitlab.Texts(p.file["stages"])
	at := slices.Index(stages, expression.Text(job["stage"]))
	for _, other := range expression.SortedKeys(p.file) {
		o, ok := p.file[other].(map[string]any)
		if ok && !strings.HasPrefix(other, ".") && !slices.Contains(gitlab.Keywords(), other) && slices.Index(stages, expression.Text(o["stage"])) < at {
			names, optional[other] = append(names, other), true
		}
	}
	return names, optional, false
}

func (p *pipeline) ready(name string, waiting []string) bool {
	needs, _, _ := p.needs(name)
	return !slices.ContainsFunc(needs, func(n string) bool { return slices.Contains(waiting, n) })
}

// predefined are the variables that GitLab sets for a pipeline.
func (p *pipeline) predefined() map[string]string {
	group, name := filepath.Split(p.g.Project)
	host := strings.TrimPrefix(p.host.url, "http://")
	address, port, _ := strings.Cut(host, ":")
	server := "https://gitlab.com"
	v := map[string]string{
		"CI": "true", "GITLAB_CI": "true", "CI_SERVER": "yes", "CI_SERVER_HOST": address, "CI_SERVER_PORT": port, "CI_SERVER_PROTOCOL": "http",
		"CI_SERVER_URL": server, "CI_API_V4_URL": server + "/api/v4", "CI_PROJECT_PATH": p.g.Project, "CI_PROJECT_NAME": name,
		"CI_PROJECT_NAMESPACE": strings.TrimSuffix(group, "/"), "CI_PROJECT_ID": id(p.g.Project), "CI_PROJECT_URL": server + "/" + p.g.Project,
		"CI_DEFAULT_BRANCH": p.repository().branch(), "CI_COMMIT_SHA": p.sha, "CI_COMMIT_SHORT_SHA": p.sha[:8],
		"CI_COMMIT_REF_NAME": p.branchName(), "CI_COMMIT_REF_PROTECTED": strconv.FormatBool(p.protected()), "CI_CONFIG_PATH": ".gitlab-ci.yml",
		"CI_PIPELINE_SOURCE": or(p.g.Source, "push"), "CI_PIPELINE_IID": p.runNumber(), "CI_PIPELINE_ID": "7" + p.runNumber(),
		"CI_PIPELINE_URL": server + "/" + p.g.Project + "/-/pipelines/7" + p.runNumber(), "GITLAB_USER_LOGIN": p.actor(), "GITLAB_USER_EMAIL": p.actor() + "@acme.example",
	}
	if p.g.Source != "merge_request_event" {
		v["CI_COMMIT_BRANCH"] = p.branchName()
	}
	maps.Copy(v, p.repository().Vars)
	maps.Copy(v, p.repository().Secrets)
	return v
}

// job runs one job.
func (p *pipeline) job(ctx context.Context, name, when string, all, variables map[string]string) error {
	job, _ := p.file[name].(map[string]any)
	needs, optional, given := p.needs(name)
	status := "success"
	j := Job{Name: name, Workflow: p.g.Project + "//.gitlab-ci.yml@" + p.ref, Conclusion: "success"}
	dotenv := map[string]string{}
	for _, n := range needs {
		if _, there := all[n]; !there {
			if given && !optional[n] {
				return fmt.Errorf("needs %s, which is not in the pipeline", n)
			}
			continue
		}
		status = worse(status, p.results[n].status)
		maps.Copy(dotenv, p.results[n].outputs)
	}
	env, err := p.environment(job, &j, merged(merged(variables, p.declared(job["variables"])), p.g.Variables))
	if err != nil {
		return err
	}
	maps.Copy(env, dotenv)
	if g := expression.Text(job["resource_group"]); g != "" {
		j.Concurrency = []Concurrency{{Group: expandVariables(g, env)}}
	}
	if when == "manual" && status == "success" && p.g.Approve != nil {
		switch p.g.Approve(Approval{Repository: p.g.Project, Environment: j.Environment, Job: name, Reviewers: p.repository().Environments[j.Environment].Reviewers}) {
		case Approved:
		case Refused:
			status = "failure"
		case Unanswered:
			status = "waiting"
		}
	}
	if status != "success" {
		j.Conclusion = map[string]string{"failure": "skipped", "waiting": "waiting", "skipped": "skipped", "cancelled": "skipped"}[status]
		p.result.Jobs = append(p.result.Jobs, j)
		p.results[name] = outcome{result: j.Conclusion, status: status}
		return nil
	}
	outputs, err := p.script(ctx, job, &j, env)
	if err != nil {
		return err
	}
	o := outcome{result: j.Conclusion, outputs: outputs, status: j.Conclusion}
	if expression.Truth(job["allow_failure"]) && when != "manual" {
		o.status = "success"
	}
	p.results[name] = o
	p.result.Jobs = append(p.result.Jobs, j)
	return nil
}

// environment is a job's own, whose variables it then has.
func (p *pipeline) environment(job map[string]any, j *Job, env map[string]string) (map[string]string, error) {
	name := expression.Text(job["environment"])
	if m, ok := job["environment"].(map[string]any); ok {
		name = expression.Text(m["name"])
	}
	if name == "" || job["environment"] == nil {
		return env, nil
	}
	j.Environment = expandVariables(name, env)
	e := p.repository().Environments[j.Environment]
	if e.Branches != nil && !slices.Contains(e.Branches, p.branchName()) {
		return nil, fmt.Errorf("%s: this job could not be executed because the environment is protected", j.Environment)
	}
	env = merged(merged(env, e.Vars), e.Secrets)
	env["CI_ENVIRONMENT_NAME"] = j.Environment
	return env, nil
}
