package workflowtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/penstock-dev/penstock/internal/testkit/workflowtest/expression"
	"github.com/penstock-dev/penstock/internal/testkit/workflowtest/gitlab"
)

// declared are the variables of a "variables" block.
func (*pipeline) declared(v any) map[string]string {
	m := map[string]string{}
	for k, e := range gitlab.Map(v) {
		if long, ok := e.(map[string]any); ok {
			e = long["value"]
		}
		m[k] = expression.Text(e)
	}
	return m
}

var variableForm = regexp.MustCompile(`\$(\w+)|\$\{(\w+)\}`)

// expandVariables replaces $NAME and ${NAME}, as in the name of an environment.
func expandVariables(s string, variables map[string]string) string {
	return variableForm.ReplaceAllStringFunc(s, func(m string) string {
		return variables[strings.Trim(m, "${}")]
	})
}

// idTokens gives a job the tokens that it declares, and no other.
func (p *pipeline) idTokens(job map[string]any, j *Job, env map[string]string) error {
	for name, v := range gitlab.Map(job["id_tokens"]) {
		audience := expandVariables(expression.Text(gitlab.Map(v)["aud"]), env)
		claims := map[string]any{
			"project_path": p.g.Project, "project_id": id(p.g.Project), "namespace_path": env["CI_PROJECT_NAMESPACE"],
			"ref": p.branchName(), "ref_type": "branch", "ref_path": p.ref, "ref_protected": env["CI_COMMIT_REF_PROTECTED"],
			"pipeline_source": env["CI_PIPELINE_SOURCE"], "pipeline_id": env["CI_PIPELINE_ID"], "job_id": env["CI_JOB_ID"], "sha": p.sha,
			"user_login": p.actor(), "ci_config_ref_uri": "gitlab.com/" + p.g.Project + "//.gitlab-ci.yml@" + p.ref,
			"sub": "project_path:" + p.g.Project + ":ref_type:branch:ref:" + p.branchName(),
		}
		if j.Environment != "" {
			claims["environment"] = j.Environment
			claims["environment_protected"] = map[bool]string{true: "true", false: "false"}[p.repository().Environments[j.Environment].Branches != nil]
		}
		token, err := p.issuer.Sign(claims, audience)
		if err != nil {
			return err
		}
		p.mask(token)
		env[name] = token
	}
	return nil
}

// bash runs the lines of a script in one shell, as GitLab's runner does: with
// errexit and pipefail.
func (p *pipeline) bash(ctx context.Context, lines []string, dir string, env map[string]string, step *Step) error {
	file := filepath.Join(env["HOME"], secretText("script-"))
	script := "set -eo pipefail\nset +o noclobber\n" + strings.Join(lines, "\n") + "\n"
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		return err
	}
	var said bytes.Buffer
	err := execute(ctx, process{args: []string{"bash", file}, dir: dir, env: env, bin: p.bin, out: &said, log: p.o.Log})
	step.Log += p.masked(said.String())
	return err
}

// dotenv reads the variables that a job hands on.
func (*pipeline) dotenv(job map[string]any, work string) (map[string]string, error) {
	file := expression.Text(gitlab.Map(gitlab.Map(job["artifacts"])["reports"])["dotenv"])
	if file == "" || gitlab.Map(job["artifacts"]) == nil {
		return nil, nil
	}
	pairs, err := readPairs(filepath.Join(work, file))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return pairs, err
}

// script runs a job's scripts in a work tree and returns what its dotenv report
// holds.
func (p *pipeline) script(ctx context.Context, job map[string]any, j *Job, variables map[string]string) (map[string]string, error) {
	p.session.jobs++
	root := filepath.Join(p.dir, "runner"+strconv.Itoa(p.session.jobs))
	work, home := filepath.Join(root, "builds", p.g.Project), filepath.Join(root, "home")
	if err := os.MkdirAll(home, 0o755); err != nil {
		return nil, err
	}
	depth := or(variables["GIT_DEPTH"], "20")
	if err := p.checkout(ctx, p.g.Project, p.sha, work, depth); err != nil {
		return nil, err
	}
	token := secretText("glcbt-")
	p.mask(token)
	p.host.allow(token, func(_ string, write bool) bool { return !write })
	env := merged(variables, p.o.Env)
	maps.Copy(env, map[string]string{
		"HOME": home, "PATH": p.bin, "LANG": "C.UTF-8", "USER": "root", "CI_PROJECT_DIR": work, "CI_BUILDS_DIR": filepath.Join(root, "builds"),
		"CI_JOB_NAME": j.Name, "CI_JOB_STAGE": expression.Text(job["stage"]), "CI_JOB_TOKEN": token, "CI_JOB_ID": strconv.Itoa(9000 + p.session.jobs),
		"CI_JOB_URL": "https://gitlab.com/" + p.g.Project + "/-/jobs/" + strconv.Itoa(9000+p.session.jobs), "CI_JOB_STATUS": "running",
	})
	if err := p.idTokens(job, j, env); err != nil {
		return nil, err
	}
	step := Step{Name: "script", Outcome: "success", Conclusion: "success", Outputs: map[string]string{}}
	err := p.bash(ctx, append(gitlab.Texts(job["before_script"]), gitlab.Texts(job["script"])...), work, env, &step)
	if err != nil {
		step.Outcome, step.Conclusion, j.Conclusion = "failure", "failure", "failure"
		step.Log += p.masked(fmt.Sprintf("ERROR: Job failed: %v\n", err))
	}
	if after := gitlab.Texts(job["after_script"]); after != nil {
		env["CI_JOB_STATUS"] = map[bool]string{true: "success", false: "failed"}[err == nil]
		_ = p.bash(ctx, after, work, env, &step)
	}
	j.Steps = []Step{step}
	return p.dotenv(job, work)
}
