package gen_test

import (
	"strings"
	"testing"
)

// goodWorkflow breaks no rule.
const goodWorkflow = `
name: w
on:
  push:
permissions: {}
defaults: {run: {shell: bash}}
jobs:
  a:
    name: a
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    environment: prod
    permissions:
      contents: read # check the app out
    steps:
      - name: out
        uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with: {persist-credentials: false}
      - name: go
        uses: actions/setup-go@b7ad1dad31e06c5925ef5d2fc7ad053ef454303e # v7.0.0
        with: {cache: false}
      - name: run
        if: steps.x.outputs.y != ''
        env:
          PASSWORD: ${{ secrets.PASSWORD }}
        run: echo "$X" >> "$GITHUB_OUTPUT"
  b:
    name: b
    permissions: {}
    uses: acme/platform/.github/workflows/b.yaml@main
    secrets:
      PASSWORD: ${{ secrets.PASSWORD }}
`

// TestWorkflowRulesFind breaks each rule in a workflow that breaks none, and
// expects that rule to say so.
func TestWorkflowRulesFind(t *testing.T) {
	t.Parallel()
	if broken := brokenRules(t, goodWorkflow); len(broken) > 0 {
		t.Fatalf("the good workflow breaks %v", broken)
	}
	shown := map[string]bool{}
	for _, row := range []struct{ rule, old, bad string }{
		{"template-injection", `echo "$X"`, `echo "${{ github.event.head_commit.message }}"`},
		{"excessive-permissions", "permissions: {}\ndefaults", "defaults"},
		{"excessive-permissions", "permissions: {}\ndefaults", "permissions: read-all\ndefaults"},
		{"excessive-permissions", "    permissions:\n      contents: read # check the app out\n", ""},
		{"excessive-permissions", "    permissions:\n      contents: read # check the app out\n", "    permissions: write-all\n"},
		{"undocumented-permissions", " # check the app out", ""},
		{"unpinned-uses", "@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "@v7 # v7.0.1"},
		{"unpinned-uses", " # v7.0.1", ""},
		{"unpinned-uses", "@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "@3d3c42e # v7.0.1"},
		{"artipacked", "        with: {persist-credentials: false}\n", ""},
		{"artipacked", "persist-credentials: false", "persist-credentials: true"},
		{"secrets-inherit", "    secrets:\n      PASSWORD: ${{ secrets.PASSWORD }}\n", "    secrets: inherit\n"},
		{"secrets-outside-env", "    environment: prod\n", ""},
		{"secrets-outside-env", "steps.x.outputs.y != ''", "secrets.PASSWORD != ''"},
		{"secrets-outside-env", "    timeout-minutes: 5\n", "    timeout-minutes: 5\n    env: {A: \"${{ secrets.A }}\"}\n"},
		{"secrets-outside-env", "on:\n", "env: {A: \"${{ secrets.A }}\"}\non:\n"},
		{"secrets-outside-env", "          PASSWORD: ${{ secrets.PASSWORD }}\n        run", "          PASSWORD: ${{ secrets.GITHUB_TOKEN }}\n        run"},
		{"unredacted-secrets", "          PASSWORD: ${{ secrets.PASSWORD }}\n        run", "          PASSWORD: ${{ fromJSON(secrets.PASSWORD).a }}\n        run"},
		{"unredacted-secrets", "          PASSWORD: ${{ secrets.PASSWORD }}\n        run", "          ALL: ${{ toJSON(secrets) }}\n        run"},
		{"dangerous-triggers", "  push:\n", "  pull_request_target:\n"},
		{"dangerous-triggers", "  push:\n", "  push:\n  workflow_run:\n"},
		{"dangerous-triggers", "on:\n  push:\n", "on: [push]\n"},
		{"github-env", "GITHUB_OUTPUT", "GITHUB_ENV"},
		{"github-env", "GITHUB_OUTPUT", "GITHUB_PATH"},
		{"anonymous-definition", "name: w\n", ""},
		{"anonymous-definition", "    name: b\n", ""},
		{"anonymous-definition", "      - name: out\n        uses", "      - uses"},
		{"timeouts", "    timeout-minutes: 5\n", ""},
		{"hardcoded-container-credentials", "          PASSWORD: ${{ secrets.PASSWORD }}\n        run", "          PASSWORD: hunter2\n        run"},
		{"unpinned-images", "    timeout-minutes: 5\n", "    timeout-minutes: 5\n    container: golang\n"},
		{"self-hosted-runner", "ubuntu-24.04", "self-hosted"},
		{"cache-poisoning", "cache: false", "cache: true"},
		{"cache-poisoning", "        with: {cache: false}\n", ""},
		{"insecure-commands", `echo "$X" >> "$GITHUB_OUTPUT"`, `echo "::set-output name=x::y"`},
		{"bot-conditions, unsound-contains", "steps.x.outputs.y != ''", "github.actor == 'dependabot[bot]'"},
		{"bot-conditions, unsound-contains", "steps.x.outputs.y != ''", "contains('main release', github.ref_name)"},
		{"bot-conditions, unsound-contains", "steps.x.outputs.y != ''", "${{ steps.x.outputs.y }} != ''"},
		{"obfuscation, shell", "defaults: {run: {shell: bash}}\n", ""},
		{"obfuscation, shell", "      - name: run\n", "      - name: run\n        continue-on-error: true\n"},
	} {
		bad := strings.Replace(goodWorkflow, row.old, row.bad, 1)
		if bad == goodWorkflow {
			t.Errorf("%s: %q is not in the good workflow", row.rule, row.old)
			continue
		}
		shown[row.rule] = true
		if broken := brokenRules(t, bad); !broken[row.rule] {
			t.Errorf("%s does not find %q; found: %v", row.rule, row.bad, broken)
		}
	}
	for name := range workflowRules() {
		if !shown[name] {
			t.Errorf("nothing shows that %s can find something", name)
		}
	}
}

// brokenRules names the rules that a workflow breaks.
func brokenRules(t *testing.T, text string) map[string]bool {
	t.Helper()
	w := readWorkflow(t, ".github/workflows/w.yaml", []byte(text))
	broken := map[string]bool{}
	for name, rule := range workflowRules() {
		if len(rule(w)) > 0 {
			broken[name] = true
		}
	}
	return broken
}
