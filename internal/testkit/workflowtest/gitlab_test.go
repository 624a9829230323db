package workflowtest

import (
	"strings"
	"testing"
	"time"
)

const gitlabPlatform = `
-- ci/base.yml --
.base:
  variables: {FROM: base, BOTH: base}
  before_script:
    - set -u
    - hello() { echo "hello $1"; }
-- ci/delivery.yml --
include:
  - local: ci/base.yml
stages: [publish, promote]
.app:
  extends: .base
  before_script:
    - !reference [.base, before_script]
    - git clone --quiet "$CI_SERVER_PROTOCOL://gitlab-ci-token:$CI_JOB_TOKEN@$CI_SERVER_HOST:$CI_SERVER_PORT/acme/platform.git" ../platform
publish:
  extends: .app
  stage: publish
  id_tokens: {SIGSTORE_ID_TOKEN: {aud: sigstore}}
  script:
    - hello "$FROM $BOTH $WHAT"
    - test -f ../platform/ci/base.yml
    - test "$(printf '%s' "$SIGSTORE_ID_TOKEN" | tr . '\n' | wc -l)" = 2
    - echo "DIGEST=sha256:1" > out.env
  artifacts: {reports: {dotenv: out.env}}
promote-prod:
  extends: .app
  stage: promote
  needs: [{job: publish, optional: true}]
  resource_group: prod
  environment: {name: prod}
  rules:
    - {if: $WHAT == "release" && $CI_COMMIT_REF_PROTECTED == "true", when: manual}
  script:
    - test "$DIGEST" = sha256:1 -a "$PASSWORD" = of-prod -a -z "${SIGSTORE_ID_TOKEN:-}"
    - echo "$PASSWORD"
  after_script: ['echo "after $CI_JOB_STATUS"']
operate:
  extends: .base
  stage: promote
  needs: []
  rules: [{if: $WHAT =~ /^roll/}]
  script: [hello rollback]
`

const gitlabApp = `
-- .gitlab-ci.yml --
spec:
  inputs:
    what: {default: release, options: [release, rollback]}
---
include:
  - {project: acme/platform, ref: main, file: [ci/delivery.yml]}
variables: {WHAT: "$[[ inputs.what ]]", BOTH: app}
`

func TestGitLab(t *testing.T) {
	g := GitLabOptions{Project: "acme/checkout", Clock: time.Now, Repositories: map[string]*Repository{
		"acme/platform": {Dir: folder(t, gitlabPlatform)},
		"acme/checkout": {Dir: folder(t, gitlabApp), Environments: map[string]Environment{"prod": {Secrets: map[string]string{"PASSWORD": "of-prod"}}}},
	}}
	r, err := RunGitLab(t.Context(), g)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(r.Names(), ", "); got != "publish, promote-prod" {
		t.Fatalf("%s\n%s", got, r)
	}
	wants(t, "publish", r.Jobs[0].Steps[0].Log, "hello base base release")
	wants(t, "promote", r.Jobs[1].Steps[0].Log, "***", "after success")
	if j := r.Jobs[1]; len(j.Concurrency) != 1 || j.Concurrency[0].Group != "prod" || j.Environment != "prod" {
		t.Errorf("%+v", j)
	}
	g.Approve = func(Approval) Verdict { return Unanswered }
	if r, err = RunGitLab(t.Context(), g); err != nil || strings.Join(r.Names(), ", ") != "publish, promote-prod (waiting)" {
		t.Errorf("%v %v", r.Names(), err)
	}
	g.Inputs = map[string]string{"what": "rollback"}
	if r, err = RunGitLab(t.Context(), g); err != nil || strings.Join(r.Names(), ", ") != "publish, operate" {
		t.Errorf("%v %v", r.Names(), err)
	}
	g.Inputs = map[string]string{"what": "mischief"}
	if _, err = RunGitLab(t.Context(), g); err == nil || !strings.Contains(err.Error(), `can't be "mischief"`) {
		t.Errorf("an input that is no option: %v", err)
	}
}
