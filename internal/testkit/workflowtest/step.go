package workflowtest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/penstock-dev/penstock/internal/testkit/workflowtest/expression"
)

// frame is a list of steps that see each other: those of a job, or of a
// composite action.
type frame struct {
	*job
	inputs map[string]any
	steps  map[string]any
	status string
	prefix string // of the steps' names
	action string // the folder of the composite action; empty in a job
	env    map[string]string
}

// scope is what the expressions of steps see. A composite action does not see
// secrets, variables and other jobs.
func (f *frame) scope(env map[string]string) expression.Scope {
	github := f.github()
	github["token"], github["job"], github["workspace"] = f.token, f.id, f.workspace
	if f.action != "" {
		github["action_path"] = f.action
	}
	s := expression.Scope{Status: f.status, Contexts: map[string]any{
		"github": github, "inputs": f.inputs, "env": expression.Object(env), "steps": f.steps,
		"runner": map[string]any{"os": "Linux", "arch": "X64", "temp": f.temp, "environment": "github-hosted", "name": "GitHub Actions 1"},
		"job":    map[string]any{"status": f.status}, "matrix": nil, "strategy": nil,
	}}
	if f.action == "" {
		s.Contexts["vars"], s.Contexts["secrets"], s.Contexts["needs"] = expression.Object(f.vars), expression.Object(f.secrets), f.needs
	}
	return s
}

// run runs the steps in order. The error is what is wrong with the workflow,
// not what failed in it.
func (f *frame) run(ctx context.Context, steps []stepFile) error {
	for i, st := range steps {
		if err := f.step(ctx, i, st); err != nil {
			return fmt.Errorf("step %s: %w", or(st.ID, or(st.Name, strconv.Itoa(i+1))), err)
		}
	}
	return nil
}

// variables are those that a step's expressions and its process have.
func (f *frame) variables() map[string]string {
	return merged(merged(f.job.env, f.exported), f.env)
}

func (f *frame) step(ctx context.Context, i int, st stepFile) error {
	s := f.scope(f.variables())
	run, err := s.Condition(st.If)
	if err != nil {
		return err
	}
	own, err := expandAll(s, st.Env)
	if err != nil {
		return fmt.Errorf("env: %w", err)
	}
	s.Contexts["env"] = expression.Object(merged(f.variables(), own))
	title := st.Name
	if title == "" {
		title = "Run " + or(st.Uses, strings.TrimSpace(strings.SplitN(st.Run, "\n", 2)[0]))
	}
	if title, err = s.Expand(title); err != nil {
		return err
	}
	step := &Step{Name: f.prefix + title, ID: st.ID, Outcome: "skipped", Conclusion: "skipped", Outputs: map[string]string{}}
	at := len(f.result.Steps)
	f.result.Steps = append(f.result.Steps, *step)
	if run {
		if err := f.execute(ctx, i, st, s, own, step); err != nil {
			return err
		}
	}
	f.result.Steps[at] = *step
	if st.ID != "" {
		f.steps[st.ID] = map[string]any{"outcome": step.Outcome, "conclusion": step.Conclusion, "outputs": expression.Object(step.Outputs)}
	}
	if step.Conclusion == "failure" {
		f.status = "failure"
	}
	return nil
}

// execute runs one step that is to run, within its time.
func (f *frame) execute(ctx context.Context, i int, st stepFile, s expression.Scope, own map[string]string, step *Step) error {
	forgiven, err := s.Value(st.Continue)
	if err != nil {
		return fmt.Errorf("continue-on-error: %w", err)
	}
	if st.Timeout != "" {
		minutes, err := strconv.ParseFloat(st.Timeout, 64)
		if err != nil {
			return fmt.Errorf("timeout-minutes: %w", err)
		}
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(minutes*float64(time.Minute)))
		defer cancel()
	}
	var failed error
	switch {
	case st.Run != "" && st.Uses != "":
		return errors.New("has both run and uses")
	case st.Run != "":
		failed, err = f.shell(ctx, i, st, s, own, step)
	default:
		failed, err = f.uses(ctx, i, st, s, own, step)
	}
	if err != nil {
		return err
	}
	step.Outcome = "success"
	if failed != nil {
		step.Outcome = "failure"
		step.Log += f.masked(fmt.Sprintf("Error: %v\n", failed))
	}
	step.Conclusion = step.Outcome
	if expression.Truth(forgiven) && forgiven != "false" {
		step.Conclusion = "success"
	}
	return nil
}

// place is the environment of a step's process with the files that the runner
// reads afterwards.
func (f *frame) place(i int, st stepFile, own map[string]string) (map[string]string, error) {
	env := merged(merged(f.environ(), f.env), own)
	dir := filepath.Join(f.temp, "_runner_file_commands")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	for _, name := range fileCommands() {
		file := filepath.Join(dir, strings.ToLower(name)+"_"+secretText(""))
		if err := os.WriteFile(file, nil, 0o644); err != nil {
			return nil, err
		}
		env[name] = file
	}
	env["GITHUB_ACTION"] = or(st.ID, "__run_"+strconv.Itoa(i+1))
	if f.action != "" {
		env["GITHUB_ACTION_PATH"] = f.action
	}
	return env, nil
}

func fileCommands() []string {
	return []string{"GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STEP_SUMMARY", "GITHUB_STATE"}
}

// collect reads what a step left in its files.
func (f *frame) collect(env map[string]string, step *Step) error {
	output, errOutput := readPairs(env["GITHUB_OUTPUT"])
	exported, errEnv := readPairs(env["GITHUB_ENV"])
	path, errPath := os.ReadFile(env["GITHUB_PATH"])
	summary, errSummary := os.ReadFile(env["GITHUB_STEP_SUMMARY"])
	if err := errors.Join(errOutput, errEnv, errPath, errSummary); err != nil {
		return err
	}
	maps.Copy(step.Outputs, output)
	step.Summary = f.masked(string(summary))
	for k, v := range exported {
		if strings.HasPrefix(k, "GITHUB_") || strings.HasPrefix(k, "RUNNER_") || k == "NODE_OPTIONS" {
			return fmt.Errorf("GITHUB_ENV: %s can't be set by a step", k)
		}
		f.exported[k] = v
	}
	for line := range strings.Lines(string(path)) {
		if line = strings.TrimSpace(line); line != "" {
			f.path = append([]string{line}, f.path...)
		}
	}
	return nil
}
