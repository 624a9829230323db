package workflowtest

import (
	"strings"
	"testing"
)

func TestStepsHandOnWhatTheRunnerReads(t *testing.T) {
	j := one(t, "env:\n  TOP: top\n", `
- id: first
  shell: bash
  run: |
    echo "a=1" >> "$GITHUB_OUTPUT"
    printf 'b<<END\nx\ny\nEND\n' >> "$GITHUB_OUTPUT"
    echo "LATER=later" >> "$GITHUB_ENV"
    mkdir -p "$RUNNER_TEMP/tools" && printf '#!/bin/sh\necho tool ran\n' > "$RUNNER_TEMP/tools/tool" && chmod +x "$RUNNER_TEMP/tools/tool"
    echo "$RUNNER_TEMP/tools" >> "$GITHUB_PATH"
    echo "# Title" >> "$GITHUB_STEP_SUMMARY"
    echo "::error title=Two%2C words::it%0Abroke"
- env:
    A: ${{ steps.first.outputs.a }}
    B: ${{ steps.first.outputs.b }}
  shell: bash
  run: |
    tool
    echo "$TOP $A $B $LATER $GITHUB_REPOSITORY $GITHUB_REF_NAME $CI $GITHUB_JOB"
    echo "${ACTIONS_ID_TOKEN_REQUEST_URL:-no token}"
- if: failure()
  run: exit 1
`)
	if j.Conclusion != "success" || j.Steps[2].Outcome != "skipped" {
		t.Errorf("the job is a %s, the last step %s", j.Conclusion, j.Steps[2].Outcome)
	}
	wants(t, "the second step", j.Steps[1].Log, "tool ran", "top 1 x\ny later acme/checkout main true one", "no token")
	wants(t, "the summary", j.Summary(), "# Title")
	if a := j.Steps[0].Annotations; len(a) != 1 || a[0] != (Annotation{"error", "Two, words", "it\nbroke"}) {
		t.Errorf("annotations %+v", a)
	}
}

func TestAFailedStepEndsTheJobUnlessItMay(t *testing.T) {
	j := one(t, "", `
- {name: forgiven, continue-on-error: true, id: f, shell: bash, run: "false | true; echo not here"}
- name: outcome
  env: {OUTCOME: "${{ steps.f.outcome }} ${{ steps.f.conclusion }}"}
  run: 'false | true; echo "$OUTCOME"'
- {name: fails, run: exit 3}
- {name: not run, run: echo no}
- {name: cleans up, if: always(), run: echo yes}
`)
	var got []string
	for _, s := range j.Steps {
		got = append(got, s.Name+" "+s.Outcome+" "+s.Conclusion)
	}
	want := "forgiven failure success, outcome success success, fails failure failure, not run skipped skipped, cleans up success success"
	if s := strings.Join(got, ", "); s != want || j.Conclusion != "failure" {
		t.Errorf("%s\n%s", j.Conclusion, s)
	}
	wants(t, "the log", j.Steps[1].Log, "failure success")
	wants(t, "the failed step", j.Steps[2].Log, "exit code 3")
}

func TestSecretsAreMasked(t *testing.T) {
	o := options(t, `
-- .github/workflows/w.yaml --
on: push
jobs:
  one:
    runs-on: x
    outputs: {leak: "${{ steps.s.outputs.leak }}", fine: "${{ steps.s.outputs.fine }}"}
    steps:
      - id: s
        env: {PASSWORD: "${{ secrets.PASSWORD }}", TOKEN: "${{ secrets.GITHUB_TOKEN }}"}
        run: |
          echo "$PASSWORD $TOKEN"; echo "::add-mask::made-here"; echo "made-here"
          echo "leak=x$PASSWORD" >> "$GITHUB_OUTPUT"; echo "fine=1" >> "$GITHUB_OUTPUT"
`)
	o.Repositories["acme/checkout"].Secrets = map[string]string{"PASSWORD": "hunter2"}
	j := run(t, o).Jobs[0]
	if strings.Contains(j.Steps[0].Log, "hunter2") || strings.Contains(j.Steps[0].Log, "ghs_") || strings.Contains(j.Steps[0].Log, "made-here") {
		t.Errorf("the log tells a secret: %s", j.Steps[0].Log)
	}
	if len(j.Outputs) != 1 || j.Outputs["fine"] != "1" {
		t.Errorf("outputs %v: one that holds a secret is not handed on", j.Outputs)
	}
}

func TestTheWorkTreeIsARealClone(t *testing.T) {
	j := one(t, "", `
- uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1
  with: {persist-credentials: false}
- shell: bash
  run: |
    test "$(git rev-parse HEAD)" = "$GITHUB_SHA"
    test "$(git rev-parse --abbrev-ref HEAD)" = main
    ls .github/workflows
    if git push origin HEAD:refs/heads/x; then exit 1; fi
    if command -v gh; then exit 1; fi
`)
	if j.Conclusion != "success" {
		t.Errorf("%+v", j.Steps)
	}
}
