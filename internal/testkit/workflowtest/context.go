package workflowtest

import (
	"maps"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/penstock-dev/penstock/internal/testkit/workflowtest/expression"
)

// github is the context of that name, which is the caller's in a called
// workflow too.
func (s *session) github() map[string]any {
	owner, _, _ := strings.Cut(s.o.Repository, "/")
	number, ownerNumber := s.repository().numbers(s.o.Repository)
	g := map[string]any{
		"actor": s.actor(), "triggering_actor": s.actor(), "event_name": s.o.Event.Name, "event": s.event,
		"ref": s.ref, "ref_name": s.branchName(), "ref_type": s.refType(), "ref_protected": s.protected(),
		"repository": s.o.Repository, "repository_owner": owner, "sha": s.sha,
		"run_id": s.runID(), "run_number": s.runNumber(), "run_attempt": strconv.Itoa(max(s.o.RunAttempt, 1)),
		"repository_id": number, "repository_owner_id": ownerNumber,
		"server_url": s.server(), "api_url": "https://api.github.com", "graphql_url": "https://api.github.com/graphql",
		"workflow": or(s.top.Name, s.o.Workflow), "workflow_ref": s.workflowRef(), "workflow_sha": s.sha,
		"head_ref": "", "base_ref": "",
	}
	if s.o.Event.Name == "pull_request" {
		g["head_ref"], g["base_ref"] = s.branchName(), s.repository().branch()
	}
	return g
}

func (s *session) refType() string {
	if strings.HasPrefix(s.ref, "refs/tags/") {
		return "tag"
	}
	return "branch"
}

func (s *session) protected() bool { return s.ref == "refs/heads/"+s.repository().branch() }

// environ is what a runner sets for each step of a job.
func (j *job) environ() map[string]string {
	env := map[string]string{
		"CI": "true", "GITHUB_ACTIONS": "true", "HOME": j.home, "LANG": "C.UTF-8", "USER": "runner",
		"RUNNER_OS": "Linux", "RUNNER_ARCH": "X64", "RUNNER_NAME": "GitHub Actions 1", "RUNNER_ENVIRONMENT": "github-hosted",
		"RUNNER_TEMP": j.temp, "RUNNER_TOOL_CACHE": filepath.Join(j.dir, "tools"), "RUNNER_WORKSPACE": filepath.Dir(j.workspace),
		"GITHUB_WORKSPACE": j.workspace, "GITHUB_EVENT_PATH": filepath.Join(j.temp, "_github_workflow", "event.json"),
		"GITHUB_JOB": j.id, "GITHUB_RETENTION_DAYS": "90",
	}
	for _, k := range []string{
		"actor", "triggering_actor", "event_name", "ref", "ref_name", "ref_type", "ref_protected", "repository", "repository_owner", "repository_id", "repository_owner_id", "sha",
		"run_id", "run_number", "run_attempt", "server_url", "api_url", "graphql_url", "workflow", "workflow_ref", "workflow_sha", "head_ref", "base_ref",
	} {
		env["GITHUB_"+strings.ToUpper(k)] = expression.Text(j.github()[k])
	}
	if j.oidc != "" {
		env["ACTIONS_ID_TOKEN_REQUEST_URL"] = j.issuer.URL + "/token?api-version=2.0"
		env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = j.oidc
	}
	maps.Copy(env, j.o.Env)
	maps.Copy(env, j.env)
	maps.Copy(env, j.exported)
	env["PATH"] = strings.Join(append(append([]string{}, j.path...), j.bin), string(filepath.ListSeparator))
	return env
}

// claims are those of the job's OIDC tokens.
func (j *job) claims() map[string]any {
	g := j.github()
	c := map[string]any{}
	for _, k := range []string{
		"actor", "event_name", "ref", "ref_type", "repository", "repository_owner", "repository_id", "repository_owner_id", "sha",
		"run_id", "run_number", "run_attempt", "workflow", "workflow_ref", "workflow_sha", "head_ref", "base_ref",
	} {
		c[k] = expression.Text(g[k])
	}
	c["ref_protected"] = expression.Text(g["ref_protected"])
	c["job_workflow_ref"], c["job_workflow_sha"] = j.workflowRef(), j.at
	c["runner_environment"], c["repository_visibility"] = "github-hosted", "private"
	if j.result.Environment != "" {
		c["environment"] = j.result.Environment
	}
	c["sub"] = j.subject(c)
	return c
}

func (j *job) subject(claims map[string]any) string {
	parts := j.repository().Subject
	if parts == nil {
		parts = []string{"repo", "context"}
	}
	var sub []string
	for _, p := range parts {
		switch {
		case p == "repo":
			sub = append(sub, "repo:"+j.subjectName())
		case p != "context":
			sub = append(sub, p+":"+escaped(expression.Text(claims[p])))
		case j.result.Environment != "":
			sub = append(sub, "environment:"+escaped(j.result.Environment))
		case j.o.Event.Name == "pull_request":
			sub = append(sub, "pull_request")
		default:
			sub = append(sub, "ref:"+j.ref0())
		}
	}
	return strings.Join(sub, ":")
}

// subjectName is the repository as the key "repo" has it.
func (j *job) subjectName() string {
	if !j.repository().Immutable {
		return j.o.Repository
	}
	number, ownerNumber := j.repository().numbers(j.o.Repository)
	owner, name, _ := strings.Cut(j.o.Repository, "/")
	return owner + "@" + ownerNumber + "/" + name + "@" + number
}

// escaped is a value in a subject, whose parts end with colons.
func escaped(value string) string { return strings.ReplaceAll(value, ":", "%3A") }

// ref0 is the ref of the event, not of the workflow that the job stands in.
func (j *job) ref0() string { return j.session.ref }

// id stands for the number that GitHub gives a repository or an owner.
func id(name string) string {
	n := 1
	for _, r := range name {
		n = (n*31 + int(r)) % 1_000_000_007
	}
	return strconv.Itoa(n)
}
