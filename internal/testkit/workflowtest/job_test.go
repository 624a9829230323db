package workflowtest

import (
	"encoding/base64"
	"strings"
	"testing"
)

// TestASkippedJobSkipsWhatIsBehindTheNext is GitHub's trap of actions/runner
// issue 2205: the implicit success() looks at all jobs before.
func TestASkippedJobSkipsWhatIsBehindTheNext(t *testing.T) {
	r := run(t, options(t, `
-- .github/workflows/w.yaml --
on: push
jobs:
  third: {needs: second, runs-on: x, steps: [{run: "true"}]}
  guarded: {needs: second, if: "!cancelled() && needs.second.result == 'success'", runs-on: x, steps: [{run: "true"}]}
  second: {needs: first, if: "!cancelled() && !failure()", runs-on: x, steps: [{run: "true"}]}
  first: {if: github.event_name == 'pull_request', runs-on: x, steps: [{run: "true"}]}
`))
	if got := strings.Join(r.Names(), ", "); got != "first (skipped), second, third (skipped), guarded" {
		t.Errorf("%s", got)
	}
}

const platform = `
-- .github/workflows/promote-prod.yaml --
on:
  workflow_call:
    inputs:
      action: {type: string, default: promote}
    secrets:
      PASSWORD: {required: false}
    outputs:
      where: {value: "${{ jobs.move.outputs.where }}"}
permissions: {}
jobs:
  approve:
    name: Approve
    if: inputs.action == 'promote'
    runs-on: x
    environment: prod-approval
    concurrency: {group: "approve-prod-${{ github.repository }}", cancel-in-progress: true}
    steps: [{run: "true"}]
  move:
    name: Move
    needs: approve
    if: ${{ !cancelled() && !failure() }}
    runs-on: x
    environment: prod
    concurrency:
      group: ${{ inputs.action == 'promote' && format('promote-prod-{0}', github.repository) || format('{0}-{1}', inputs.action, github.run_id) }}
      cancel-in-progress: false
    permissions:
      id-token: write
    outputs: {where: "${{ steps.app.outputs.where }}"}
    steps:
      - {uses: acme/platform/.github/actions/app@main, id: app, with: {word: hello}}
      - env: {PASSWORD: "${{ secrets.PASSWORD }}", REGISTRY: "${{ vars.REGISTRY }}"}
        shell: bash
        run: |
          test "$PASSWORD" = of-prod
          test "$REGISTRY" = of-prod-too
          curl -sf -H "Authorization: Bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=here" | jq -r '.value | split(".")[1]' > "$RUNNER_TEMP/claims"
          echo "claims=$(cat "$RUNNER_TEMP/claims")" >> "$GITHUB_OUTPUT"
-- .github/actions/app/action.yaml --
name: app
inputs:
  word: {required: true}
  other: {default: "${{ github.repository }}"}
outputs:
  where: {value: "${{ steps.s.outputs.where }}"}
runs:
  using: composite
  steps:
    - id: s
      shell: bash
      env: {WORD: "${{ inputs.word }} ${{ inputs.other }}"}
      run: echo "where=$WORD $(cat "$GITHUB_ACTION_PATH/../../../README.md")" >> "$GITHUB_OUTPUT"
-- README.md --
of the platform
`

const caller = `
-- .github/workflows/w.yaml --
on: [push, workflow_dispatch]
permissions: {}
jobs:
  prod:
    name: Production
    permissions: {id-token: write}
    uses: acme/platform/.github/workflows/promote-prod.yaml@main
    with: {action: "${{ github.event.inputs.action || 'promote' }}"}
    secrets: {PASSWORD: "${{ secrets.PASSWORD }}"}
  last:
    needs: prod
    runs-on: x
    steps: [{run: 'echo "$WHERE"', env: {WHERE: "${{ needs.prod.outputs.where }}"}}]
`

func calling(t *testing.T, app string) Options {
	t.Helper()
	o := options(t, app)
	o.Repositories["acme/platform"] = &Repository{Dir: folder(t, platform)}
	o.Repositories["acme/checkout"].Environments = map[string]Environment{
		"prod":          {Vars: map[string]string{"REGISTRY": "of-prod-too"}, Secrets: map[string]string{"PASSWORD": "of-prod"}, Branches: []string{"main"}},
		"prod-approval": {Reviewers: []string{"@acme/release-managers"}},
	}
	return o
}

func TestACalledWorkflow(t *testing.T) {
	r := run(t, calling(t, caller))
	if got := strings.Join(r.Names(), ", "); got != "Production / Approve, Production / Move, last" {
		t.Fatalf("%s\n%s", got, r)
	}
	move, _ := r.Job("Production / Move")
	if len(move.Concurrency) != 1 || move.Concurrency[0].Group != "promote-prod-acme/checkout" || move.Environment != "prod" {
		t.Errorf("%+v", move)
	}
	wants(t, "the last job", r.Jobs[2].Steps[0].Log, "hello acme/checkout of the platform")
	claims, err := base64.RawURLEncoding.DecodeString(move.Steps[len(move.Steps)-1].Outputs["claims"])
	if err != nil {
		t.Fatal(err)
	}
	wants(t, "the token", string(claims), `"job_workflow_ref":"acme/platform/.github/workflows/promote-prod.yaml@refs/heads/main"`,
		`"sub":"repo:acme/checkout:environment:prod"`, `"repository":"acme/checkout"`, `"aud":"here"`, `"ref":"refs/heads/main"`)
}

// Wherever the names are in a subject they have their numbers, where the
// repository is new or opted in; a claim that holds a colon does not end there.
func TestSubjects(t *testing.T) {
	for want, form := range map[string]Repository{
		"repo:acme/checkout:environment:prod":       {},
		"repo:acme@12/checkout@34:environment:prod": {Immutable: true},
		"environment:prod:repo:acme@12/checkout@34": {Immutable: true, Subject: []string{"context", "repo"}},
		"repository_id:34:environment:prod:job_workflow_ref:acme/platform/.github/workflows/promote-prod.yaml@refs/heads/main": {Immutable: true, Subject: []string{"repository_id", "context", "job_workflow_ref"}},
		"repository_owner_id:12:workflow:a%3Ab": {Subject: []string{"repository_owner_id", "workflow"}},
	} {
		o := calling(t, strings.Replace(caller, "on: [push", "name: 'a:b'\non: [push", 1))
		r := o.Repositories["acme/checkout"]
		r.ID, r.OwnerID, r.Immutable, r.Subject = "34", "12", form.Immutable, form.Subject
		move, _ := run(t, o).Job("Production / Move")
		claims, err := base64.RawURLEncoding.DecodeString(move.Steps[len(move.Steps)-1].Outputs["claims"])
		if err != nil {
			t.Fatal(err)
		}
		wants(t, want, string(claims), `"sub":"`+want+`"`, `"repository_id":"34"`, `"repository_owner_id":"12"`)
	}
}

func TestAnApprovalThatIsNotGiven(t *testing.T) {
	for verdict, want := range map[Verdict]string{
		Refused:    "Production / Approve (failure), Production / Move (skipped), last (skipped)",
		Unanswered: "Production / Approve (waiting), Production / Move (waiting), last (waiting)",
	} {
		o := calling(t, caller)
		o.Approve = func(a Approval) Verdict {
			if a.Environment != "prod-approval" || a.Job != "Production / Approve" {
				t.Errorf("%+v", a)
			}
			return verdict
		}
		if got := strings.Join(run(t, o).Names(), ", "); got != want {
			t.Errorf("%s", got)
		}
	}
}

func TestWhatGitHubWouldNotStart(t *testing.T) {
	for old, want := range map[string]string{
		"permissions: {id-token: write}": `is only allowed ""`,
		"with: {action:":                 `input "acton" is not declared`,
		"secrets: {PASSWORD:":            `secret "PASWORD" is not declared`,
		"promote-prod.yaml@main":         "no such file",
		"prod.yaml@main":                 `has no "next"`,
		"echo \"$WHERE\"', env":          "field shel not found",
	} {
		change := map[string]string{
			"permissions: {id-token: write}": "permissions: {contents: read}", "with: {action:": "with: {acton:", "secrets: {PASSWORD:": "secrets: {PASWORD:",
			"promote-prod.yaml@main": "promote.yaml@main", "prod.yaml@main": "prod.yaml@next", "echo \"$WHERE\"', env": "true', shel: bash, env",
		}[old]
		_, err := Run(t.Context(), calling(t, strings.Replace(caller, old, change, 1)))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", change, err, want)
		}
	}
}
